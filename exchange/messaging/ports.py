"""What the flow needs of a broker: confirmed publications out, ordered deliveries in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any, Protocol

from exchange.language import noted
from exchange.messaging.records import envelope_digest
from exchange.messaging.rules.carriage import Carriage


@dataclass(frozen=True, slots=True)
class Publication:
    """What the publisher is to put on the wire."""

    id: int
    queue: str
    """The addressee's queue; the routing key is made from it and the sender."""
    body: bytes
    message_id: str
    correlation_id: str
    kind: str
    headers: Mapping[str, Any] = field(default_factory=dict)


class PublishOutcome(StrEnum):
    """What became of a publication.

    REFUSED: not taken now (a full queue), send again. IMPOSSIBLE: AMQP or the broker can never carry it, however often
    it is sent. LOST: unknown (connection gone, confirm overdue), send again.
    """

    CONFIRMED = "confirmed"
    UNROUTABLE = noted("unroutable")
    REFUSED = noted("refused")
    IMPOSSIBLE = noted("impossible")
    LOST = noted("lost")


@dataclass(frozen=True, slots=True)
class PublishResult:
    """The outcome for one publication id."""

    id: int
    outcome: PublishOutcome
    reason: str = ""


class Publisher(Protocol):
    """Pipelined, confirmed, mandatory publishing."""

    def publish(self, publications: Sequence[Publication]) -> None:
        """Hand over to the connection's thread; block while more than the allowed number or bytes are in flight."""


OnResults = Callable[[Sequence[PublishResult]], None]
"""Called on a thread of the publisher's, several results at a time."""


@dataclass(frozen=True, slots=True)
class CameWithin:
    """Between which real instants a delivery reached its queue, as far as its consumer can know."""

    earliest: datetime | None
    """Since when it may have waited for its consumer; that of `latest` where the consumer kept up. None where it may
    have waited from before the consumer began."""
    latest: datetime
    """When it was read: it had come by then."""


@dataclass(frozen=True)
class Delivery:
    """A message as the consumer hands it over."""

    queue: str
    body: bytes
    message_id: str | None
    user_id: str | None
    headers: Mapping[str, Any]
    redelivered: bool
    stamp: datetime | None
    """The broker's arrival stamp; None where the broker is not known to set it."""
    backlog: bool
    """True if it stood in the queue before this consumer began."""
    came_over: str | None = None
    """The neighbouring domain whose link put it into this queue, by the broker's word; None where none did."""
    carriage: Carriage | None = None
    """How it came into this queue, by the broker's word; None where that is not on record."""
    came: CameWithin | None = None
    """When it came, by its consumer's own clock; None where that is not on record."""

    @cached_property
    def digest(self) -> str:
        """What its bytes are known by."""
        return envelope_digest(self.body)


OnBatch = Callable[[Sequence[Delivery]], None]
"""Handles deliveries of one queue, in order. Returning acknowledges them all; raising hands them back.

After it has raised it is asked with an empty batch, with growing patience, whether it can take deliveries again.
"""
