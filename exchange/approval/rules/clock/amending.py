"""What may be entered in the term of a whole case, by whom and until when (Administrative License Law, 42 and 45)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from exchange.approval.rules.clock.dates import CaseDates
from exchange.approval.rules.entry_reasons import ARTICLE_45, special_procedure
from exchange.approval.rules.ledger_bounds import MOST_ENTRIES
from exchange.approval.rules.stops import stopped_at
from exchange.errors import CallerError, Conflict, Denied
from exchange.schemas import LONGEST_PROCEDURE, EntryKind, LedgerEntry, ProcedureKind
from exchange.workdays import WorkingCalendar

BASIS: Mapping[EntryKind, tuple[str, ...]] = {
    EntryKind.EXTEND: ("行政许可法第四十二条",),
    EntryKind.STOP: ARTICLE_45,
}
"""The basis of an entry that names none."""


class Handling(StrEnum):
    """Who handles a matter: one department, or several together (article 26)."""

    SINGLE = "single"
    JOINT = "joint"

    @property
    def longest(self) -> int:
        """Working days by which its term is extended at most."""
        return {"single": 10, "joint": 15}[self.value]


def handling_of(asked: int) -> Handling:
    """Return how a matter is handled in which so many departments are asked."""
    return Handling.JOINT if asked > 1 else Handling.SINGLE


@dataclass(frozen=True)
class AmendedCase:
    """The case whose term is to be amended."""

    number: str
    lead: str
    superiors: tuple[str, ...]
    """The authority above the lead, as the directory names it."""
    handling: Handling
    dates: CaseDates
    entries: Sequence[LedgerEntry]
    """What was entered in its present round."""


def extend(
    case: AmendedCase, days: int | None, why: str, basis: tuple[str, ...], by: str, now: datetime
) -> LedgerEntry:
    """Extend the term of a case: once, before its end, by whom the law names.

    Raises Conflict, Denied or CallerError.
    """
    _expect_running(case, now)
    if any(entry.kind is EntryKind.EXTEND for entry in case.entries):
        raise Conflict(
            "the term of case {number} was extended before",
            remedy="a term is extended once (article 42): decide until it is over",
            number=case.number,
        )
    _expect_entitled(case, by)
    longest = case.handling.longest
    if days is None or days < 1 or days > longest:
        raise CallerError(
            "the term of case {number} is extended by at most {longest} working days (article 42)",
            remedy="give a length, no more than that (--days)",
            number=case.number,
            longest=longest,
        )
    return _entry(case, EntryKind.EXTEND, now, why, basis or BASIS[EntryKind.EXTEND], by, days)


def announce(
    case: AmendedCase,
    procedure: ProcedureKind | None,
    days: int | None,
    why: str,
    basis: tuple[str, ...],
    by: str,
    now: datetime,
) -> LedgerEntry:
    """Stop the clock of a case for a procedure of article 45, which is told with its length.

    Raises Conflict, Denied or CallerError.
    """
    _expect_running(case, now)
    _expect_lead(case, by)
    if procedure is None:
        raise CallerError(
            "the clock of a case stops only for a procedure of article 45",
            remedy="name it (--procedure): {procedures}; or extend the term",
            procedures=", ".join(kind.value for kind in ProcedureKind),
        )
    announced = sum(entry.days or 0 for entry in case.entries if entry.kind is EntryKind.STOP)
    if days is None or days < 1 or announced + days > LONGEST_PROCEDURE:
        raise CallerError(
            "a procedure is announced with its length, all those of a case with at most {longest} working days",
            remedy="give its working days (--days): the applicant is told how long it takes (article 45)",
            longest=LONGEST_PROCEDURE,
        )
    return _entry(
        case, EntryKind.STOP, now, f"{special_procedure(procedure)}; {why}", basis or BASIS[EntryKind.STOP], by, days
    )


def run_on(
    case: AmendedCase, why: str, basis: tuple[str, ...], by: str, now: datetime, calendar: WorkingCalendar
) -> LedgerEntry:
    """Let the clock of a case run on before the announced length is over. Raises Conflict or Denied."""
    _expect_lead(case, by)
    if stopped_at(case.entries, calendar, case.lead, now, by=case.lead) is None:
        raise Conflict(
            "the term of case {number} is not stopped by its lead",
            remedy="only what was announced for the case is ended; `exchange status {number}` shows what stands",
            number=case.number,
        )
    return _entry(case, EntryKind.RESUME, now, why, basis, by, None)


def _expect_running(case: AmendedCase, now: datetime) -> None:
    if now > case.dates.decide_by and not case.dates.provisional:
        raise Conflict(
            "the term of case {number} is over",
            remedy="it is extended or stopped before its end only (articles 42 and 45): decide now",
            number=case.number,
        )


def _expect_entitled(case: AmendedCase, by: str) -> None:
    """The head of the agency extends what one department handles, the government above what several do."""
    if case.handling is Handling.SINGLE:
        _expect_lead(case, by)
    elif by not in case.superiors:
        above = ", ".join(case.superiors)
        remedy = "name it (--by {above})" if above else "enter it in the directory: `superior` in the lead's profile"
        raise Denied(
            "what several departments handle together is extended by the government above the lead (article 42)",
            remedy=remedy,
            above=above,
        )


def _expect_lead(case: AmendedCase, by: str) -> None:
    if by != case.lead:
        raise Denied(
            "{by} may not order this for the term of case {number}",
            remedy="it is for the lead: {lead}",
            by=by,
            number=case.number,
            lead=case.lead,
        )


def _entry(
    case: AmendedCase,
    kind: EntryKind,
    now: datetime,
    why: str,
    basis: tuple[str, ...],
    by: str,
    days: int | None,
) -> LedgerEntry:
    if len(case.entries) >= MOST_ENTRIES:
        raise Conflict(
            "the ledger of case {number} is full", remedy="let its term end as it stands", number=case.number
        )
    try:
        return LedgerEntry(kind=kind, at=now, days=days, reason=why, basis=basis, actor=by)
    except ValueError as error:
        raise CallerError("the ledger entry is invalid", remedy="give a reason, a basis and positive days") from error
