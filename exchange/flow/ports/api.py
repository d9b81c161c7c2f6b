"""What department systems leave in a member's record: answers given under a key, messages on lease, and lists."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from exchange.flow.ports.records import CaseRow, DeskRow, StoredDocument
from exchange.rules.states import CaseState

LEASES_KEPT = timedelta(hours=24)
"""How long a lease is remembered after it was over: so long an acknowledgement may be repeated."""


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """What was answered to a request that bore an idempotency key."""

    key: str
    fingerprint: str
    """SHA-256 over the request; another request under the same key has another one."""
    status: int
    """HTTP status."""
    answer: bytes
    """JSON, as it was sent."""
    given_at: datetime


@dataclass(frozen=True, slots=True)
class LeasedMessage:
    """One message under a lease."""

    sender: str
    message_id: str
    until: datetime
    acknowledged_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """A document on record without its bytes, as lists and events need it."""

    position: int
    """Grows in the order recorded."""
    sender: str
    message_id: str
    direction: str
    conversation_id: str
    kind: str
    recorded_at: datetime
    accepted: bool
    """Of a received one: whether it was signed for; sent ones always."""


class GivenAnswers(Protocol):
    """Answers under idempotency keys, each kept in the transaction of its effect."""

    def get(self, key: str, since: datetime) -> GivenAnswer | None:
        """The answer under a key, unless it is older than ``since``."""

    def keep(self, answer: GivenAnswer, since: datetime) -> None:
        """Keeps an answer, in place of any older than ``since``; those are dropped."""


class Leases(Protocol):
    """Messages handed to a department's system for a while; what is not acknowledged in time is handed out again."""

    def waiting(self, after: int, limit: int) -> list[DocumentLine]:
        """What nobody has acknowledged, leased or not, oldest first, from behind a position of the inbox."""

    def lease(self, lease_id: str, limit: int, now: datetime, until: datetime) -> list[StoredDocument]:
        """Takes up to ``limit`` unacknowledged messages that are on no lease in force, oldest first."""

    def of(self, lease_id: str) -> list[LeasedMessage]:
        """The messages that this lease still holds or has acknowledged, oldest first."""

    def acknowledge(self, lease_id: str, keys: Collection[tuple[str, str]], now: datetime) -> None:
        """Notes (sender, message id) pairs of a lease as acknowledged; `Inbox.take` is what makes them so."""

    def forget(self, before: datetime) -> None:
        """Drops what is known of leases that were over before then."""

    def release(self, lease_id: str, now: datetime) -> int:
        """Ends a lease early for what it has not acknowledged; the number of messages."""


class Pages(Protocol):
    """Lists in keyset pages: cost follows the page, not what is kept."""

    def documents(self, before: int | None, limit: int) -> list[DocumentLine]:
        """Newest first, receipts left out."""

    def recorded_after(self, position: int, limit: int) -> list[DocumentLine]:
        """Everything recorded behind a position, oldest first."""

    def last_position(self) -> int:
        """The position of what was recorded last; 0 for an empty record."""

    def cases(self, before: tuple[datetime, str] | None, limit: int, state: CaseState | None = None) -> list[CaseRow]:
        """A window's cases by (opened, number), newest first; with ``state``, those in it."""

    def desk(self, before: tuple[datetime, str] | None, limit: int) -> list[DeskRow]:
        """A department's desk by (received, case number), newest first."""
