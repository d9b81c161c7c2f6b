"""How departments keep their terms, counted."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime

from exchange.approval.records import PartRow
from exchange.approval.rules.after.scorecard import scores_of
from exchange.approval.rules.states import PartState
from exchange.clock import CST
from exchange.workdays import ChinaCalendar


def at(day: str) -> datetime:
    return datetime.fromisoformat(f"2026-{day}").replace(hour=10, tzinfo=CST)


ASKED = PartRow("C-1", "c.transport", 1, PartState.SIGNED, due_at=at("03-06"))
DEEMED = replace(ASKED, state=PartState.DEEMED, reminded_at=at("03-05"), paper_by=at("03-10"))


def test_every_part_is_counted_by_what_came_of_it() -> None:
    parts = [
        ASKED,
        replace(ASKED, state=PartState.ANSWERED, answered_at=at("03-06"), faulty_id="F"),
        replace(ASKED, state=PartState.ANSWERED, answered_at=at("03-09"), escalated_at=at("03-07")),
        replace(ASKED, state=PartState.ESCALATED, escalated_at=at("03-07")),
        DEEMED,
        replace(DEEMED, late_at=at("03-09")),
        replace(DEEMED, late_at=at("03-12")),
        replace(DEEMED, paper_by=None),
        replace(ASKED, department="c.fire"),
    ]
    fire, transport = scores_of(parts, at("03-13"), ChinaCalendar())
    assert (fire.department, fire.asked) == ("c.fire", 1)
    assert asdict(transport) == {
        "department": "c.transport", "asked": 8, "in_time": 1, "late": 3, "reminded": 4, "defaulted": 4,
        "escalated": 2, "corrected": 1, "papers": 3, "papers_in_time": 1, "papers_late": 1, "papers_overdue": 1,
        "most_days_late": 3,
    }  # fmt: skip


def test_nobody_asked_has_no_line() -> None:
    assert scores_of([], at("03-13"), ChinaCalendar()) == []
