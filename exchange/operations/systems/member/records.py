"""What departments' systems keep in a member's database: given answers, leases, and lines of lists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

LEASES_KEPT = timedelta(hours=24)
"""How long a lease is remembered after it was over: so long an acknowledgement may be repeated."""

SETTLED = datetime(1970, 1, 1, tzinfo=UTC)
"""Until when a lease is said to have run that was given back, or of which it is on record that it was over: so that
nobody finds out a second time."""


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
