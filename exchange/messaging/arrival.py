"""When did it arrive? The legal time of arrival decides between an opinion and a default.

RabbitMQ 3.12 and later stamp each message on arrival; then the answer is exact whatever was down. Older brokers do
not: what arrives while we consume has our own time, and of what waited in the queue while we were away only an
interval is known. Its beginning is the last moment we are known to have consumed, or, later, the signing of a default
that stands before it in the same queue. The ruling takes the beginning, so that doubt favours the department.
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from exchange.clock import Clock
from exchange.messaging.ports import Delivery
from exchange.messaging.rules.arrival_time import STAMPED, Arrival
from exchange.schemas import Header


class ArrivalJudge(Protocol):
    """How a node establishes the time of arrival."""

    def judge(self, delivery: Delivery, header: Header, now: datetime) -> Arrival:
        """Return the arrival of a verified message."""

    def seen(self, header: Header) -> None:
        """Take notice of every verified message of a monitor, in queue order."""


_DEAD_LETTERED = "x-death"
"""Header of what another queue has dead-lettered: it has been here longer than this queue shows."""


class OwnTime:
    """For brokers without arrival stamps. ``last_alive`` is when this node was last known to consume."""

    def __init__(self, last_alive: datetime) -> None:
        self._floor = last_alive

    def judge(self, delivery: Delivery, header: Header, now: datetime) -> Arrival:
        if not delivery.backlog and not delivery.redelivered and _DEAD_LETTERED not in delivery.headers:
            return Arrival(now, now, "own")
        return Arrival(min(self._floor, now), now, "own")

    def seen(self, header: Header) -> None:
        """Learn from a default: what stands behind it in this queue arrived after it was signed."""
        self._floor = max(self._floor, header.created_at)


class BrokerStamp:
    """For brokers that overwrite the arrival stamp; falls back to our own time where a stamp is missing."""

    def __init__(self, clock: Clock, fallback: OwnTime) -> None:
        self._clock = clock
        self._fallback = fallback

    def judge(self, delivery: Delivery, header: Header, now: datetime) -> Arrival:
        if delivery.stamp is None:
            return self._fallback.judge(delivery, header, now)
        at = self._clock.at(delivery.stamp)
        return Arrival(at, at, STAMPED)

    def seen(self, header: Header) -> None:
        self._fallback.seen(header)


class EventTime:
    """For replays on a stepped clock, where no broker can know the time: the moment the sender wrote it."""

    def judge(self, delivery: Delivery, header: Header, now: datetime) -> Arrival:
        return Arrival(header.created_at, header.created_at, "event")

    def seen(self, header: Header) -> None:
        """Do nothing: event times are exact."""
