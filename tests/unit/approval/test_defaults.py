"""When silence counts: a term of five days from Monday 2 March 2026, due at the end of Monday 9 March."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import pytest

from exchange.approval.rules.deadline import project
from exchange.approval.rules.defaults import (
    as_told,
    deemed_id,
    escalation_id,
    obstacles,
    reminder_id,
    reminds_rightly,
    terms_known_at,
)
from exchange.schemas import DeadlineState, DeadlineStatus, DefaultMode, Escalation, Exclusion, LedgerEntry, Reminder
from tests.unit.facts import CALENDAR, ID, OTHER_ID, at, deadline, end, extend, reminder, restart, resume, start, stop

SILENT = deadline(start("03-02"))
AFTER = at("03-10", "00:01")


def hindered(state: DeadlineState, *days: str, now: object = AFTER) -> list[str]:
    sent = [reminder(day) for day in days]
    return obstacles(state, project(state, CALENDAR), sent, now)  # type: ignore[arg-type]


def test_silence_after_a_reminder_and_the_end_of_the_term_counts() -> None:
    assert hindered(SILENT, "03-05") == []


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"default": DefaultMode.NONE}, "no default is provided"),
        ({"default_basis": ()}, "no rule is cited"),
        ({"evidence": None}, "no proof that the department signed"),
        ({"file_complete": False}, "not complete"),
        ({"status": DeadlineStatus.CLOSED}, "closed"),
    ],
)
def test_silence_does_not_count_without(fields: dict[str, object], named: str) -> None:
    found = hindered(deadline(start("03-02"), **fields), "03-05")
    assert len(found) == 1
    assert named in found[0]


@pytest.mark.parametrize("exclusion", list(Exclusion))
def test_an_exclusion_stands_in_the_way_and_is_named(exclusion: Exclusion) -> None:
    assert hindered(deadline(start("03-02"), exclusions=(exclusion,)), "03-05") == [f"excluded: {exclusion.value}"]


def test_the_last_moment_of_the_term_is_not_yet_after_it() -> None:
    assert "not over" in hindered(SILENT, "03-05", now=end("03-09"))[0]


def test_a_stopped_clock_lets_no_silence_count() -> None:
    found = hindered(deadline(start("03-02"), stop("03-04")), "03-03", now=at("12-31"))
    assert any("stopped" in text for text in found)


def test_a_term_that_has_not_begun_lets_no_silence_count() -> None:
    assert any("not begun" in text for text in hindered(deadline(), now=at("12-31")))


def test_a_provisional_date_lets_no_silence_count() -> None:
    found = hindered(deadline(start("2031-03-03")), "2031-03-05", now=at("2031-12-31"))
    assert len(found) == 1
    assert "provisional" in found[0]


def test_without_a_reminder_silence_does_not_count() -> None:
    assert "no reminder" in hindered(SILENT)[0]


def test_a_reminder_after_the_end_is_none() -> None:
    assert "no reminder" in hindered(SILENT, "03-10", now=at("03-11"))[0]


def test_all_that_stands_in_the_way_is_told_at_once() -> None:
    state = deadline(
        default=DefaultMode.NONE, default_basis=(), evidence=None, file_complete=False, exclusions=tuple(Exclusion)
    )
    found = hindered(state)
    assert len(found) == 4 + 1 + 1 + 1 + len(Exclusion)


def test_an_escalation_carries_obstacles_however_long_or_many_they_are() -> None:
    long = "the department's receipt does not verify: " + "不" * 2_000
    told = as_told(["short", "x" * 500, long, *["more"] * 30])
    escalation = Escalation(
        case_number="C-1", department="c.transport", consultation_id=ID, due_at=end("03-09"), obstacles=told
    )
    assert escalation.obstacles[:2] == ("short", "x" * 500)
    assert escalation.obstacles[2].startswith("the department's receipt does not verify: 不")
    assert escalation.obstacles[2].endswith("不…")


def test_ids_are_the_same_for_everyone_and_differ_by_what_they_are_about() -> None:
    derived = [
        deemed_id("C-1", "c.transport", 1),
        deemed_id("C-1", "c.transport", 2),
        deemed_id("C-1", "c.police", 1),
        deemed_id("C-2", "c.transport", 1),
        escalation_id("C-1", "c.transport", 1),
        reminder_id("C-1", "c.transport", 50, at("03-02")),
        reminder_id("C-1", "c.transport", 90, at("03-02")),
        reminder_id("C-1", "c.transport", 90, at("03-03")),
    ]
    assert len(set(derived)) == len(derived)
    assert all(UUID(text).version == 5 and str(UUID(text)) == text for text in derived)
    assert deemed_id("C-1", "c.transport", 1) == derived[0]


HALF = at("03-06", "08:00")


def said(own: DeadlineState, *, id: str = "", at_: datetime = HALF, **fields: object) -> bool:
    """Whether a reminder at half of the term says what the window has on record; each of its facts can be wrong."""
    facts: dict[str, object] = {"case_number": "C-1", "department": "c.transport", "consultation_id": ID, "stage": 50}
    facts |= {"due_at": end("03-09"), "default": own.default}
    own_id = id or reminder_id("C-1", "c.transport", 50, at("03-02"))
    return reminds_rightly(own, project(own, CALENDAR), Reminder(**facts | fields), own_id, at_)  # type: ignore[arg-type]


def test_a_reminder_that_says_what_the_window_has_on_record_is_one() -> None:
    assert said(SILENT)


@pytest.mark.parametrize(
    "wrong",
    [
        {"at_": at("03-02", "09:01")},
        {"at_": end("03-09")},
        {"at_": at("03-11")},
        {"id": OTHER_ID},
        {"consultation_id": OTHER_ID},
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
def test_a_reminder_that_says_anything_else_is_none(wrong: dict[str, object]) -> None:
    assert not said(**{"own": SILENT} | wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("ledger", "day", "ends"),
    [
        ((start("03-02"),), "03-06", {end("03-09")}),
        ((start("03-02"),), "03-01", set()),
        ((start("03-02"), extend("03-05", 1)), "03-04", {end("03-09")}),
        ((start("03-02"), extend("03-05", 1)), "03-06", {end("03-09"), end("03-10")}),
        ((start("03-02"), stop("03-03"), resume("03-05")), "03-06", {end("03-09"), end("03-12")}),
        ((start("03-02"), stop("03-03")), "03-06", {end("03-09")}),
        ((start("03-02"), restart("03-04")), "03-06", {end("03-11")}),
        ((), "03-06", set()),
    ],
)
def test_what_a_monitor_could_know_is_the_ledger_of_then_or_earlier(
    ledger: tuple[LedgerEntry, ...], day: str, ends: set[datetime]
) -> None:
    assert {term.due_at for term in terms_known_at(deadline(*ledger), at(day), CALENDAR)} == ends
