"""A case judged again from a bundle: who was asked, until when, who has answered, and what the lead made of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from exchange.directory import Lookup
from exchange.evidence.proof.findings import EvidenceFinding, FindingCode, Weight
from exchange.evidence.proof.naming import naming_findings
from exchange.evidence.proof.opinions import GivenOpinion, given_by, opinion_findings
from exchange.evidence.proof.records import ProvedDocument, ProvedRecords
from exchange.evidence.proof.silences import MODES, is_monitor, silence_findings
from exchange.evidence.proof.terms import AskedPart, asked_part
from exchange.evidence.proof.trusting import BundleTrust
from exchange.language import Text
from exchange.language.names import OUTCOMES, coded
from exchange.messaging.rules.moments import moment_text
from exchange.schemas import Considered, Consultation, Decision, Escalation, Standing
from exchange.schemas.instants import CLOCK_SKEW


def case_findings(number: str, lead: str, records: ProvedRecords, trust: BundleTrust) -> Iterator[EvidenceFinding]:
    """Yield everything that a bundle shows of a case, and what speaks against what its lead decided."""
    yield from naming_findings(records)
    records = records.within(number)
    put = {document.key[1]: body for document, body in records.of(Consultation)
           if (body.case_number, body.lead, document.key[0], body.copy_of) == (number, lead, lead, None)}  # fmt: skip
    if not put:
        words = Text("no request of {lead} to its departments about case {number} is in the bundle",
                     {"lead": lead, "number": number})  # fmt: skip
        yield EvidenceFinding(Weight.MISSING, FindingCode.SUBJECT_MISSING, number, words)
    decisions = list(records.of(Decision))
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
        yield from silence_findings(part, records, trust, considered.get(part.department))
    if last is not None:
        yield from _weighed(last[0], parts, considered, records, trust.directory)


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
    document: ProvedDocument,
    parts: _Parts,
    considered: Mapping[str, Considered],
    records: ProvedRecords,
    directory: Lookup,
) -> Iterator[EvidenceFinding]:
    """Hold the decision against what its lead has signed for: nobody is left out, nobody is invented."""
    decided_at = document.verified.header.created_at
    for department, (part, given) in parts.items():
        said = considered.get(department)
        if said is None:
            words = Text("{department} was asked, and the decision does not name it", {"department": department})
            yield EvidenceFinding(Weight.CONTRADICTION, FindingCode.NOT_CONSIDERED, department, words)
            continue
        yield from _of_part(part, said, given, document, records, directory)
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
    part: AskedPart, said: Considered, given: Sequence[GivenOpinion], decision: ProvedDocument, records: ProvedRecords,
    directory: Lookup,
) -> Iterator[EvidenceFinding]:  # fmt: skip
    lead, decided_at = decision.key[0], decision.verified.header.created_at
    named = {"department": part.department}
    standing = [one for one in given if one.stands and one.reached is not None and one.reached <= decided_at]
    if said.standing is not Standing.ANSWERED:
        if standing:
            code = FindingCode.SILENCE_AGAINST_OPINION if said.standing in MODES else FindingCode.OPINION_DROPPED
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
    elif counted.receipt is not None and not counted.in_time and not _escalated(part, records, lead, directory):
        words = Text("the decision counts {department}'s opinion, which came after the term: that is lawful only "
                     "where the lead was left to decide, and nothing shows that it was", named)  # fmt: skip
        yield EvidenceFinding(Weight.CLAIMED, FindingCode.OPINION_COUNTED_LATE, part.department, words)


def _escalated(part: AskedPart, records: ProvedRecords, lead: str, directory: Lookup) -> bool:
    """Whether a monitor has left the part to the lead, since no default could arise: an answer then still counts."""
    here = (part.department, part.consultation_id)
    return any(
        (escalation.department, escalation.consultation_id) == here and is_monitor(document.key[0], lead, directory)
        for document, escalation in records.of(Escalation)
    )
