"""A case judged again from a bundle: who was asked, until when, who has answered, and what the lead made of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from exchange.approval.monitor.recheck import recheck_deemed
from exchange.errors import ExchangeError
from exchange.evidence.proof.findings import EvidenceFinding, FindingCode, Weight
from exchange.evidence.proof.opinions import GivenOpinion, given_by, opinion_findings
from exchange.evidence.proof.records import ProvedDocument, ProvedRecords
from exchange.evidence.proof.terms import AskedPart, asked_part
from exchange.evidence.proof.trusting import BundleTrust
from exchange.language import Text
from exchange.language.names import OUTCOMES, coded
from exchange.messaging.rules.moments import moment_text
from exchange.schemas import Considered, Consultation, Decision, DeemedConsent, Escalation, Standing
from exchange.schemas.instants import CLOCK_SKEW

BY_SILENCE = frozenset({Standing.DEEMED, Standing.DEEMED_REFUSAL})


def case_findings(number: str, lead: str, records: ProvedRecords, trust: BundleTrust) -> Iterator[EvidenceFinding]:
    """Yield everything that a bundle shows of a case, and what speaks against what its lead decided."""
    put = {document.key[1]: body for document, body in records.of(Consultation)
           if (body.case_number, body.lead, document.key[0], body.copy_of) == (number, lead, lead, None)}  # fmt: skip
    if not put:
        words = Text("no request of {lead} to its departments about case {number} is in the bundle",
                     {"lead": lead, "number": number})  # fmt: skip
        yield EvidenceFinding(Weight.MISSING, FindingCode.SUBJECT_MISSING, number, words)
    decisions = [(document, body) for document, body in records.of(Decision) if body.case_number == number]
    yield from _decisions(number, lead, decisions)
    mine = [(document, body) for document, body in decisions if document.key[0] == lead == body.lead]
    last = mine[-1] if mine else None
    considered = {one.department: one for one in last[1].considered} if last is not None else {}
    parts = {}
    for request, body in put.items():
        for one in body.departments:
            part = asked_part(records, lead, request, one, trust.calendar)
            parts[one.department] = (part, given_by(records, lead, part, body.matter, trust.directory))
    for part, given in parts.values():
        yield from part.findings
        yield from opinion_findings(part, given)
        yield from _silence(part, given, records, trust, considered.get(part.department))
    if last is not None:
        yield from _weighed(last[0], parts, considered, records)


def _decisions(
    number: str, lead: str, decisions: Sequence[tuple[ProvedDocument, Decision]]
) -> Iterator[EvidenceFinding]:
    for document, body in decisions:
        if document.key[0] != lead or body.lead != lead:
            words = Text("{sender} has signed a decision on {number}, whose lead is {lead}",
                         {"sender": document.key[0], "number": number, "lead": lead})  # fmt: skip
            yield EvidenceFinding(Weight.CONTRADICTION, FindingCode.DECISION_WRONG_LEAD, document.key[1], words)
            continue
        named = {"lead": lead, "at": moment_text(body.decided_at), "outcome": coded(OUTCOMES, body.outcome.value)}
        words = Text("{lead} has decided at {at}: {outcome}", named)
        yield EvidenceFinding(Weight.PROVED, FindingCode.DECISION, document.key[1], words)
    if not decisions:
        words = Text("no decision on {number} is in the bundle", {"number": number})
        yield EvidenceFinding(Weight.MISSING, FindingCode.DECISION_MISSING, number, words)


_Parts = Mapping[str, tuple[AskedPart, list[GivenOpinion]]]
"""How each department was asked, and what it has answered."""


def _weighed(
    document: ProvedDocument, parts: _Parts, considered: Mapping[str, Considered], records: ProvedRecords
) -> Iterator[EvidenceFinding]:
    """Hold the decision against what its lead has signed for: nobody is left out, nobody is invented."""
    decided_at = document.verified.header.created_at
    for department, (part, given) in parts.items():
        said = considered.get(department)
        if said is None:
            words = Text("{department} was asked, and the decision does not name it", {"department": department})
            yield EvidenceFinding(Weight.CONTRADICTION, FindingCode.NOT_CONSIDERED, department, words)
            continue
        yield from _of_part(part, said, given, decided_at, records)
    for department, said in considered.items():
        if department not in parts and said.standing is not Standing.MOOT:
            words = Text("the decision rests on {department}, and no request to it is in the bundle",
                         {"department": department})  # fmt: skip
            yield EvidenceFinding(Weight.MISSING, FindingCode.NEVER_ASKED, department, words)
        yield from _dated_back(said, decided_at, records)


def _dated_back(said: Considered, decided_at: datetime, records: ProvedRecords) -> Iterator[EvidenceFinding]:
    """Nobody decides on what was signed later."""
    rests_on = [one for one in records.documents.values() if one.key[1] == said.message_id]
    if any(one.verified.header.created_at > decided_at + CLOCK_SKEW for one in rests_on):
        words = Text("the decision is dated before what it rests on: what became of {department}",
                     {"department": said.department})  # fmt: skip
        yield EvidenceFinding(Weight.CONTRADICTION, FindingCode.DECISION_DATED_BACK, said.department, words)


def _of_part(
    part: AskedPart, said: Considered, given: Sequence[GivenOpinion], decided_at: datetime, records: ProvedRecords
) -> Iterator[EvidenceFinding]:
    named = {"department": part.department}
    standing = [one for one in given if one.stands and one.reached is not None and one.reached <= decided_at]
    if said.standing is not Standing.ANSWERED:
        if standing:
            code = FindingCode.SILENCE_AGAINST_OPINION if said.standing in BY_SILENCE else FindingCode.OPINION_DROPPED
            words = Text("the lead has signed for {department}'s opinion in time, and the decision does not count it",
                         named)  # fmt: skip
            yield EvidenceFinding(Weight.CONTRADICTION, code, part.department, words)
        return
    counted = next((one for one in given if one.message_id == said.message_id), None)
    if counted is None:
        words = Text("the opinion of {department} that the decision counts is not in the bundle", named)
        yield EvidenceFinding(Weight.MISSING, FindingCode.OPINION_MISSING, part.department, words)
    elif counted.opinion.verdict is not said.verdict or (said.given_by or part.department) != counted.signer:
        words = Text("the decision says otherwise of {department}'s opinion than was signed", named)
        yield EvidenceFinding(Weight.CONTRADICTION, FindingCode.OPINION_DIFFERS, part.department, words)
    elif counted.recalled:
        words = Text("the decision counts an opinion that {department} had recalled", named)
        yield EvidenceFinding(Weight.CONTRADICTION, FindingCode.OPINION_DIFFERS, part.department, words)
    elif counted.receipt is not None and not counted.in_time and not _escalated(part, records):
        words = Text("the decision counts {department}'s opinion, which came after the term: that is lawful only "
                     "where the lead was left to decide, and nothing shows that it was", named)  # fmt: skip
        yield EvidenceFinding(Weight.CLAIMED, FindingCode.OPINION_COUNTED_LATE, part.department, words)


def _escalated(part: AskedPart, records: ProvedRecords) -> bool:
    """Whether a monitor has left the part to the lead, since no default could arise: an answer then still counts."""
    here = (part.department, part.consultation_id)
    return any((escalation.department, escalation.consultation_id) == here for _, escalation in records.of(Escalation))


def _silence(
    part: AskedPart, given: Sequence[GivenOpinion], records: ProvedRecords, trust: BundleTrust, said: Considered | None
) -> Iterator[EvidenceFinding]:
    """Was this default lawful? Examined by the rule that the monitor and the window go by, from the bundle alone."""
    counted = said.message_id if said is not None and said.standing in BY_SILENCE else None
    found = False
    for document, deemed in records.of(DeemedConsent):
        if (deemed.state.department, deemed.state.consultation_id) != (part.department, part.consultation_id):
            continue
        if document.key[1] != counted:
            continue
        found = True
        yield _examined(part, document, trust)
    if counted is not None and not found:
        words = Text("what {department}'s silence was taken by is not in the bundle", {"department": part.department})
        yield EvidenceFinding(Weight.MISSING, FindingCode.SILENCE_MISSING, part.department, words)


def _examined(part: AskedPart, document: ProvedDocument, trust: BundleTrust) -> EvidenceFinding:
    named = {"department": part.department}
    try:
        deemed = recheck_deemed(document.signed, trust.directory, trust.calendar)
    except ExchangeError as error:
        words = Text("{department}'s silence could not count: {why}", {**named, "why": error.text})
        return EvidenceFinding(Weight.CONTRADICTION, FindingCode.SILENCE_UNLAWFUL, part.department, words)
    if part.due_at is not None and deemed.due_at != part.due_at:
        words = Text("{department}'s silence was counted from another end of its term than its ledger gives", named)
        return EvidenceFinding(Weight.CONTRADICTION, FindingCode.SILENCE_UNLAWFUL, part.department, words)
    words = Text("{department} was asked and reminded, and was silent: that counts by the rule of the matter", named)
    return EvidenceFinding(Weight.PROVED, FindingCode.SILENCE_LAWFUL, part.department, words)
