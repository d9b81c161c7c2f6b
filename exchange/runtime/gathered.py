"""What waits in a member's database: how many, since when, and which first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class DeadlineFact:
    """A running deadline that ends soon, or has."""

    case_number: str
    department: str
    due_at: datetime
    fixed_due: datetime | None = None
    """What a statute or a court fixed it to."""
    provisional: bool = False
    """Whether the calendar may still move it: nothing comes of it before."""


@dataclass(frozen=True)
class Ends:
    """How many of a department's terms are over, and how many end within `Limits.ahead`, by a window's own record."""

    overdue: int = 0
    soon: int = 0

    def __add__(self, other: Ends) -> Ends:
        return Ends(self.overdue + other.overdue, self.soon + other.soon)


@dataclass(frozen=True)
class Gathered:
    """Several things of one sort that wait: how many, since when the first, and which first."""

    number: int = 0
    since: datetime | None = None
    first: tuple[str, ...] = ()
    detail: str = ""


NOTHING_GATHERED = Gathered()
"""Nothing waits."""
