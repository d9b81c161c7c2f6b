"""Calendars go down, level by level; of a year that several have published the highest level's counts, as a whole."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from exchange.clock import SteppedClock
from exchange.schemas import AnnouncedYear, CalendarUpdate
from exchange.setup.calendars import publish_year
from tests.journeys.city import MONDAY
from tests.journeys.folders import Domain, add
from tests.journeys.levels.test_spread import Tree

FRIDAY, MAY_FRIDAY = date(2026, 3, 6), date(2026, 5, 8)


def year(number: int, *holidays: date) -> AnnouncedYear:
    return AnnouncedYear(year=number, number=f"of {number}", holidays=holidays or (date(number, 1, 1),))


def test_a_lower_level_takes_what_the_levels_above_publish_and_nothing_goes_up(tmp_path: Path) -> None:
    clock = SteppedClock(MONDAY)
    upper, middle, lowest = (Domain(tmp_path, name, clock) for name in ("a", "a.b", "a.b.c"))
    add(upper, middle)
    add(middle, lowest)
    publish_year(lowest.settings, year(2026, FRIDAY), lowest.say)
    publish_year(lowest.settings, year(2025), lowest.say)
    tree = Tree(upper, middle, lowest)
    tree.settle()
    there = tree.relays["a.b.c.relay"].node
    assert not there.calendar.is_workday(FRIDAY)
    assert len(tree.relays["a.b.relay"].node.calendar.papers) == 0, "what is below counts for nobody above"

    publish_year(upper.settings, year(2026, MAY_FRIDAY), upper.say)
    tree.settle()

    for relay in tree.relays.values():
        calendar = relay.node.calendar
        assert (calendar.is_workday(FRIDAY), calendar.is_workday(MAY_FRIDAY)) == (True, False), relay.address
        assert calendar.announcement(2026) == "of 2026"
        assert relay.refused() == []
    assert there.calendar.announcement(2025) == "of 2025", "a year of its own goes on to count"
    assert (lowest.home.calendars / "a.cose").read_bytes() == (upper.home.calendars / "a.cose").read_bytes()
    assert publish_year(lowest.settings, year(2026, FRIDAY), lowest.say).higher == ("a",), "its operator is told so"

    told = [one for one in tree.carried if one[0] == CalendarUpdate.KIND]
    assert told == [(CalendarUpdate.KIND, "a.relay", "a.b.relay"), (CalendarUpdate.KIND, "a.b.relay", "a.b.c.relay")]

    with there.step() as step:  # a relay office below tells those above what it would like to count
        step.send(CalendarUpdate(papers=there.calendar.papers), ("a.b.relay",))
    tree.settle()
    assert tree.relays["a.b.c.relay"].returned() == 1
