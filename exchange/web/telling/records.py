"""Records of what an account is told beyond the pages."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from exchange.language import Language
from exchange.web.telling.states import MailWish, OfficerLetterKind, OfficerLetterState, OfficerMailState


@dataclass(frozen=True)
class CalendarSubscription:
    """An address from which an account's deadlines are read without signing in; an account has one at most."""

    account: str
    token_hash: str = field(repr=False)
    """Of the token in the address, which is shown once and kept nowhere."""
    language: Language
    made_at: datetime
    read_at: datetime | None = None
    """When it was last read, to the hour."""


@dataclass(frozen=True)
class OfficerMailRow:
    """Where an account wants to be told by mail; an account has one address at most."""

    account: str
    address: str = field(repr=False)
    language: Language
    wish: MailWish
    state: OfficerMailState
    token_hash: str = field(repr=False)
    """Of the token by which its holder confirms it."""
    site: str
    """Where the officer reached the desk: where letters lead."""
    asked_at: datetime
    told_on: str = ""
    """The day for which it was last looked what to tell, in China; empty: none yet."""


@dataclass(frozen=True)
class OfficerLetterRow:
    """One letter on its way."""

    letter_id: str
    """The same at every attempt."""
    account: str
    kind: OfficerLetterKind
    language: Language
    address: str = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)
    """Emptied once the letter is settled."""
    state: OfficerLetterState
    attempts: int
    next_at: datetime
    made_at: datetime
    settled_at: datetime | None = None
    last_error: str | None = None
