"""How urgent something is, by the working days that are left: a colour and a word, never one alone. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from exchange.approval.rules.deadline import days_left
from exchange.language import Words
from exchange.workdays import WorkingCalendar

SOON = 2
"""Working days after today from which on it is soon."""


@dataclass(frozen=True)
class DeskUrgency:
    """A tone of the style sheet, and words."""

    tone: str = ""
    words: Words = ("无期限", "no term")
    days: int | None = None
    """Working days that are left after today; None without a due moment."""


NOT_BEGUN = DeskUrgency("", ("未起算", "not begun"))
STOPPED = DeskUrgency("info", ("停计", "clock stopped"))


def urgency_of(due_at: datetime | None, calendar: WorkingCalendar, now: datetime) -> DeskUrgency:
    """Return how urgent something is that is due then."""
    if due_at is None:
        return DeskUrgency()
    if now > due_at:
        return DeskUrgency("bad", ("已逾期", "overdue"), 0)
    left = days_left(due_at, calendar, now)
    if left == 0:
        return DeskUrgency("bad", ("今天到期", "due today"), 0)
    words = (f"还有 {left} 个工作日", f"{left} working day{'' if left == 1 else 's'} left")
    return DeskUrgency("warn" if left <= SOON else "good", words, left)
