"""Statements of which directory is the present one, carried by traffic that goes anyway.

They stand in clear beside the envelope and prove themselves: whoever carries one vouches for nothing. A queue is told
at most once a minute, so that a busy one carries no more than a quiet one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from exchange.clock import monotonic
from exchange.messaging.node import Node
from exchange.messaging.ports import Delivery

HEADER = "yizhan-freshness"
_EVERY = 60.0
"""Seconds between two statements to one queue."""
_LARGEST = 16_384


class Carrier:
    """Puts the latest statement beside what goes out."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._told: dict[str, float] = {}

    def headers(self, queue: str) -> Mapping[str, bytes]:
        """Return the header for what goes to a queue now; none where it was told lately, or nobody states anything."""
        now = monotonic()
        if now - self._told.get(queue, -_EVERY) < _EVERY:
            return {}
        self._told[queue] = now
        statement = self._node.statement()
        return {HEADER: statement} if statement is not None else {}


def heard(node: Node, deliveries: Iterable[Delivery]) -> None:
    """Hand over what statements came with these deliveries; what is none changes nothing."""
    found = dict.fromkeys(one for delivery in deliveries if (one := _statement(delivery.headers)) is not None)
    for one in found:
        node.take_statement(one)


def _statement(headers: Mapping[str, Any]) -> bytes | None:
    value = headers.get(HEADER)
    return value if isinstance(value, bytes) and len(value) <= _LARGEST else None
