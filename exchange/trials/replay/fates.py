"""What becomes of one consultation, and how many of each kind there are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ReplayFate(StrEnum):
    """What becomes of one consultation."""

    IN_TIME = "in-time"
    DEEMED = "deemed"
    DEEMED_THEN_LATE = "deemed-then-late"
    WITHDRAWN = "withdrawn"
    """The case was withdrawn before the department had answered, or was silent for too long."""
    STOPPED = "stopped"
    """The clock stands still when the log ends."""
    ESCALATED = "escalated"
    """The term ended and silence had no consequence: the lead was told, whether or not an answer came later."""
    PROVISIONAL = "provisional"
    """The term runs over days that no announcement covers, so that nothing follows from its end."""


@dataclass(frozen=True, slots=True)
class Ending:
    """The fate of a consultation, and when its term ended or was to end; None while the clock stands still."""

    fate: ReplayFate | None
    due: datetime | None


def summary(fates: Iterable[ReplayFate | None]) -> dict[str, int]:
    """Return the counts as they are compared and printed."""
    found = Counter(fates)
    late = found[ReplayFate.DEEMED_THEN_LATE]
    return {
        "consultations": found.total(),
        "in_time": found[ReplayFate.IN_TIME],
        "deemed": found[ReplayFate.DEEMED] + late,
        "deemed_answered_late": late,
        "deemed_never_answered": found[ReplayFate.DEEMED],
        "withdrawn": found[ReplayFate.WITHDRAWN],
        "stopped": found[ReplayFate.STOPPED],
        "escalated": found[ReplayFate.ESCALATED],
        "provisional": found[ReplayFate.PROVISIONAL],
    }
