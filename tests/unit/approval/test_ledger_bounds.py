"""A ledger of a stranger: how far it may reach before anybody reckons it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from exchange.approval.monitor.lapse import watch_row
from exchange.approval.rules.ledger_bounds import MOST_DAYS, check_ledger, check_room
from exchange.errors import Implausible
from exchange.schemas import DeadlineState
from exchange.schemas.instants import CLOCK_SKEW
from tests.unit.facts import CALENDAR, at, deadline, end, extend, restart, start, stop

SIGNED = at("03-04")


def test_what_was_entered_by_the_signing_or_a_little_later_by_another_clock_is_reckoned() -> None:
    check_ledger(deadline(start("03-02"), extend("03-04", 365)), SIGNED)
    check_ledger(deadline(start("03-04")), SIGNED - CLOCK_SKEW)
    check_ledger(deadline(), SIGNED)
    check_ledger(deadline(start("2016-03-04"), stop("03-04", 365)), SIGNED)


FAR: dict[str, tuple[DeadlineState, datetime, str]] = {
    "later than the signing": (deadline(start("03-02"), stop("03-05")), SIGNED, "after it was signed"),
    "a start in the year 2200": (deadline(start("2200-01-04")), SIGNED, "after it was signed"),
    "in any order": (deadline(start("2199-01-04"), restart("03-02")), SIGNED, "after it was signed"),
    "since the year 2000": (deadline(start("2000-01-04"), stop("03-03", 5)), SIGNED, "more than 10 years"),
    "backwards": (deadline(start("03-03"), stop("2000-01-04", 5)), SIGNED, "more than 10 years"),
    "extended again and again": (
        deadline(start("03-02"), *[extend("03-03", 365)] * (MOST_DAYS // 365 + 1)),
        SIGNED,
        "2500 working days",
    ),
    "stopped again and again": (
        deadline(start("03-02"), *[stop("03-03", 365)] * (MOST_DAYS // 365 + 1)),
        SIGNED,
        "2500 working days",
    ),
}


@pytest.mark.parametrize("which", sorted(FAR))
def test_a_ledger_that_reaches_too_far_is_refused_before_it_is_reckoned(which: str) -> None:
    state, signed_at, why = FAR[which]
    with pytest.raises(Implausible, match=why):
        check_ledger(state, signed_at)


def test_a_term_ends_within_the_years_that_are_taken() -> None:
    assert watch_row(deadline(start("03-02"), fixed=end("2200-12-30")), CALENDAR).due_at == end("2200-12-30")
    fixed = deadline(start("03-02"), extend("03-03", 5), fixed=end("2200-12-30") + timedelta(hours=-1))
    with pytest.raises(Implausible, match="after the year 2200"):
        watch_row(fixed, CALENDAR)


def test_a_window_enters_no_more_than_its_monitors_read() -> None:
    full = deadline(start("03-02"), *(stop("03-04", 180) for _ in range(13)))
    check_room(full, stop("03-05", 100))
    with pytest.raises(Implausible, match="2500"):
        check_room(full, stop("03-05", 180))
    many = deadline(start("03-02"), *(stop("03-04", 1) for _ in range(99)))
    with pytest.raises(Implausible, match="100 entries"):
        check_room(many, stop("03-05", 1))
    with pytest.raises(Implausible, match="10 years"):
        check_room(deadline(start("03-02")), stop("2036-04-01", 1))
