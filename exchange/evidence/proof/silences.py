"""Silence that a decision counts, examined again: by the rule that monitor and window go by, and by what was asked."""

from __future__ import annotations

from collections.abc import Iterator

from exchange.approval.monitor.recheck import recheck_deemed
from exchange.approval.rules.deadline import project
from exchange.directory import Lookup
from exchange.directory.addressing import home_of
from exchange.envelope.strict import read_model
from exchange.errors import ExchangeError, Forged, NotFound
from exchange.evidence.proof.findings import EvidenceFinding, FindingCode, Weight
from exchange.evidence.proof.records import ProvedDocument, ProvedRecords
from exchange.evidence.proof.terms import AskedPart
from exchange.evidence.proof.trusting import BundleTrust
from exchange.language import Text
from exchange.schemas import Considered, DeemedConsent, DefaultMode, Receipt, Role, Standing

MODES = {Standing.DEEMED: DefaultMode.CONSENT, Standing.DEEMED_REFUSAL: DefaultMode.REFUSAL}
"""What a silence comes to, by how a decision counts it."""


def silence_findings(
    part: AskedPart, records: ProvedRecords, trust: BundleTrust, said: Considered | None
) -> Iterator[EvidenceFinding]:
    """Yield whether the silence that a decision counts was lawful; nothing where it counts none."""
    if said is None or said.standing not in MODES:
        return
    counted = [(document, deemed) for document, deemed in records.of(DeemedConsent)
               if document.key[1] == said.message_id]  # fmt: skip
    for document, deemed in counted:
        yield _examined(part, document, deemed, records, trust, MODES[said.standing])
    if not counted:
        words = Text("what {department}'s silence was taken by is not in the bundle", {"department": part.department})
        yield EvidenceFinding(Weight.MISSING, FindingCode.SILENCE_MISSING, part.department, words)


def is_monitor(address: str, lead: str, directory: Lookup) -> bool:
    """Return whether somebody is a monitor of the lead's domain."""
    try:
        return Role.MONITOR in directory.member(address).roles and home_of(address) == home_of(lead)
    except NotFound:
        return False


def _examined(
    part: AskedPart, document: ProvedDocument, deemed: DeemedConsent, records: ProvedRecords, trust: BundleTrust,
    mode: DefaultMode,
) -> EvidenceFinding:  # fmt: skip
    named = {"department": part.department}
    try:
        recheck_deemed(document.signed, trust.directory, trust.calendar)
        _as_asked(part, document, deemed, records, trust, mode)
    except ExchangeError as error:
        words = Text("{department}'s silence could not count: {why}", {**named, "why": error.text})
        return EvidenceFinding(Weight.CONTRADICTION, FindingCode.SILENCE_UNLAWFUL, part.department, words)
    words = Text("{department} was asked and reminded, and was silent: that counts by the rule of the matter", named)
    return EvidenceFinding(Weight.PROVED, FindingCode.SILENCE_LAWFUL, part.department, words)


def _as_asked(
    part: AskedPart, document: ProvedDocument, deemed: DeemedConsent, records: ProvedRecords, trust: BundleTrust,
    mode: DefaultMode,
) -> None:  # fmt: skip
    """Raise Forged where it is not the consequence that the department was told, of that request, after its term."""
    state, signed_at = deemed.state, document.verified.header.created_at
    about = state.case_number, state.lead, state.department, state.consultation_id
    if about != (records.case, part.lead, part.department, part.consultation_id):
        raise Forged("it is of another case, lead, department or request")
    if deemed.mode is not mode or part.default is not mode:
        raise Forged("it is another consequence than the department was told, or the decision counts")
    asked = records.documents.get((state.lead, part.consultation_id))
    proof = state.evidence
    had = read_model(Receipt, proof.receipt, "receipt") if proof is not None else None
    if asked is None or had is None or had.digest != asked.digest:
        raise Forged("the department's receipt is for other words than those of the request")
    if part.due_at is not None and deemed.due_at != part.due_at:
        raise Forged("it is counted from another end of the term than the lead's ledger gives")
    effective_at = project(state, trust.calendar).effective_at
    if effective_at is None or signed_at <= effective_at:
        raise Forged("it was signed before silence took effect")
