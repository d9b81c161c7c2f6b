"""An authentic message as it is handed to the handler of its kind, and one that goes back to its sender."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Self

from exchange.envelope import Authentic, Faulty, Opened
from exchange.messaging.node import Step
from exchange.messaging.records import Signed
from exchange.messaging.rules.arrival_time import Arrival
from exchange.schemas import Body, Header, Receipt


@dataclass(frozen=True)
class Arrived:
    """A message whose signer is proved, with when it arrived."""

    opened: Authentic
    arrival: Arrival
    queue: str = ""
    """The one that it was taken from."""

    @property
    def sender(self) -> str:
        """Return the verified signer."""
        return self.opened.header.sender

    @property
    def message_id(self) -> str:
        """Return the id, unique with its sender."""
        return self.opened.header.message_id

    def having_arrived(self, arrival: Arrival) -> Self:
        """Return it with another arrival."""
        return self if arrival is self.arrival else replace(self, arrival=arrival)


@dataclass(frozen=True)
class Incoming(Arrived):
    """An authentic message as a handler gets it."""

    opened: Opened
    receipts: tuple[tuple[Signed, Receipt], ...] = ()
    """What a batch of receipts says, once it holds."""


@dataclass(frozen=True)
class Flawed(Arrived):
    """An authentic message that its signer has got wrong: no handler sees it, and it goes back with its fault."""

    opened: Faulty


@dataclass(frozen=True)
class SentBack:
    """What is known of a message that was not accepted, though it is proved whose it is."""

    header: Header
    payload: bytes
    """The body's bytes, which may say anything; none where nobody could open it."""
    arrival: Arrival
    meant: frozenset[str] = frozenset()
    """Kinds that it may have been meant as: by its header, by its content type, by the queue that it was sent to."""


Handler = Callable[[Step, Incoming, Body], None]
"""Handles one message inside the step. Decides first, writes after: raising `Returned` must leave nothing behind."""


@dataclass(frozen=True)
class Minding:
    """A handler that hears, too, of what of its kind was not accepted, in the step in which it goes back."""

    take: Handler
    sent_back: Callable[[Step, SentBack], None]

    def __call__(self, step: Step, incoming: Incoming, body: Body) -> None:
        """Handle one message, as any handler."""
        self.take(step, incoming, body)
