"""The term of a department, derived again from what the lead has signed of its ledger, and held against its receipt."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from exchange.approval.rules.deadline import reckon
from exchange.approval.rules.defaults import is_proved
from exchange.approval.rules.ledger_bounds import check_entries
from exchange.clock import end_text
from exchange.errors import ExchangeError
from exchange.evidence.proof.arrivals import on_own_word
from exchange.evidence.proof.findings import EvidenceFinding, FindingCode, Weight
from exchange.evidence.proof.records import ProvedRecords
from exchange.language import Text
from exchange.messaging.rules.moments import moment_text
from exchange.schemas import (
    ConsultedDepartment,
    DeadlineNotice,
    DeadlineState,
    Decision,
    DefaultMode,
    EntryKind,
    LedgerEntry,
    Receipt,
    StartRule,
    Term,
)
from exchange.schemas.instants import CLOCK_SKEW
from exchange.workdays import WorkingCalendar


@dataclass(frozen=True)
class SignedTerm:
    """What the lead has signed of a term: in its decision, or in what it told the monitors."""

    signed_at: datetime
    term: Term
    start: StartRule
    ledger: tuple[LedgerEntry, ...]
    due_at: datetime | None = None
    """What the decision itself says."""


@dataclass(frozen=True)
class AskedPart:
    """A department that was asked: by which request, until when by the lead's ledger, and what was found."""

    lead: str
    department: str
    consultation_id: str
    default: DefaultMode
    due_at: datetime | None
    findings: tuple[EvidenceFinding, ...]


def asked_part(
    records: ProvedRecords, lead: str, request: str, part: ConsultedDepartment, calendar: WorkingCalendar
) -> AskedPart:
    """Return how a department was asked and until when it had time."""
    department = part.department
    receipt = records.receipt(records.documents[lead, request], department)
    terms = sorted(_signed_terms(records, lead, request, department), key=lambda one: one.signed_at)
    findings = [*_signed_for(department, receipt), *_one_ledger(department, terms)]
    due_at: datetime | None = None
    if not terms:
        words = Text("nothing that the lead has signed of {department}'s term is in the bundle",
                     {"department": department})  # fmt: skip
        findings.append(EvidenceFinding(Weight.MISSING, FindingCode.TERM_MISSING, department, words))
    else:
        due_at, found = _derived(department, terms[-1], calendar)
        findings += [*found, *_begins(department, terms[-1], receipt), *_as_asked(terms[-1], part)]
        if receipt is not None and terms[-1].start is StartRule.ARRIVAL:
            findings += on_own_word(department, receipt)
    return AskedPart(lead, department, request, part.default, due_at, tuple(findings))


def _signed_terms(records: ProvedRecords, lead: str, request: str, department: str) -> Iterator[SignedTerm]:
    """What the lead itself has signed; a monitor's words count only with its deemed consent, which is examined.

    What the lead had watched before the department's receipt was in is no ledger: it begins anew with that.
    """
    for document, notice in records.of(DeadlineNotice):
        for one in notice.deadlines if document.key[0] == lead else ():
            here = one.case_number, one.lead, one.department, one.consultation_id
            if here == (records.case, lead, department, request) and is_proved(one.ledger):
                yield _of_notice(document.verified.header.created_at, one)
    for document, decision in records.of(Decision):
        for said in decision.considered if document.key[0] == lead == decision.lead else ():
            on = said.rests_on
            if on is not None and (said.department, on.consultation_id) == (department, request):
                yield SignedTerm(document.verified.header.created_at, on.term, on.start, on.ledger, on.due_at)


def _of_notice(signed_at: datetime, state: DeadlineState) -> SignedTerm:
    return SignedTerm(signed_at, state.term, state.start, state.ledger)


def _signed_for(department: str, receipt: Receipt | None) -> Iterator[EvidenceFinding]:
    if receipt is None:
        words = Text("that {department} has had the request is not proved: its receipt is not in the bundle",
                     {"department": department})  # fmt: skip
        yield EvidenceFinding(Weight.MISSING, FindingCode.ASKED_WITHOUT_RECEIPT, department, words)
    else:
        at = receipt.signed_for_at
        named = {"department": department, "at": moment_text(at)}
        words = Text("{department} has signed for the request at {at}", named)
        yield EvidenceFinding(Weight.PROVED, FindingCode.ASKED, department, words, at_latest=at)


def _one_ledger(department: str, terms: Sequence[SignedTerm]) -> Iterator[EvidenceFinding]:
    """A ledger only goes on: whatever is signed later begins with what was signed before."""
    for before, after in pairwise(terms):
        had = [(entry.kind, entry.at, entry.days) for entry in before.ledger]
        has = [(entry.kind, entry.at, entry.days) for entry in after.ledger]
        if has[: len(had)] != had and had[: len(has)] != has:
            words = Text("the lead has signed two ledgers of {department}'s term that cannot both be",
                         {"department": department})  # fmt: skip
            yield EvidenceFinding(Weight.CONTRADICTION, FindingCode.TERM_DIFFERS, department, words)
            return


def _derived(
    department: str, signed: SignedTerm, calendar: WorkingCalendar
) -> tuple[datetime | None, list[EvidenceFinding]]:
    try:
        check_entries(department, signed.ledger, signed.signed_at)
        due_at = reckon(signed.term, signed.ledger, calendar, department).due_at
    except ExchangeError as error:
        words = Text("{department}'s term cannot be reckoned: {why}", {"department": department, "why": error.text})
        return None, [EvidenceFinding(Weight.CONTRADICTION, FindingCode.TERM_DIFFERS, department, words)]
    if signed.due_at is not None and signed.due_at != due_at:
        words = Text("the end of {department}'s term that the decision names does not follow from its ledger",
                     {"department": department})  # fmt: skip
        return due_at, [EvidenceFinding(Weight.CONTRADICTION, FindingCode.TERM_DIFFERS, department, words)]
    if due_at is None:
        words = Text("{department}'s term has not begun, or stands still", {"department": department})
        return None, [EvidenceFinding(Weight.PROVED, FindingCode.TERM, department, words)]
    told = {"department": department, "end": end_text(due_at), "calendar": calendar.version}
    words = Text("{department} had time until {end}, derived from its ledger by {calendar}", told)
    return due_at, [EvidenceFinding(Weight.PROVED, FindingCode.TERM, department, words)]


def _begins(department: str, signed: SignedTerm, receipt: Receipt | None) -> Iterator[EvidenceFinding]:
    """A term does not begin before its department has had the request, by its own receipt."""
    starts = [entry for entry in signed.ledger if entry.kind is EntryKind.START]
    if receipt is None or not starts:
        return
    by_receipt = receipt.arrived_at if signed.start is StartRule.ARRIVAL else receipt.signed_for_at
    if starts[0].at < by_receipt - CLOCK_SKEW:
        words = Text("the lead's ledger has {department}'s term begin at {said}, before its receipt of {at}",
                     {"department": department, "said": moment_text(starts[0].at),
                      "at": moment_text(by_receipt)})  # fmt: skip
        yield EvidenceFinding(Weight.CONTRADICTION, FindingCode.TERM_DIFFERS, department, words)


def _as_asked(signed: SignedTerm, part: ConsultedDepartment) -> Iterator[EvidenceFinding]:
    """The term is that which the department was told when it was asked."""
    if signed.term != part.term:
        words = Text("{department} was told another term than the lead has gone by", {"department": part.department})
        yield EvidenceFinding(Weight.CONTRADICTION, FindingCode.TERM_DIFFERS, part.department, words)
