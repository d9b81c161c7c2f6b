"""Which reminders count: for silence to have a consequence, at the window, and for whoever checks it again. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from exchange.approval.rules.deadline import Projection, project
from exchange.approval.rules.derived_ids import clock_reminder_id, id_of_reminder
from exchange.approval.rules.reminders.stages import is_of_due_moment, stage_moments
from exchange.messaging.rules.reminder_stages import STAGES
from exchange.schemas import DeadlineState, Reminder, SentReminder
from exchange.workdays import WorkingCalendar


def reminders_of(state: DeadlineState, projection: Projection, sent: Sequence[SentReminder]) -> list[SentReminder]:
    """Return the reminders that count for the term as it runs now: sent within it, and of its present due moment.

    Those of schema version 1 count whatever has become of the due moment, as long as the term was not begun anew.
    """
    began, due_at = projection.started_at, projection.due_at
    if began is None or due_at is None:
        return []

    def is_by_clock(one: SentReminder) -> bool:
        return one.message_id == clock_reminder_id(state.case_number, state.department, one.stage, began)

    within = [one for one in sent if began <= one.at < due_at]
    return [one for one in within if is_of_due_moment(state, projection, one) or is_by_clock(one)]


def reminds_rightly(
    own: DeadlineState, reminder: Reminder, message_id: str, signed_at: datetime, calendar: WorkingCalendar
) -> bool:
    """Return whether a monitor's reminder says of a term what the window itself has on record of it."""
    projection = project(own, calendar)
    began, due_at = projection.started_at, projection.due_at
    if began is None or due_at is None or not signed_at < due_at:
        return False
    right = (reminder.consultation_id, reminder.due_at) == (own.consultation_id, due_at)
    return (
        right and is_named_rightly(own, reminder, message_id, began) and _has_passed(own, reminder, signed_at, calendar)
    )


def is_named_rightly(state: DeadlineState, said: Reminder, message_id: str, began: datetime) -> bool:
    """Return whether a reminder has the id that follows from a term that began then."""
    of_term = (said.case_number, said.department) == (state.case_number, state.department)
    return of_term and said.began_at in (None, began) and message_id == id_of_reminder(said, began)


def terms_known_at(
    state: DeadlineState, said: Reminder, at: datetime, calendar: WorkingCalendar
) -> list[tuple[DeadlineState, Projection]]:
    """Return the term as a monitor that reminds of this end could know it at a moment.

    By the ledger as it stood then, or earlier: what was entered a moment before may not have reached it. None of them
    where a reminder names an end that the term never had, or that it has no more; the latter counts in version 1.
    """
    now = project(state, calendar)
    known = [(one, project(one, calendar)) for one in _states_at(state, at)]
    same = [(one, term) for one, term in known if (term.started_at, term.due_at) == (now.started_at, said.due_at)]
    return same if said.began_at is None or said.due_at == now.due_at else []


def is_share_passed(
    terms: Sequence[tuple[DeadlineState, Projection]], said: Reminder, at: datetime, calendar: WorkingCalendar
) -> bool:
    """Return whether a reminder's share of the term had passed at a moment, by the rule of its version."""
    moments = (_moment(state, term, said, calendar) for state, term in terms)
    return any(moment is not None and moment <= at for moment in moments)


def _has_passed(own: DeadlineState, said: Reminder, at: datetime, calendar: WorkingCalendar) -> bool:
    return is_share_passed([(own, project(own, calendar))], said, at, calendar)


def _moment(state: DeadlineState, term: Projection, said: Reminder, calendar: WorkingCalendar) -> datetime | None:
    if said.began_at is not None:
        return stage_moments(state, term, calendar).get(said.stage)
    if term.started_at is None or term.due_at is None or said.stage not in STAGES:
        return None
    return term.started_at + (term.due_at - term.started_at) * said.stage / 100


def _states_at(state: DeadlineState, at: datetime) -> Iterator[DeadlineState]:
    """The deadline as it stood at a moment, and before."""
    for row, entry in enumerate(state.ledger):
        if entry.at <= at:
            yield state.model_copy(update={"ledger": state.ledger[: row + 1]})
