"""Reminders under any ledger and any hours at which a monitor looks: on working days, after the share, once an end."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.approval.rules.deadline import Projection, project
from exchange.approval.rules.derived_ids import reminder_id
from exchange.approval.rules.reminders.reminded import reminders_of, reminds_rightly
from exchange.approval.rules.reminders.stages import LAST_STAGE, next_stage_look, stage_moments, stage_to_remind
from exchange.clock import CST
from exchange.schemas import DeadlineState, LedgerEntry, Reminder, SentReminder
from tests.property.approval.test_deadline_by_counting import CALENDAR, ledgers, state, stopped

Sent = tuple[SentReminder, DeadlineState]


def known(ledger: list[LedgerEntry], days: int, now: datetime) -> DeadlineState:
    """The deadline as it stands at a moment."""
    return state([entry for entry in ledger if entry.at <= now], days)


def watched(ledger: list[LedgerEntry], days: int, looks: list[int]) -> list[Sent]:
    """What a monitor sends that looks when it has said it would, or ever so many hours later."""
    sent: list[Sent] = []
    now, turn = ledger[0].at, 0
    while True:
        here = known(ledger, days, now)
        term = project(here, CALENDAR)
        if term.due_at is not None and now >= term.due_at:
            return sent
        stage = stage_to_remind(here, term, [one for one, _ in sent], CALENDAR, now)
        if stage is not None and term.started_at is not None and term.due_at is not None:
            id_ = reminder_id(here.case_number, here.department, stage, term.started_at, term.due_at)
            sent.append((SentReminder(message_id=id_, stage=stage, at=now), here))
        told = next((entry.at for entry in ledger if entry.at > now), None)
        planned = next_stage_look(here, term, CALENDAR, now) or term.due_at
        if told is None and planned is None:
            return sent
        late = timedelta(hours=looks[turn % len(looks)])
        now = min(moment for moment in (told, planned and planned + late) if moment is not None)
        turn += 1


def counted_days(here: DeadlineState, term: Projection, last: date) -> int:
    """The working days of a term up to and including a day, going through them one by one."""
    assert term.started_at is not None
    first = max(row for row, e in enumerate(here.ledger) if e.at == term.started_at and e.kind in ("start", "restart"))
    ledger = list(here.ledger[first:])
    stops = [stopped(ledger[row:]) for row in range(len(ledger)) if ledger[row].kind == "stop"]
    found, day = 0, term.started_at.astimezone(CST).date() + timedelta(days=1)
    while day <= last:
        stands = any(since <= day <= until for since, until in stops if until is not None)
        found += CALENDAR.is_workday(day) and not stands
        day += timedelta(days=1)
    return found


@settings(max_examples=60, deadline=None)
@given(ledgers(), st.integers(1, 20), st.lists(st.sampled_from([0, 0, 1, 20, 90]), min_size=1, max_size=4))
def test_reminders_go_out_on_working_days_after_their_share_and_once_for_every_due_moment(
    ledger: list[LedgerEntry], days: int, looks: list[int]
) -> None:
    sent = watched(ledger, days, looks)
    for one, here in sent:
        term = project(here, CALENDAR)
        assert term.due_at is not None
        assert CALENDAR.is_workday(one.at.astimezone(CST).date())
        assert term.started_at is not None
        assert term.started_at < one.at < term.due_at
        last = (term.due_at - timedelta(microseconds=1)).astimezone(CST).date()
        whole, passed = counted_days(here, term, last), counted_days(here, term, one.at.astimezone(CST).date())
        assert passed * 100 >= one.stage * whole, "not before the share"
        said = Reminder(
            case_number=here.case_number, department=here.department, consultation_id=here.consultation_id,
            stage=one.stage, due_at=term.due_at, default=here.default, began_at=term.started_at,
        )  # fmt: skip
        assert reminds_rightly(here, said, one.message_id, one.at, CALENDAR), "the window says so as well"
        assert reminders_of(here, term, [one]) == [one]
    assert max(Counter(one.message_id for one, _ in sent).values(), default=1) == 1


@settings(max_examples=60, deadline=None)
@given(ledgers(), st.integers(1, 20))
def test_a_monitor_that_is_there_reminds_of_every_end_at_the_last_stage(ledger: list[LedgerEntry], days: int) -> None:
    whole = state(ledger, days)
    term = project(whole, CALENDAR)
    if term.due_at is None or ledger[-1].at >= term.due_at:
        return
    sent = watched(ledger, days, [0])
    if any(project(known(ledger, days, entry.at), CALENDAR).due_at is None for entry in ledger) or _ended(ledger, days):
        return
    assert LAST_STAGE in [one.stage for one in reminders_of(whole, term, [one for one, _ in sent])]


def _ended(ledger: list[LedgerEntry], days: int) -> bool:
    """Whether an entry came after the end: the window takes none."""
    dues = [project(known(ledger, days, entry.at - timedelta(microseconds=1)), CALENDAR).due_at for entry in ledger[1:]]
    return any(due is not None and due <= entry.at for due, entry in zip(dues, ledger[1:], strict=True))


@given(ledgers(), st.integers(1, 20))
def test_stages_lie_within_the_term_and_in_order(ledger: list[LedgerEntry], days: int) -> None:
    here = state(ledger, days)
    term = project(here, CALENDAR)
    moments = list(stage_moments(here, term, CALENDAR).values())
    assert moments == sorted(moments)
    assert bool(moments) is (term.due_at is not None)
    if term.due_at is not None and term.started_at is not None:
        assert all(term.started_at < moment < term.due_at for moment in moments)
