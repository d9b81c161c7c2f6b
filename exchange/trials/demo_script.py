"""The demonstration's story: which applications are handed in when, and what must come of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from exchange.clock import CST
from exchange.workdays import WorkingCalendar

BEGINS = datetime(2026, 3, 2, 9, 0, tzinfo=CST)
"""A Monday, well inside the published calendar."""


SILENT = "deemed"
"""What is expected of a department whose silence counts."""


ANYTHING = "*"
"""Of one whose answer may or may not be overtaken by an early end."""


@dataclass(frozen=True)
class Expected:
    """An application, when it is handed in (days after the beginning), and what must come of it."""

    file: str
    day: float
    outcome: str
    parts: Mapping[str, str]
    """By department: a verdict, or how its part ended."""


SCRIPT = (
    Expected(
        "road-occupation", 0.0, "grant-with-conditions",
        {"urban": "agree", "police": "agree-with-conditions", "planning": "agree", "transport": SILENT},
    ),
    Expected(
        "construction-planning", 0.0, "grant",
        {"planning": "agree", "environment": "agree", "housing": "agree", "transport": "agree"},
    ),
    Expected(
        "restaurant-below-homes", 0.5, "refuse",
        {"fire": "agree", "environment": "disagree", "market": "agree"},
    ),
    Expected("restaurant", 0.5, "grant", {"fire": "agree", "environment": "agree", "market": "agree"}),
    Expected(
        "mass-event", 1.0, "grant-with-conditions",
        {"police": "agree-with-conditions", "fire": "agree", "health": "agree", "transport": "agree"},
    ),
    Expected(
        "mass-event-one-exit", 1.5, "refuse",
        {"police": ANYTHING, "fire": "disagree", "health": ANYTHING, "transport": ANYTHING},
    ),
    Expected(
        "outdoor-advertising", 2.0, "grant",
        {"urban": "agree", "planning": "agree", "transport": ANYTHING},
    ),
    Expected("night-works", 2.0, "grant-with-conditions", {"housing": "agree", "environment": "agree-with-conditions"}),
)  # fmt: skip


def story_begins(now: datetime, calendar: WorkingCalendar) -> datetime:
    """Return the first suitable morning from `BEGINS` on that is not over: of a working day with two more behind it."""
    morning = BEGINS
    while morning < now or not all(calendar.is_workday((morning + timedelta(days=days)).date()) for days in range(3)):
        morning += timedelta(days=1)
    return morning


KILLED = "police"
"""The department whose process is killed in the middle, to be restarted by its supervisor."""


KILLED_AFTER = 1.2
"""Days after the beginning."""
