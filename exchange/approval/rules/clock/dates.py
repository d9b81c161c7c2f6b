"""Until when a case is to be decided, by law and as it was promised, and its licence delivered. Always derived, pure.

What departments have announced special procedures for is not counted, nor what the lead has announced for the case;
days that stand still twice count once. A promise is about the days that run: an extension lengthens the statutory term
and leaves it as it is. The term of a case that was reopened runs anew from then.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from exchange.approval.rules.deadline import reckon_around
from exchange.approval.rules.stops import StoppedDays, announced, day_of, merged
from exchange.schemas import EntryKind, LedgerEntry, Matter, Outcome, Term
from exchange.workdays import WorkingCalendar, add_working_days, end_of_day

DELIVERY_DAYS = 10
"""Working days from the decision within which a licence is handed out (article 44)."""
_NOBODY = ""
"""In the term of the case itself, whoever lets it run on ends all that stands."""
GRANTS = frozenset({Outcome.GRANT, Outcome.GRANT_WITH_CONDITIONS})


class Opening(Protocol):
    """When a case was accepted, and taken up again."""

    @property
    def opened_at(self) -> datetime: ...
    @property
    def reopened_at(self) -> datetime | None: ...


@dataclass(frozen=True)
class CaseDates:
    """Until when a case is to be decided."""

    began: datetime
    decide_by: datetime
    provisional: bool
    """Reckoned over days that no announcement covers yet: shown, and nothing comes of it."""
    promised_by: datetime | None = None
    """None where nothing is promised beside the law."""
    promise_provisional: bool = False
    stood: tuple[StoppedDays, ...] = ()
    """Days that do not count, in order."""


@dataclass(frozen=True)
class CaseLedgers:
    """What has happened to the terms of one case."""

    own: Sequence[LedgerEntry] = ()
    """Entries in the term of the case itself, of all its rounds."""
    departments: Mapping[str, Sequence[LedgerEntry]] = field(default_factory=dict)


def case_dates(case: Opening, matter: Matter, ledgers: CaseLedgers, calendar: WorkingCalendar) -> CaseDates:
    """Return until when the lead is to decide, by law and by its promise."""
    began = began_at(case)
    stood = stood_still(ledgers, calendar)
    extra = sum(entry.days or 0 for entry in in_this_round(case, ledgers.own) if entry.kind is EntryKind.EXTEND)
    due_at, provisional = reckon_around(Term(days=matter.decision_days), began, stood, calendar, extra)
    promised, guessed = None, False
    if matter.promised_days is not None:
        promised, guessed = reckon_around(Term(days=matter.promised_days), began, stood, calendar)
    return CaseDates(began, due_at, provisional, promised, guessed, tuple(stood))


def began_at(case: Opening) -> datetime:
    """Return when the term that runs now began."""
    return case.reopened_at or case.opened_at


def in_this_round(case: Opening, own: Sequence[LedgerEntry]) -> list[LedgerEntry]:
    """Return the entries since a case was accepted, or taken up again."""
    return [entry for entry in own if entry.at >= began_at(case)]


def stood_still(ledgers: CaseLedgers, calendar: WorkingCalendar) -> list[StoppedDays]:
    """Return the days that do not count: of procedures that were announced with a length, as far as they went."""
    by = ledgers.departments.items()
    found = [pause for department, ledger in by for pause in announced(ledger, calendar, department)]
    return merged([*found, *announced(ledgers.own, calendar, _NOBODY)])


def deliver_by(
    decided_at: datetime | None, outcome: str | None, calendar: WorkingCalendar
) -> tuple[datetime, bool] | None:
    """Return until when a licence is to be delivered, and whether that is provisional; None where none was granted."""
    if decided_at is None or outcome not in GRANTS:
        return None
    last, provisional = add_working_days(calendar, day_of(decided_at), DELIVERY_DAYS)
    return end_of_day(last), provisional
