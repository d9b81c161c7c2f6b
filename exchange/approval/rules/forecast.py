"""What a department's silence will come to when its term is over, as things stand now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from exchange.approval.rules.deadline import Projection
from exchange.approval.rules.defaults import obstacles
from exchange.approval.rules.derived_ids import reminder_id
from exchange.approval.rules.reminders.stages import LAST_STAGE, next_stage_look, stage_to_remind
from exchange.schemas import DeadlineState, DefaultMode, SentReminder
from exchange.workdays import WorkingCalendar


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
    calendar: WorkingCalendar,
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
    to_come = _still_to_come(state, projection, sent, calendar, now)
    hindered = [*obstacles(state, projection, [*sent, *to_come], then), *held_back]
    if projection.provisional:
        return Forecast(Fate.NOTHING, tuple(hindered))
    if hindered:
        return Forecast(Fate.ESCALATION, tuple(hindered))
    return Forecast(Fate.CONSENT if state.default is DefaultMode.CONSENT else Fate.REFUSAL)


def _still_to_come(
    state: DeadlineState, projection: Projection, sent: Sequence[SentReminder], calendar: WorkingCalendar, now: datetime
) -> list[SentReminder]:
    """The reminder that will yet go out before the end, if any."""
    began, due_at = projection.started_at, projection.due_at
    if began is None or due_at is None or now >= due_at:
        return []
    is_due = stage_to_remind(state, projection, sent, calendar, now) is not None
    at = now if is_due else next_stage_look(state, projection, calendar, now)
    id_ = reminder_id(state.case_number, state.department, LAST_STAGE, began, due_at)
    return [SentReminder(message_id=id_, stage=LAST_STAGE, at=at)] if at is not None else []
