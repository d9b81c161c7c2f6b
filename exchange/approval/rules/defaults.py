"""When silence may count, and when not: everything that stands in the way, told at once (missing one, escalate)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from exchange.approval.rules.deadline import Projection, reckon, stage_at
from exchange.language import noted
from exchange.messaging.rules.reminder_stages import STAGES
from exchange.schemas import DeadlineState, DeadlineStatus, DefaultMode, Reminder, SentReminder
from exchange.workdays import WorkingCalendar

_NAMESPACE = UUID("6f0d0f0a-33c5-5c1c-9a38-0b6f6a9c1b57")
"""Of the ids that are derived, so that two monitors, or one that starts again, cannot double a message."""

NOT_CURRENT = noted("the directory is not known to be current: who may speak for the department is not certain")
"""What stands in the way where no fresh statement of the directory has come for `STALE_PATIENCE`."""
STALE_PATIENCE = timedelta(days=1)
"""So long no consequence is drawn, in real time; then what is due is the lead's."""
_MOST, _LONGEST = 20, 500
"""Obstacles of an escalation, and characters of each."""
NOT_PROVED = noted("no proof of receipt of the reminder within the term")
"""What stands in the way where reminders went out and the department has signed for none of them."""


def obstacles(state: DeadlineState, projection: Projection, sent: Sequence[SentReminder], now: datetime) -> list[str]:
    """Return every reason why this department's silence has no legal consequence at ``now``; empty if it has one."""
    due_at = projection.due_at
    found = [
        (state.default is DefaultMode.NONE, noted("no default is provided for this department in this matter")),
        (not state.default_basis, noted("no rule is cited for a default")),
        (state.evidence is None, noted("no proof that the department signed for the request")),
        (not state.file_complete, noted("the file is not complete")),
        (state.status is not DeadlineStatus.RUNNING, noted("the term is closed")),
        (projection.started_at is None, noted("the term has not begun")),
        (projection.stopped, noted("the clock is stopped")),
        (projection.provisional, noted("the date is provisional: the calendar is not published that far")),
        (due_at is None or now <= due_at, noted("the term is not over")),
        (not reminders_of(projection, sent), noted("no reminder went out within the term")),
    ]
    return [text for holds, text in found if holds] + [f"excluded: {reason.value}" for reason in state.exclusions]


def as_told(hindered: Sequence[str]) -> tuple[str, ...]:
    """Return obstacles as an escalation can carry them: so many, each so long at most, whatever an error said."""
    return tuple(text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…" for text in hindered[:_MOST])


def reminders_of(projection: Projection, sent: Sequence[SentReminder]) -> list[SentReminder]:
    """Return the reminders that went out within the term as it runs now; a restart makes the earlier ones void."""
    began, due_at = projection.started_at, projection.due_at
    return [reminder for reminder in sent if began is not None and due_at and began <= reminder.at < due_at]


def terms_known_at(state: DeadlineState, at: datetime, calendar: WorkingCalendar) -> list[Projection]:
    """Return what a monitor could know at a moment of the term that runs now; those without an end are left out.

    By the ledger as it stood then, or earlier: what was entered a moment before may not have reached it.
    """
    began = reckon(state.term, state.ledger, calendar).started_at
    stood = [state.ledger[: row + 1] for row, entry in enumerate(state.ledger) if entry.at <= at]
    terms = [reckon(state.term, ledger, calendar) for ledger in stood]
    return [term for term in terms if term.started_at == began and term.due_at is not None]


def reminds_rightly(
    own: DeadlineState, projection: Projection, reminder: Reminder, message_id: str, signed_at: datetime
) -> bool:
    """Return whether a monitor's reminder says of a term what the window itself has on record of it."""
    began, due_at = projection.started_at, projection.due_at
    if began is None or due_at is None or reminder.stage not in STAGES:
        return False
    return (
        (reminder.consultation_id, reminder.due_at) == (own.consultation_id, due_at)
        and message_id == reminder_id(own.case_number, own.department, reminder.stage, began)
        and stage_at(projection, reminder.stage) <= signed_at < due_at
    )


def reminder_id(case_number: str, department: str, stage: int, term_began: datetime) -> str:
    """Return the id of a reminder: the same for everyone who derives it, and another after a restart."""
    began = str(int(term_began.timestamp() * 1_000_000))
    return _derived("reminder", case_number, department, str(stage), began)


def deemed_id(case_number: str, department: str, revision: int) -> str:
    """Return the id of a deemed consent on one revision of a deadline."""
    return _derived("deemed-consent", case_number, department, str(revision))


def escalation_id(case_number: str, department: str, revision: int) -> str:
    """Return the id of an escalation on one revision of a deadline."""
    return _derived("escalation", case_number, department, str(revision))


def _derived(*facts: str) -> str:
    return str(uuid5(_NAMESPACE, "\n".join(facts)))
