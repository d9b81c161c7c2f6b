"""An authentic message as it is handed to the handler of its kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from exchange.envelope import Opened
from exchange.messaging.node import Step
from exchange.messaging.records import Signed
from exchange.messaging.rules.arrival_time import Arrival
from exchange.schemas import Body, Receipt


@dataclass(frozen=True)
class Incoming:
    """An authentic message as a handler gets it."""

    opened: Opened
    arrival: Arrival
    receipts: tuple[tuple[Signed, Receipt], ...] = ()
    """What a batch of receipts says, once it holds."""

    @property
    def sender(self) -> str:
        """Return the verified signer."""
        return self.opened.header.sender

    @property
    def message_id(self) -> str:
        """Return the id, unique with its sender."""
        return self.opened.header.message_id


Handler = Callable[[Step, Incoming, Body], None]
"""Handles one message inside the step. Decides first, writes after: raising `Returned` must leave nothing behind."""
