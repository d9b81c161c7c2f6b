"""Terms as calendars of days. March 2026 begins on a Sunday and has no holidays: 2, 9, 16, 23 are Mondays."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from exchange.approval.rules.deadline import Projection, project
from exchange.schemas import LedgerEntry
from tests.unit.facts import CALENDAR, at, deadline, end, extend, restart, resume, start, stop


def due(*ledger: LedgerEntry, days: int = 5) -> object:
    return project(deadline(*ledger, days=days), CALENDAR).due_at


def test_five_days_signed_for_on_monday_end_with_the_next_monday() -> None:
    assert due(start("03-02")) == end("03-09")


@pytest.mark.parametrize("time", ["00:00", "09:00", "23:59"])
def test_the_hour_of_signing_changes_nothing(time: str) -> None:
    assert due(start("03-02", time)) == end("03-09")


def test_the_day_is_that_of_china_whatever_zone_the_instant_is_written_in() -> None:
    evening_in_london = at("03-03", "00:30").astimezone(UTC)
    began = start("03-02").model_copy(update={"at": evening_in_london})
    assert due(began) == end("03-10")


def test_signed_for_on_a_saturday_counts_from_the_monday() -> None:
    assert due(start("03-07"), days=1) == end("03-09")


def test_before_the_receipt_there_is_no_deadline() -> None:
    assert project(deadline(), CALENDAR) == Projection(None, None, False, False)


def test_a_stopped_clock_has_no_end() -> None:
    projection = project(deadline(start("03-02"), stop("03-04")), CALENDAR)
    assert projection.due_at is None
    assert projection.stopped


def test_resumed_it_runs_on_with_what_is_left() -> None:
    # 3 counted; 4 stopped; 9 resumed; 10 11 12 13
    assert due(start("03-02"), stop("03-04"), resume("03-09")) == end("03-13")


def test_an_announced_stop_ends_by_itself() -> None:
    # 3 counted; 4 stopped for 5 6 9; 10 11 12 13
    projection = project(deadline(start("03-02"), stop("03-04", 3)), CALENDAR)
    assert projection.due_at == end("03-13")
    assert not projection.stopped


def test_an_announced_stop_that_is_resumed_early_ends_there() -> None:
    # 3 counted; 4 stopped; 6 resumed; 9 10 11 12
    assert due(start("03-02"), stop("03-04", 10), resume("03-06")) == end("03-12")


def test_a_resumption_after_an_announced_stop_is_over_changes_nothing() -> None:
    assert due(start("03-02"), stop("03-04", 1), resume("03-09")) == due(start("03-02"), stop("03-04", 1))


def test_stops_that_overlap_count_once() -> None:
    # 3 counted; from 4 for 5 6 9, from 5 for 6 9 10 11: stopped until 11; 12 13 16 17
    assert due(start("03-02"), stop("03-04", 3), stop("03-05", 4)) == end("03-17")


def test_stops_that_do_not_touch_count_both() -> None:
    # 3 counted; 4 stopped for 5; 6 counted; 9 stopped for 10 11; 12 13 16
    assert due(start("03-02"), stop("03-04", 1), stop("03-09", 2)) == end("03-16")


def test_a_shorter_stop_inside_a_longer_one_changes_nothing() -> None:
    assert due(start("03-02"), stop("03-04", 6), stop("03-05", 1)) == due(start("03-02"), stop("03-04", 6))


@pytest.mark.parametrize(
    "later",
    [(stop("03-05", 3),), (stop("03-05"), resume("03-06")), (stop("03-04", 1), stop("03-09", 1))],
)
def test_a_stop_entered_after_later_ones_counts_from_its_own_day(later: tuple[LedgerEntry, ...]) -> None:
    early = stop("03-03", 10)
    assert due(start("03-02"), *later, early) == due(start("03-02"), early)


def test_stops_that_do_not_touch_count_in_whatever_order_they_are_entered() -> None:
    first, second, third = stop("03-03", 1), stop("03-06", 1), stop("03-11", 1)
    in_order = due(start("03-02"), first, second, third, days=10)
    assert due(start("03-02"), third, first, second, days=10) == in_order
    assert due(start("03-02"), second, third, first, days=10) == in_order


def test_an_open_stop_swallows_an_announced_one() -> None:
    assert due(start("03-02"), stop("03-04", 2), stop("03-05")) is None


def test_stopped_on_its_last_day_one_day_is_left() -> None:
    # 3 4 5 6 counted; 9 stopped for 10 11; 12
    assert due(start("03-02"), stop("03-09", 2)) == end("03-12")


def test_stopped_at_the_last_moment_the_last_day_is_left() -> None:
    # 3 4 5 6 counted; 9 stopped at 24:00; 16 resumed; 17
    assert due(start("03-02"), stop("03-09", time="24:00"), resume("03-16")) == end("03-17")
    # for 10 11; 12
    assert due(start("03-02"), stop("03-09", 2, time="24:00")) == end("03-12")


def test_stopped_on_its_first_day_the_whole_term_is_left() -> None:
    # 2 stopped for 3 4; 5 6 9 10 11
    assert due(start("03-02"), stop("03-02", 2)) == end("03-11")


def test_a_stop_announced_before_the_start_still_holds_after_it() -> None:
    # 2 stopped for 3 4 5 6; the term starts on 4; 9 10 11 12 13
    assert due(stop("03-02", 4), start("03-04")) == end("03-13")


def test_a_stop_that_was_over_before_the_start_is_of_no_account() -> None:
    assert due(stop("03-02", 1), start("03-05")) == due(start("03-05"))


def test_a_restart_gives_the_whole_term_again() -> None:
    assert due(start("03-02"), restart("03-05")) == end("03-12")


def test_a_restart_lifts_a_stop_even_one_of_the_same_moment() -> None:
    assert due(start("03-02"), stop("03-05"), restart("03-05")) == end("03-12")


def test_a_restart_does_not_take_an_extension_back() -> None:
    # 5 restarted; 6 9 10 11 12 and 13 16 17
    assert due(start("03-02"), extend("03-03", 3), restart("03-05")) == end("03-17")


def test_an_extension_adds_working_days_over_the_weekend() -> None:
    # 3 4 5 6 9 and 10 11 12
    assert due(start("03-02"), extend("03-04", 3)) == end("03-12")


def test_an_extension_and_a_stop_both_count() -> None:
    assert due(start("03-02"), extend("03-03", 3), stop("03-04", 3)) == end("03-18")


def test_a_holiday_inside_lengthens_and_a_make_up_day_shortens() -> None:
    assert due(start("2024-01-29"), days=20) == end("2024-02-29")
    assert due(start("09-14")) == end("09-20")


def test_a_term_over_unpublished_days_is_provisional() -> None:
    projection = project(deadline(start("2031-03-03"), days=45), CALENDAR)
    assert projection.provisional
    assert projection.due_at is not None


def test_a_stop_over_unpublished_days_makes_the_term_provisional() -> None:
    assert project(deadline(start("2030-12-02"), stop("2030-12-03", 60)), CALENDAR).provisional


def test_a_fixed_moment_stays_where_the_statute_put_it() -> None:
    noon = at("03-10", "12:00")
    assert project(deadline(start("03-02"), fixed=noon), CALENDAR).due_at == noon


def test_a_fixed_moment_moves_by_an_extension_to_the_end_of_a_day() -> None:
    assert project(deadline(start("03-02"), extend("03-04", 2), fixed=at("03-10", "12:00")), CALENDAR).due_at == end(
        "03-12"
    )


def test_a_fixed_midnight_belongs_to_the_day_before() -> None:
    assert project(deadline(start("03-02"), extend("03-04", 1), fixed=end("03-09")), CALENDAR).due_at == end("03-10")


def test_a_fixed_moment_moves_by_the_days_the_clock_stood() -> None:
    # 4 stopped for 5 6 9; fixed on 10; 11 12 13
    assert project(deadline(start("03-02"), stop("03-04", 3), fixed=at("03-10", "12:00")), CALENDAR).due_at == end(
        "03-13"
    )


def test_the_start_is_told_with_the_projection() -> None:
    assert project(deadline(start("03-02")), CALENDAR).started_at == at("03-02")
    assert project(deadline(start("03-02"), restart("03-05")), CALENDAR).started_at == at("03-05")


def test_silence_takes_effect_at_the_end_of_the_term_or_working_days_later() -> None:
    assert project(deadline(start("03-02")), CALENDAR).effective_at == end("03-09")
    assert project(deadline(start("03-02"), effect_delay_days=3), CALENDAR).effective_at == end("03-12")
    # due on Friday 6; 9 10
    assert project(deadline(start("03-02"), days=4, effect_delay_days=2), CALENDAR).effective_at == end("03-10")


def test_an_effect_delay_over_unpublished_days_makes_the_term_provisional() -> None:
    year = max(year for year in range(2020, 2040) if CALENDAR.published(date(year, 12, 31)))
    december = f"{year}-12-07"
    assert not project(deadline(start(december)), CALENDAR).provisional
    assert project(deadline(start(december), effect_delay_days=30), CALENDAR).provisional


MINE = "c.transport"


def test_the_department_ends_its_own_procedure_and_not_what_an_officer_has_ordered() -> None:
    # 3 counted; from 4 its hearing for 10 days, from 5 an appraisal until 11; 12 13 16 17
    both = (start("03-02"), stop("03-04", 10, actor=MINE), stop("03-05", 4))
    assert due(*both, resume("03-06", actor=MINE)) == end("03-17")
    # an officer ends whatever stands: 9 10 11 12
    assert due(*both, resume("03-06")) == end("03-12")


@pytest.mark.parametrize("days", range(1, 12))
@pytest.mark.parametrize("actor", [MINE, "c.window"])
def test_ending_a_stop_early_never_lengthens_the_term(days: int, actor: str) -> None:
    stopped = (start("03-02"), stop("03-04", days, actor=MINE))
    as_announced = due(*stopped)
    assert isinstance(as_announced, datetime)
    for day in range(4, 25):
        ended = due(*stopped, resume(f"03-{day:02}", actor=actor))
        assert isinstance(ended, datetime)
        assert due(start("03-02")) <= ended <= as_announced  # type: ignore[operator]


def test_a_hearing_of_twenty_days_that_is_over_on_the_third_leaves_the_clock_standing_for_three() -> None:
    # 3 counted; 4 stopped for 5 6 9; 10 11 12 13
    held = resume("03-09", actor=MINE)
    assert due(start("03-02"), stop("03-04", 20, actor=MINE), held) == end("03-13")


def test_a_second_procedure_counts_whether_the_first_ended_by_itself_or_was_ended() -> None:
    first, second = stop("03-03", 2, actor=MINE), stop("03-10", 2, actor=MINE)
    # 3 stopped for 4 5; 6 9 counted; 10 stopped for 11 12; 13 16 17
    assert due(start("03-02"), first, second) == end("03-17")
    # 3 stopped for 4; 5 6 9; 10 stopped for 11 12; 13 16
    assert due(start("03-02"), first, resume("03-04", actor=MINE), second) == end("03-16")


def test_a_stop_whose_length_reaches_over_unpublished_days_is_certain_once_it_has_ended() -> None:
    calendar_ends = max(year for year in range(2020, 2040) if CALENDAR.published(date(year, 12, 31)))
    long = stop(f"{calendar_ends}-11-03", 60)
    began = start(f"{calendar_ends}-11-02")
    assert project(deadline(began, long), CALENDAR).provisional
    assert not project(deadline(began, long, resume(f"{calendar_ends}-11-05")), CALENDAR).provisional
