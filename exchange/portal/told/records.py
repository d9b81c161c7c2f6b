"""Where an applicant wants to be told, what it is told, and what it is to be reminded of."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from exchange.language import Language
from exchange.portal.told.states import ContactState, ToldEvent, ToldWay, WordState


@dataclass(frozen=True, slots=True)
class ContactRow:
    """Where an applicant wants to be told of one number; deleted with its address when that is over."""

    contact_id: str
    number: str
    way: ToldWay
    address: str = field(repr=False)
    language: Language
    state: ContactState
    token: str = field(repr=False)
    """Lets whoever gets the words confirm and stop them, and nothing else."""
    secret: str | None = field(repr=False)
    """Signs what a webhook is told."""
    made_at: datetime
    ends_at: datetime | None
    """When it is deleted; None while it is not known."""
    case_number: str | None = None
    """The case that was opened from the filing."""


@dataclass(frozen=True, slots=True)
class WordRow:
    """One event for one contact: ids alone."""

    word_id: str
    """The same at every attempt: receivers know by it what they have had."""
    contact_id: str
    number: str
    event: ToldEvent
    state: WordState
    attempts: int
    next_at: datetime
    made_at: datetime
    settled_at: datetime | None = None
    last_error: str | None = None


@dataclass(frozen=True, slots=True)
class PromiseReminder:
    """When an applicant is to be reminded of a material that it has promised."""

    number: str
    material: str
    remind_at: datetime
    until: datetime
