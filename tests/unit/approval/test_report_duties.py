"""How departments keep their duties, counted."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from fractions import Fraction

from exchange.approval.records import PartRow
from exchange.approval.rules.report.duties import DutyFigures, duty_fact
from exchange.approval.rules.states import PartState
from exchange.clock import CST
from exchange.schemas import Verdict
from exchange.workdays import ChinaCalendar


def at(day: str) -> datetime:
    return datetime.fromisoformat(f"2026-{day}").replace(hour=10, tzinfo=CST)


ASKED = PartRow("C-1", "c.transport", 1, PartState.SIGNED, due_at=at("03-16"))
ANSWERED = replace(ASKED, state=PartState.ANSWERED, due_at=at("03-06"))
DEEMED = replace(
    ASKED,
    state=PartState.DEEMED, due_at=at("03-06"), deemed_at=at("03-07"), reminded_at=at("03-05"), paper_by=at("03-10"),
)  # fmt: skip
PARTS = (
    (ASKED, None),
    (replace(ANSWERED, answered_at=at("03-06"), faulty_id="F"), 4),
    (replace(ANSWERED, answered_at=at("03-09"), escalated_at=at("03-07")), 5),
    (replace(ANSWERED, answered_at=at("03-05"), verdict=Verdict.DISAGREE, deemed_at=at("03-07")), 3),
    (replace(ASKED, state=PartState.ESCALATED, escalated_at=at("03-07")), None),
    (replace(ASKED, due_at=at("03-12")), None),
    (replace(ASKED, state=PartState.MOOT), None),
    (DEEMED, 4),
    (replace(DEEMED, late_at=at("03-09")), 4),
    (replace(DEEMED, late_at=at("03-12")), 4),
    (replace(DEEMED, state=PartState.REFUSED, paper_by=None), 4),
)


def counted(*parts: tuple[PartRow, int | None]) -> DutyFigures:
    figures = DutyFigures()
    for part, days in parts:
        figures.count(duty_fact(part, days, "grant", at("03-13"), ChinaCalendar()))
    return figures


def test_every_part_is_counted_by_what_came_of_it() -> None:
    figures = counted(*PARTS)
    assert {name: value for name, value in vars(figures).items() if name != "days"} == {
        "asked": 11, "known": 9, "in_time": 2, "late": 3, "reminded": 4, "defaulted": 4, "deemed_consents": 3,
        "undone": 1, "escalated": 2, "corrected": 1, "overruled": 1, "papers": 3, "papers_in_time": 1,
        "papers_late": 1, "papers_overdue": 1, "most_days_late": 3,
    }  # fmt: skip
    assert figures.days.counts == {4: 5, 5: 1, 3: 1}
    assert figures.share_in_time == Fraction(2, 9)


def test_an_objection_is_overruled_only_where_a_licence_was_granted() -> None:
    objection = replace(ANSWERED, answered_at=at("03-05"), verdict=Verdict.DISAGREE)
    for outcome, overruled in (("grant", 1), ("grant-with-conditions", 1), ("refuse", 0), (None, 0)):
        figures = DutyFigures()
        figures.count(duty_fact(objection, 3, outcome, at("03-13"), ChinaCalendar()))
        assert figures.overruled == overruled, outcome


def test_joined_figures_are_those_of_all_parts_together() -> None:
    joined = counted(*PARTS[:5])
    joined.join(counted(*PARTS[5:]))
    assert joined == counted(*PARTS)


def test_nothing_has_no_share_in_time() -> None:
    assert DutyFigures().share_in_time is None
    assert counted((ASKED, None)).share_in_time is None, "its term runs still"
