"""When silence counts: a term of five days from Monday 2 March 2026, due at the end of Monday 9 March."""

from __future__ import annotations

from uuid import UUID

import pytest

from exchange.approval.rules.deadline import project
from exchange.approval.rules.defaults import NO_RECEIPT, as_told, obstacles
from exchange.approval.rules.derived_ids import clock_reminder_id, deemed_id, escalation_id, reminder_id
from exchange.approval.rules.entry_reasons import BY_COURSE, COUNTED_FROM_ISSUE
from exchange.schemas import DeadlineState, DeadlineStatus, DefaultMode, Escalation, Exclusion
from tests.unit.facts import CALENDAR, ID, at, deadline, end, reminder, restart, start, stop

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
        ({"evidence": None}, "no proof of receipt"),
        ({"file_complete": False}, "not complete"),
        ({"status": DeadlineStatus.CLOSED}, "closed"),
    ],
)
def test_silence_does_not_count_without(fields: dict[str, object], named: str) -> None:
    found = hindered(deadline(start("03-02"), **fields), "03-05")
    assert len(found) == 1
    assert named in found[0]


def test_a_term_that_no_receipt_has_begun_lets_no_silence_count_whatever_else_is_proved() -> None:
    asked = start("03-02").model_copy(update={"reason": COUNTED_FROM_ISSUE})
    anew = [restart("03-02").model_copy(update={"reason": reason}) for reason in sorted(BY_COURSE)]
    for ledger in ((asked,), *((start("02-26"), one) for one in anew)):
        assert hindered(deadline(*ledger), "03-05") == [NO_RECEIPT]
        assert hindered(deadline(*ledger, start("03-02")), "03-05") == [], "the receipt begins it"
    assert hindered(deadline(start("02-26"), restart("03-02")), "03-05") == [], "one that was ordered is told of"


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
    found = hindered(deadline(start("2031-03-03")), now=at("2031-12-31"))
    assert len(found) == 2
    assert "provisional" in found[0]
    assert "no reminder" in found[1]


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
        reminder_id("C-1", "c.transport", 50, at("03-02"), end("03-09")),
        reminder_id("C-1", "c.transport", 90, at("03-02"), end("03-09")),
        reminder_id("C-1", "c.transport", 90, at("03-03"), end("03-09")),
        reminder_id("C-1", "c.transport", 90, at("03-03"), end("03-10")),
        clock_reminder_id("C-1", "c.transport", 90, at("03-03")),
    ]
    assert len(set(derived)) == len(derived)
    assert all(UUID(text).version == 5 and str(UUID(text)) == text for text in derived)
    assert deemed_id("C-1", "c.transport", 1) == derived[0]
