"""What a department's silence will come to when its term is over, as things stand now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from exchange.approval.rules.deadline import Projection, stage_at
from exchange.approval.rules.defaults import obstacles
from exchange.messaging.rules.reminder_stages import STAGES
from exchange.schemas import DeadlineState, DefaultMode, SentReminder


class Fate(StrEnum):
    """What silence comes to."""

    CONSENT = "consent"
    REFUSAL = "refusal"
    ESCALATION = "escalation"
    NOTHING = "nothing"  # the date is provisional, or there is none: nothing fires


@dataclass(frozen=True)
class Forecast:
    """A department's silence, foreseen; ``reasons`` are what stands in the way of a default."""

    fate: Fate
    reasons: tuple[str, ...] = ()


def foresee(
    state: DeadlineState,
    projection: Projection,
    sent: Sequence[SentReminder],
    now: datetime,
    held_back: Sequence[str] = (),
) -> Forecast:
    """Return the fate of a term at its end, if nobody does anything until then but the monitor, which still reminds.

    ``held_back``: what holds have kept from the department, and keep.
    """
    fires_at = projection.effective_at or projection.due_at
    if fires_at is None:
        return Forecast(Fate.NOTHING)
    then = max(fires_at, now) + timedelta(microseconds=1)
    hindered = [*obstacles(state, projection, [*sent, *_still_to_come(projection, now)], then), *held_back]
    if projection.provisional:
        return Forecast(Fate.NOTHING, tuple(hindered))
    if hindered:
        return Forecast(Fate.ESCALATION, tuple(hindered))
    return Forecast(Fate.CONSENT if state.default is DefaultMode.CONSENT else Fate.REFUSAL)


def _still_to_come(projection: Projection, now: datetime) -> list[SentReminder]:
    if projection.started_at is None or projection.due_at is None or now >= projection.due_at:
        return []
    stages = [(stage, max(stage_at(projection, stage), now)) for stage in STAGES]
    return [SentReminder(message_id=_NOT_SENT, stage=stage, at=at) for stage, at in stages if at < projection.due_at]


_NOT_SENT = "00000000-0000-0000-0000-000000000000"
