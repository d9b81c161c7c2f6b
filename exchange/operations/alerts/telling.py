"""What channels are told of an alert."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Protocol

from exchange.errors import OperatorError

TIMEOUT = 10.0
"""Seconds that a receiver has in all, from its name to its whole answer."""


@dataclass(frozen=True)
class Telling:
    """One event of an alert, as it is told."""

    delivery: str
    """The same at every repetition."""
    event: str
    """``raised``, ``over`` or ``test``."""
    kind: str
    severity: str
    subject: str
    chinese: str
    english: str
    url: str
    at: str
    """When it happened, ISO 8601."""
    domain: str

    def body(self) -> bytes:
        """Return the alert as JSON."""
        return json.dumps(self.__dict__, ensure_ascii=False, sort_keys=True).encode()


class Channel(Protocol):
    """Tells somebody."""

    def tell(self, telling: Telling) -> None:
        """Tell the channel. Raises OperatorError where it was not taken; the error holds no secret."""


def not_told(channel: str, reason: object) -> OperatorError:
    """Return the error of a channel that was not reached; ``reason`` quotes no URL and no secret."""
    remedy = "check the channel in console.toml and the receiver's log; `exchange alerts test` tries it"
    return OperatorError(
        "the channel {channel} was not reached: {reason}", remedy=remedy, code="channel", channel=channel, reason=reason
    )
