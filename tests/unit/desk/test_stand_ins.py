"""Who acts in whose place: by a record and the day alone, in the cases it covers, and through nobody else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from exchange.web.stand_ins.records import StandIn
from exchange.web.stand_ins.rules import MOST, WantedStandIn, in_whose_place, stand_in_faults

FIRST, LAST = date(2026, 3, 2), date(2026, 3, 6)
AT = datetime(2026, 3, 1, tzinfo=UTC)
WANG = StandIn(1, "wang", "li", FIRST, LAST, (), "su", AT)
WANTED = WantedStandIn("wang", "li", FIRST, LAST, ("works",))


def place(*records: StandIn, who: str = "li", holder: str | None = "wang", day: date = FIRST) -> str:
    return in_whose_place(records, who, holder, "works", day)


def test_it_holds_from_its_first_to_its_last_day_and_is_over_by_itself() -> None:
    assert [place(WANG, day=date(2026, 3, day)) for day in (1, 2, 6, 7)] == ["", "wang", "wang", ""]
    assert place(replace(WANG, ended_at=AT, ended_by="su")) == ""


def test_it_covers_the_cases_of_who_is_away_and_no_others() -> None:
    assert place(WANG, holder=None) == "", "what nobody has taken is nobody's"
    assert place(WANG, holder="li") == ""
    assert place(WANG, holder="chen") == ""
    assert place(WANG, who="chen") == ""
    assert place(replace(WANG, matters=("works",))) == "wang"
    assert place(replace(WANG, matters=("tree",))) == ""


def test_whoever_stands_in_for_a_stand_in_has_that_ones_own_cases_alone() -> None:
    chen = replace(WANG, number=2, absent="li", stand_in="chen")
    assert place(WANG, chen, who="chen", holder="li") == "li"
    assert place(WANG, chen, who="chen", holder="wang") == ""


def faults(wanted: WantedStandIn, recorded: int = 0) -> list[str]:
    found = stand_in_faults(wanted, frozenset({"wang", "li"}), frozenset({"works"}), FIRST, recorded)
    return [field for field, _, _ in found]


def test_all_that_is_wrong_is_told_at_once() -> None:
    assert faults(WANTED) == []
    assert faults(WANTED, MOST) == ["stand_in"]
    assert faults(replace(WANTED, absent="li")) == ["stand_in"], "nobody stands in for themselves"
    nothing = WantedStandIn("nobody", "no one", None, LAST, ("tree",))
    assert faults(nothing) == ["absent", "stand_in", "since", "matter"]
    assert faults(replace(WANTED, until=date(2026, 3, 1))) == ["until"], "before it begins"
    assert faults(replace(WANTED, since=date(2026, 2, 1), until=date(2026, 3, 1))) == ["until"], "over already"
    assert faults(replace(WANTED, until=date(2027, 3, 3))) == ["until"], "longer than a year"
    assert faults(replace(WANTED, until=date(2027, 3, 2))) == []
