"""When a department is reminded of its term (催办): by the term's own working days, anew for every due moment. Pure.

A stage is a share of the term. It falls on the first of the term's working days by whose end that share has passed, at
nine o'clock: never on a holiday, and never while the clock stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta

from exchange.approval.rules.deadline import Projection, stopped_days
from exchange.approval.rules.derived_ids import reminder_id
from exchange.clock import CST
from exchange.messaging.rules.reminder_stages import STAGES
from exchange.schemas import DeadlineState, SentReminder
from exchange.workdays import WorkingCalendar

OFFICE_HOURS_BEGIN = time(9)
"""China Standard Time."""
LAST_STAGE = STAGES[-1]
"""The stage of which the department's superior hears as well."""
_DAY = timedelta(days=1)
_LONGEST_HOLIDAY = 31
_LONGEST_TERM = timedelta(days=7_500)
"""No calendar is published that far: the end is provisional, and nobody is to count its days at every look."""


def stage_moments(state: DeadlineState, projection: Projection, calendar: WorkingCalendar) -> dict[int, datetime]:
    """Return when each stage of a term falls; nothing where the term has no end, or no working day in it."""
    began, due_at = projection.started_at, projection.due_at
    if began is None or due_at is None or due_at - began > _LONGEST_TERM:
        return {}
    return moments_within(began, due_at, stopped_days(state, calendar), calendar)


def moments_within(
    began: datetime, due_at: datetime, stopped: Sequence[tuple[date, date]], calendar: WorkingCalendar
) -> dict[int, datetime]:
    """Return when each stage of a term with these stopped days falls; nothing where no working day is in it."""
    if due_at - began > _LONGEST_TERM:
        return {}
    mornings = list(_mornings(began, due_at, stopped, calendar))
    return {stage: mornings[-(-len(mornings) * stage // 100) - 1] for stage in STAGES} if mornings else {}


def _mornings(
    began: datetime, due_at: datetime, stopped: Sequence[tuple[date, date]], calendar: WorkingCalendar
) -> Iterator[datetime]:
    """When each working day of the term begins; the day on which the term began is not counted."""
    day = _day(began) + _DAY
    while (morning := morning_of(day)) < due_at:
        if calendar.is_workday(day) and not any(since <= day <= until for since, until in stopped):
            yield morning
        day += _DAY


def stage_to_remind(
    state: DeadlineState, projection: Projection, sent: Sequence[SentReminder], calendar: WorkingCalendar, now: datetime
) -> int | None:
    """Return the stage to remind of now; None where there is none, and on a day that is not worked.

    ``sent`` is all that went out to this department in this case. Stages that were missed collapse into the latest.
    Where the due moment has moved, a stage but the last is left out if the department was reminded since it passed.
    """
    moments = stage_moments(state, projection, calendar)
    stage = max((stage for stage, moment in moments.items() if moment <= now), default=None)
    if stage is None or not calendar.is_workday(_day(now)):
        return None
    if any(one.stage >= stage and is_of_due_moment(state, projection, one) for one in sent):
        return None
    if stage != LAST_STAGE and any(moments[stage] <= one.at for one in sent):
        return None
    return stage


def is_of_due_moment(state: DeadlineState, projection: Projection, sent: SentReminder) -> bool:
    """Return whether a reminder was of the due moment that the term has now."""
    began, due_at = projection.started_at, projection.due_at
    if began is None or due_at is None:
        return False
    return sent.message_id == reminder_id(state.case_number, state.department, sent.stage, began, due_at)


def next_stage_look(
    state: DeadlineState, projection: Projection, calendar: WorkingCalendar, now: datetime
) -> datetime | None:
    """Return when a stage may be due next: at its moment, or on the next working day for one that has passed.

    None where nothing comes before the end.
    """
    moments = stage_moments(state, projection, calendar)
    later = [moment for moment in moments.values() if moment > now]
    if len(later) < len(moments) and not calendar.is_workday(_day(now)):
        later += [morning_of(day) for day in _next_working_day(_day(now), calendar)]
    due_at = projection.due_at
    return min((moment for moment in later if due_at is not None and moment < due_at), default=None)


def _next_working_day(today: date, calendar: WorkingCalendar) -> Iterator[date]:
    days = (today + ahead * _DAY for ahead in range(1, _LONGEST_HOLIDAY))
    yield from [day for day in days if calendar.is_workday(day)][:1]


def morning_of(day: date) -> datetime:
    """Return when office hours of a day begin."""
    return datetime.combine(day, OFFICE_HOURS_BEGIN, CST)


def _day(moment: datetime) -> date:
    return moment.astimezone(CST).date()
