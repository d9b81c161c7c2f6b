"""Which reminders count: a term of five days from Monday 2 March 2026, due at the end of Monday 9 March."""

from __future__ import annotations

from datetime import datetime

import pytest

from exchange.approval.rules.deadline import project
from exchange.approval.rules.derived_ids import clock_reminder_id, id_of_reminder
from exchange.approval.rules.reminders.reminded import is_share_passed, reminders_of, reminds_rightly, terms_known_at
from exchange.schemas import DeadlineState, LedgerEntry, Reminder, SentReminder
from tests.unit.facts import CALENDAR, ID, OTHER_ID, at, deadline, end, extend, reminder, restart, resume, start, stop

SILENT = deadline(start("03-02"))
HALF = at("03-05", "09:00")
"""When half of the working days has come."""
BY_CLOCK = at("03-06", "08:00")
"""When half of the hours has passed."""


def words(**fields: object) -> Reminder:
    """A reminder at half of the term, by the working days unless it does not say when the term began."""
    facts: dict[str, object] = {"case_number": "C-1", "department": "c.transport", "consultation_id": ID, "stage": 50}
    facts |= {"due_at": end("03-09"), "default": SILENT.default, "began_at": at("03-02")}
    return Reminder(**facts | fields)  # type: ignore[arg-type]


def said(own: DeadlineState, *, id: str = "", at_: datetime | None = None, **fields: object) -> bool:
    """Whether a reminder says what the window has on record; each of its facts can be wrong."""
    one = words(**fields)
    moment = at_ or (HALF if one.began_at else BY_CLOCK)
    return reminds_rightly(own, one, id or id_of_reminder(one, at("03-02")), moment, CALENDAR)


def test_a_reminder_that_says_what_the_window_has_on_record_is_one_by_the_rule_of_its_version() -> None:
    assert said(SILENT)
    assert said(SILENT, began_at=None)
    assert not said(SILENT, began_at=None, at_=HALF), "by the clock half has not passed yet"


@pytest.mark.parametrize("began", [at("03-02"), None])
@pytest.mark.parametrize(
    "wrong",
    [
        {"at_": at("03-02", "09:01")},
        {"at_": end("03-09")},
        {"at_": at("03-11")},
        {"id": OTHER_ID},
        {"consultation_id": OTHER_ID},
        {"case_number": "C-2"},
        {"department": "c.police"},
        {"due_at": at("03-03")},
        {"due_at": at("03-31")},
        {"stage": 1},
        {"stage": 90},
        {"own": deadline()},
        {"own": deadline(start("03-02"), stop("03-04"))},
        {"own": deadline(start("03-02"), extend("03-04", 2))},
        {"own": deadline(start("03-03"))},
    ],
)
def test_a_reminder_that_says_anything_else_is_none(wrong: dict[str, object], began: datetime | None) -> None:
    assert not said(**{"own": SILENT, "began_at": began} | wrong)  # type: ignore[arg-type]


def test_neither_version_goes_under_the_id_of_the_other() -> None:
    assert not said(SILENT, id=clock_reminder_id("C-1", "c.transport", 50, at("03-02")))
    assert not said(SILENT, began_at=None, id=id_of_reminder(words(), at("03-02")))
    assert not said(SILENT, began_at=at("03-01"))


def counted(state: DeadlineState, *sent: SentReminder) -> list[SentReminder]:
    return reminders_of(state, project(state, CALENDAR), sent)


def test_a_reminder_counts_for_the_due_moment_that_it_was_of() -> None:
    half = reminder("03-05")
    assert counted(SILENT, half) == [half]
    extended = deadline(start("03-02"), extend("03-06", 15))
    assert counted(extended, half) == []
    anew = reminder("03-13", due="03-30")
    assert counted(extended, half, anew) == [anew]
    assert counted(deadline(start("03-02"), stop("03-06")), half) == []


def test_a_reminder_of_a_former_release_counts_until_the_term_begins_anew() -> None:
    old = SentReminder(message_id=clock_reminder_id("C-1", "c.transport", 50, at("03-02")), stage=50, at=BY_CLOCK)
    assert counted(SILENT, old) == [old]
    assert counted(deadline(start("03-02"), extend("03-06", 15)), old) == [old]
    assert counted(deadline(start("03-02"), restart("03-05")), old) == []


LEDGERS = [
    ((start("03-02"),), "03-06", {end("03-09")}),
    ((start("03-02"),), "03-01", set()),
    ((start("03-02"), extend("03-05", 1)), "03-04", {end("03-09")}),
    ((start("03-02"), extend("03-05", 1)), "03-06", {end("03-09"), end("03-10")}),
    ((start("03-02"), stop("03-03"), resume("03-05")), "03-06", {end("03-09"), end("03-12")}),
    ((start("03-02"), stop("03-03")), "03-06", {end("03-09")}),
    ((start("03-02"), restart("03-04")), "03-06", {end("03-11")}),
    ((), "03-06", set()),
]


@pytest.mark.parametrize(("ledger", "day", "ends"), LEDGERS)
def test_what_a_monitor_could_know_is_the_ledger_of_then_or_earlier(
    ledger: tuple[LedgerEntry, ...], day: str, ends: set[datetime]
) -> None:
    state, days = deadline(*ledger), [end(f"03-{day:02}") for day in range(2, 31)]
    known = {due for due in days if terms_known_at(state, words(due_at=due, began_at=None), at(day), CALENDAR)}
    assert known == ends
    now = project(state, CALENDAR).due_at
    anew = {due for due in days if terms_known_at(state, words(due_at=due), at(day), CALENDAR)}
    assert anew == ends & {now}, "by working days a reminder is of the due moment that there is now"


def test_a_share_is_held_against_the_ledger_of_when_it_was_said() -> None:
    early = deadline(start("03-02"), stop("03-03", 1))
    known = terms_known_at(early, words(due_at=end("03-11")), at("03-06"), CALENDAR)
    assert known
    assert not is_share_passed(known, words(due_at=end("03-11")), at("03-06", "08:59"), CALENDAR)
    assert is_share_passed(known, words(due_at=end("03-11")), at("03-09", "09:00"), CALENDAR)
