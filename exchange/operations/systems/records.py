"""Records of API tokens, of webhooks, and of what is delivered to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from exchange.operations.systems.webhooks import DeliveryState


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A token of a member's system; the token itself is nowhere."""

    token_id: str
    """The part of the token that names it."""
    member: str
    name: str
    """What it is for, in the words of whoever made it."""
    scopes: tuple[str, ...]
    digest: str
    """SHA-256 of the token's secret part."""
    made_by: str
    made_at: datetime
    expires_at: datetime
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None
    revoked_by: str | None = None


@dataclass(frozen=True, slots=True)
class WebhookRow:
    """Where a member's system wants to be told of events."""

    webhook_id: str
    member: str
    url: str
    events: tuple[str, ...]
    secret: str
    """Signs what is delivered; both sides know it."""
    made_at: datetime
    position: int
    """Up to where the member's record has been looked through."""
    failing_since: datetime | None = None
    """The first of the failures since the last success."""
    disabled_at: datetime | None = None
    last_error: str | None = None
    succeeded_at: datetime | None = None
    previous_secret: str | None = None
    """The one before, which signs too until ``previous_until``, so that the receiver can take its time."""
    previous_until: datetime | None = None

    def secrets(self, now: datetime) -> tuple[str, ...]:
        """Return the secrets that sign what is delivered now, the newest first."""
        if self.previous_secret is None or self.previous_until is None or self.previous_until <= now:
            return (self.secret,)
        return (self.secret, self.previous_secret)


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """One event on its way to one webhook."""

    delivery_id: str
    """The same at every attempt: receivers know by it what they have had."""
    webhook_id: str
    event: str
    body: str
    """JSON, byte for byte the same at every attempt."""
    state: DeliveryState
    attempts: int
    next_at: datetime
    made_at: datetime
    settled_at: datetime | None = None
    last_error: str | None = None
