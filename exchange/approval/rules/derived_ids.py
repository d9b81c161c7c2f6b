"""Ids that are derived, so that two monitors, or one that starts again, cannot double a message. Pure."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid5

from exchange.schemas import Reminder

_NAMESPACE = UUID("6f0d0f0a-33c5-5c1c-9a38-0b6f6a9c1b57")


def reminder_id(case_number: str, department: str, stage: int, term_began: datetime, due_at: datetime) -> str:
    """Return the id of a reminder: the same for everyone who derives it, and another once the due moment has moved."""
    return _derived("reminder", case_number, department, str(stage), _instant(term_began), _instant(due_at))


def clock_reminder_id(case_number: str, department: str, stage: int, term_began: datetime) -> str:
    """Return the id of a reminder of schema version 1: another only once the term has begun anew."""
    return _derived("reminder", case_number, department, str(stage), _instant(term_began))


def id_of_reminder(said: Reminder, term_began: datetime) -> str:
    """Return the id that a reminder has by what it says, for a term that began then; each version by its own rule."""
    if said.began_at is None:
        return clock_reminder_id(said.case_number, said.department, said.stage, term_began)
    return reminder_id(said.case_number, said.department, said.stage, said.began_at, said.due_at)


def deemed_id(case_number: str, department: str, revision: int) -> str:
    """Return the id of a deemed consent on one revision of a deadline."""
    return _derived("deemed-consent", case_number, department, str(revision))


def escalation_id(case_number: str, department: str, revision: int) -> str:
    """Return the id of an escalation on one revision of a deadline."""
    return _derived("escalation", case_number, department, str(revision))


def _instant(moment: datetime) -> str:
    """Microseconds since 1970."""
    return str(int(moment.timestamp() * 1_000_000))


def _derived(*facts: str) -> str:
    return str(uuid5(_NAMESPACE, "\n".join(facts)))
