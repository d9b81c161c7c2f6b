"""Carried by traffic that goes anyway: which directory is the present one, how far the audit log has come, and the
calendars of working days.

They stand in clear beside the envelope and prove themselves: whoever carries one vouches for nothing. A queue is told
at most once a minute, so that a busy one carries no more than a quiet one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from itertools import count
from typing import Any

from exchange.clock import monotonic
from exchange.errors import BadDirectory
from exchange.messaging.node import Node
from exchange.messaging.ports import Delivery

HEADER, HEAD, CALENDAR = "yizhan-freshness", "yizhan-audit-head", "yizhan-calendar"
_EVERY = 60.0
"""Seconds between two statements to one queue."""
_LARGEST = 16_384


class Carrier:
    """Puts the latest statements beside what goes out."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._told: dict[str, float] = {}
        self._rounds = count()

    def headers(self, queue: str) -> Mapping[str, bytes]:
        """Return the header for what goes to a queue now; none where it was told lately, or nobody states anything."""
        now = monotonic()
        if now - self._told.get(queue, -_EVERY) < _EVERY:
            return {}
        self._told[queue] = now
        stated = {HEADER: self._node.statement(), HEAD: self._node.audit_head(), CALENDAR: self._calendar()}
        return {name: statement for name, statement in stated.items() if statement is not None}

    def _calendar(self) -> bytes | None:
        """One of several levels' at a time, in turn."""
        papers = self._node.calendar.papers
        return papers[next(self._rounds) % len(papers)] if papers else None


def heard(node: Node, deliveries: Iterable[Delivery]) -> None:
    """Hand over what statements came with these deliveries; what is none changes nothing."""
    headers = [delivery.headers for delivery in deliveries]
    for one in dict.fromkeys(found for each in headers if (found := _statement(each, HEADER)) is not None):
        node.take_statement(one)
    for one in dict.fromkeys(found for each in headers if (found := _statement(each, HEAD)) is not None):
        node.take_audit_head(one)
    for one in dict.fromkeys(found for each in headers if (found := _statement(each, CALENDAR)) is not None):
        with suppress(BadDirectory):
            node.take_calendar(one, node.directory)


def _statement(headers: Mapping[str, Any], name: str) -> bytes | None:
    value = headers.get(name)
    return value if isinstance(value, bytes) and len(value) <= _LARGEST else None
