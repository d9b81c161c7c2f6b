"""What the console keeps of the members' systems: their tokens, and where they want to be told of events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from exchange.rules.webhooks import DeliveryState


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
        """Those that sign what is delivered now, the newest first."""
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


class Tokens(Protocol):
    """Tokens by their ids."""

    def add(self, row: TokenRow) -> None: ...

    def get(self, token_id: str) -> TokenRow | None: ...

    def every(self) -> list[TokenRow]:
        """Newest first."""

    def used(self, token_id: str, now: datetime) -> None: ...

    def revoke(self, token_id: str, by: str, now: datetime) -> bool:
        """True if this call did it."""


class Webhooks(Protocol):
    """Webhooks and their small outbox."""

    def add(self, row: WebhookRow) -> None: ...

    def get(self, webhook_id: str) -> WebhookRow | None: ...

    def of_member(self, member: str) -> list[WebhookRow]:
        """Oldest first."""

    def enabled(self) -> list[WebhookRow]:
        """All that want to be told."""

    def every(self) -> list[WebhookRow]:
        """Newest first, disabled ones too."""

    def remove(self, webhook_id: str) -> None:
        """With all that waits for it."""

    def replace_secret(self, webhook_id: str, secret: str, until: datetime) -> None:
        """The secret there was signs too until then; what was before that one signs no more."""

    def advance(self, webhook_id: str, before: int, after: int, deliveries: Sequence[DeliveryRow]) -> bool:
        """Moves the position on and adds what was found; False, and nothing is done, if it has moved meanwhile."""

    def unknown(self, rows: Mapping[str, DeliveryRow]) -> list[DeliveryRow]:
        """Those of these deliveries, by their ids, that are not here yet."""

    def due(self, now: datetime, limit: int, webhook_id: str | None = None) -> list[DeliveryRow]:
        """Deliveries to be tried now, all or one webhook's, the longest due first; none to a disabled webhook."""

    def owed(self, now: datetime) -> list[str]:
        """The webhooks to which something is due."""

    def claim(self, row: DeliveryRow, until: datetime) -> bool:
        """Counts an attempt and keeps others off until then; False if another process was quicker."""

    def delivered(self, row: DeliveryRow, now: datetime) -> None:
        """The receiver has it."""

    def failed(self, row: DeliveryRow, reason: str, now: datetime, again_at: datetime) -> None:
        """An attempt failed; the webhook is failing since now, or since before."""

    def disable(self, webhook_id: str, now: datetime) -> None: ...

    def enable(self, webhook_id: str, now: datetime) -> None:
        """What waits is due at once."""

    def deliveries(self, webhook_id: str, before: tuple[datetime, str] | None, limit: int) -> list[DeliveryRow]:
        """Newest first."""

    def forget(self, before: datetime, limit: int) -> int:
        """Drops settled deliveries older than this; how many."""
