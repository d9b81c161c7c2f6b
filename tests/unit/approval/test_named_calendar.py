"""A consent is checked by the calendar that it names and carries; by another one it differs, and is not forged."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache

import pytest

from exchange.approval.named_calendar import check_due, named_calendar
from exchange.directory import TreeView
from exchange.directory.calendars import in_force, read_calendar, sign_calendar
from exchange.errors import Forged, Unsupported, Untrusted
from exchange.schemas import AnnouncedYear, Calendar, DeemedConsent
from exchange.workdays import ChinaCalendar, WorkingCalendar
from tests.unit.facts import at, deadline, deemed_on, end, start
from tests.unit.levels import NOW, Level, family, seen_from

PACKAGE = ChinaCalendar()
FRIDAY_OFF, SUNDAY_WORKED = (date(2026, 3, 6), ()), (date(2026, 1, 1), (date(2026, 3, 8),))
STATE = deadline(start("03-02"))
"""Five working days from Monday 2 March 2026: until the 9th; the 10th with the Friday off, the 8th with the Sunday."""
SIGNED = at("03-10")


@cache
def levels() -> dict[str, Level]:
    return family("c", "c.d")


@cache
def tree() -> TreeView:
    return seen_from(levels()["c.d"], [levels()["c"].signed()])


def paper(domain: str, days: tuple[date, tuple[date, ...]], issued: datetime = NOW, number: int = 1) -> bytes:
    """A signed calendar of 2026 with one day off and days worked, by a domain's ``number``th authority."""
    holiday, worked = days
    year = AnnouncedYear(year=2026, number="n", holidays=(holiday,), makeup_days=worked)
    level = levels()[domain] if number == 1 else Level(domain, number)
    return sign_calendar(Calendar(domain=domain, version=1, issued_at=issued, years=(year,)), level.authority)


def calendar_of(*papers: bytes) -> WorkingCalendar:
    return in_force(read_calendar(one, tree()) for one in papers)


def consent(due: datetime, named: WorkingCalendar, lead: str = "c.d.window", **fields: object) -> DeemedConsent:
    state = STATE.model_copy(update={"lead": lead})
    return deemed_on(state, due, calendar=named.version, papers=named.papers, **fields)


def named(deemed: DeemedConsent, present: WorkingCalendar = PACKAGE) -> WorkingCalendar:
    return named_calendar(deemed, SIGNED, tree(), present)


def test_what_it_carries_counts_whatever_the_present_calendar_says() -> None:
    upper, own = paper("c", FRIDAY_OFF), paper("c.d", SUNDAY_WORKED)
    then = calendar_of(upper, own)
    assert not then.is_workday(date(2026, 3, 6))
    assert not then.is_workday(date(2026, 3, 8)), "of a year the highest level's counts, as a whole"
    deemed = consent(end("03-10"), then)
    for present in (PACKAGE, then, calendar_of(own)):
        found = named(deemed, present)
        assert found.version == then.version
        assert check_due(deemed, found, present).due_at == end("03-10")


def test_a_due_moment_that_does_not_follow_from_the_calendar_that_it_carries_is_forged() -> None:
    then = calendar_of(paper("c.d", FRIDAY_OFF))
    deemed = consent(end("03-09"), then)
    with pytest.raises(Forged, match="does not follow from the ledger"):
        check_due(deemed, named(deemed), PACKAGE)


def test_where_its_calendar_is_not_at_hand_it_counts_if_the_present_one_says_the_same_and_is_never_forged() -> None:
    deemed = deemed_on(STATE, end("03-09"), calendar="chinesecalendar 0.9")
    assert check_due(deemed, named(deemed), PACKAGE).due_at == end("03-09")
    other = deemed.model_copy(update={"due_at": end("03-10")})
    with pytest.raises(Unsupported, match=r"chinesecalendar 0\.9 is not at hand here"):
        check_due(other, named(other), PACKAGE)


def test_a_calendar_that_does_not_count_for_its_window_makes_nothing_right() -> None:
    def of(*papers: bytes, lead: str = "c.d.window") -> DeemedConsent:
        return deemed_on(STATE.model_copy(update={"lead": lead}), end("03-10"), calendar="another", papers=papers)

    with pytest.raises(Forged, match="of another domain, or of a later time"):
        named(of(paper("c.d", FRIDAY_OFF), lead="c.window"))
    with pytest.raises(Forged, match="of another domain, or of a later time"):
        named(of(paper("c.d", FRIDAY_OFF, issued=at("03-12"))))
    with pytest.raises(Untrusted, match="does not verify"):
        named(of(paper("c.d", FRIDAY_OFF, number=2)))
    whole = paper("c.d", FRIDAY_OFF)
    with pytest.raises(Untrusted, match="does not verify"):
        named(of(whole[:-1] + bytes([whole[-1] ^ 1])))
