"""What waits for the lead at its window, from the record: the same for its inbox, the console and whoever asks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from exchange.approval.clocks.records import ClockRow
from exchange.approval.clocks.store import CaseClocks
from exchange.approval.hearings.records import HearingRow
from exchange.approval.hearings.store import Hearings
from exchange.approval.records import CaseRow
from exchange.approval.rules.clock.dates import deliver_by
from exchange.approval.rules.clock.reminding import reminder_stands
from exchange.approval.rules.course.adding import to_place
from exchange.approval.rules.deadline import days_left
from exchange.approval.rules.lead import UNSIGNED, LeadTask, Waits, what_waits
from exchange.approval.rules.states import CaseState
from exchange.approval.window.clock.reckoned import dates_of
from exchange.approval.window.deadlines import matter_of
from exchange.approval.window.decision import ruling_of
from exchange.approval.window.hearing.owed import waits_for
from exchange.approval.window.leading.store import LeadCases
from exchange.approval.window.matters import completing
from exchange.approval.window.store import Cases
from exchange.language import Words
from exchange.paging import every
from exchange.schemas import Outcome
from exchange.store.transaction import Transaction
from exchange.workdays import WorkingCalendar

_AT_ONCE = 60
"""Cases that are read at once: as many as a page looks at."""


@dataclass(frozen=True)
class LeadDuty:
    """One case that waits for the lead."""

    case_number: str
    matter_names: Words
    project: str
    task: LeadTask
    since: datetime
    departments: tuple[str, ...]
    """Because of whom: those that were escalated, or have not signed for the request."""
    due_at: datetime | None
    """Until when the lead is to decide, by the matter's term; or was to deliver."""
    provisional: bool
    days_left: int | None
    overdue: bool
    prepared: Outcome | None
    """What its rule has prepared."""
    rule_error: str | None


def lead_duties(tx: Transaction, calendar: WorkingCalendar, now: datetime) -> list[LeadDuty]:
    """Return everything that waits for the lead, what is due first in front."""
    found = list(_duties(tx, calendar, now))
    return sorted(found, key=lambda duty: (duty.due_at is None, duty.due_at or duty.since, duty.case_number))


def how_many_wait(tx: Transaction, calendar: WorkingCalendar, now: datetime, most: int) -> int:
    """Return how many cases wait for the lead, counted no further than ``most``: those of `lead_duties`."""
    ready = tx[Cases].how_many(CaseState.READY, most)  # each of them waits for something
    if ready >= most:
        return ready
    others = every(lambda after, some: tx[LeadCases].unready(now - UNSIGNED, after, some), lambda case: case.place)
    waiting = (case for case, waits in _waiting(tx, others, calendar, now) if waits is not None)
    return ready + sum(1 for _ in islice(waiting, most - ready))


def terms_to_decide(
    tx: Transaction, cases: Iterable[CaseRow], calendar: WorkingCalendar
) -> dict[str, tuple[datetime | None, bool]]:
    """Return until when the lead is to decide each case, and whether that is provisional, by case number."""
    return {case.number: term_to_decide(tx, case, calendar) for case in cases}


def term_to_decide(tx: Transaction, case: CaseRow, calendar: WorkingCalendar) -> tuple[datetime | None, bool]:
    """Return until when the lead is to decide, and whether that is provisional; no moment once it is closed."""
    if case.state not in (CaseState.OPEN, CaseState.READY):
        return None, False
    dates = dates_of(tx, case, calendar)
    return dates.decide_by, dates.provisional


def _duties(tx: Transaction, calendar: WorkingCalendar, now: datetime) -> Iterator[LeadDuty]:
    cases = every(lambda after, most: tx[LeadCases].awaiting(now - UNSIGNED, after, most), lambda case: case.place)
    return (duty for _, duty in duties_among(tx, cases, calendar, now) if duty is not None)


def duties_among(
    tx: Transaction, cases: Iterable[CaseRow], calendar: WorkingCalendar, now: datetime,
    wanted: Callable[[CaseRow], bool] = lambda case: True,
) -> Iterator[tuple[CaseRow, LeadDuty | None]]:  # fmt: skip
    """Yield some cases, each with what it waits for at its lead; None where that is nothing, or it is not wanted."""
    for case, waits in _waiting(tx, cases, calendar, now, wanted):
        yield case, _duty(tx, case, waits, calendar, now) if waits is not None else None


def duty_of(tx: Transaction, case: CaseRow, calendar: WorkingCalendar, now: datetime) -> LeadDuty | None:
    """Return what a case waits for at its lead; None where it waits for nothing here."""
    return next(duty for _, duty in duties_among(tx, (case,), calendar, now))


def _waiting(
    tx: Transaction, cases: Iterable[CaseRow], calendar: WorkingCalendar, now: datetime,
    wanted: Callable[[CaseRow], bool] = lambda case: True,
) -> Iterator[tuple[CaseRow, Waits | None]]:  # fmt: skip
    """What each of some cases waits for; what those that are wanted go by is read for many at once."""
    left = iter(cases)
    while some := list(islice(left, _AT_ONCE)):
        numbers = {case.number for case in some if wanted(case)}
        tx[Cases].read_ahead(numbers)
        records, hearings = tx[CaseClocks].several(numbers), tx[Hearings].of_several(numbers)
        for case in some:
            record = records.get(case.number)
            found = _waits(tx, case, record, hearings.get(case.number, ()), calendar, now) if record else None
            yield case, found


def _waits(
    tx: Transaction, case: CaseRow, record: ClockRow, hearings: Sequence[HearingRow], calendar: WorkingCalendar,
    now: datetime,
) -> Waits | None:  # fmt: skip
    parts = tx[Cases].parts(case.number)
    places = to_place(case.state, completing(case, matter_of(tx, case)), parts)
    hearing, reminded = waits_for(tx, case, hearings, calendar, now), _reminded_since(tx, case, record, calendar)
    return what_waits(case, parts, now, places, record, hearing, reminded)


def _reminded_since(tx: Transaction, case: CaseRow, record: ClockRow, calendar: WorkingCalendar) -> datetime | None:
    if record.reminded_at is None and record.delivery_reminded_at is None:
        return None
    return reminder_stands(case, dates_of(tx, case, calendar), record)


def _duty(tx: Transaction, case: CaseRow, waits: Waits, calendar: WorkingCalendar, now: datetime) -> LeadDuty:
    matter = matter_of(tx, case)
    due_at, provisional = term_to_decide(tx, case, calendar)
    if waits.task in (LeadTask.DELIVER, LeadTask.DELIVER_SOON):
        due_at, provisional = deliver_by(case.decided_at, case.outcome, calendar) or (None, False)
    return LeadDuty(
        case_number=case.number,
        matter_names=matter.names,
        project=case.project,
        task=waits.task,
        since=waits.since,
        departments=waits.departments,
        due_at=due_at,
        provisional=provisional,
        days_left=days_left(due_at, calendar, now) if due_at else None,
        overdue=due_at is not None and now > due_at,
        prepared=ruling_of(case.prepared).outcome if case.prepared else None,
        rule_error=case.rule_error,
    )
