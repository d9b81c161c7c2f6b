"""When did it arrive? The legal time of arrival decides between an opinion and a default.

RabbitMQ 3.12 and later stamp each message on arrival; then the answer is exact whatever was down. Older brokers do
not: what arrives while we consume has our own time of reading it, and of what waited in the queue while we were away,
or stopped, or had our hands full, only an interval is known. Its beginning is the last moment by which we are known to
have dealt with all that had come, and, of what its sender would rather have had come early, its own date. What a
monitor says it would rather have had come late, so its date bounds nothing. The ruling takes the beginning, so that
doubt favours the department; of what its sender took from its place among others, our own time of taking it holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from exchange.clock import Clock
from exchange.envelope import peek
from exchange.errors import ExchangeError
from exchange.messaging.ports import Delivery
from exchange.messaging.rules.arrival_time import Arrival, ArrivalSource
from exchange.messaging.rules.carriage import EXPIRED, in_its_place
from exchange.schemas import DeemedConsent, Escalation, Header

_OF_SILENCE = frozenset({DeemedConsent.KIND, Escalation.KIND})
"""What has effect only where it arrives after the end of a term: its sender gains nothing by an early date."""


class ArrivalJudge(Protocol):
    """How a node establishes the time of arrival."""

    def judge(self, delivery: Delivery, header: Header, now: datetime) -> Arrival:
        """Return the arrival of a verified message."""


class OwnTime:
    """For brokers without arrival stamps. ``done_until``: by when this node had dealt with all that had come."""

    def __init__(self, done_until: datetime, clock: Clock) -> None:
        self._floor = done_until
        self._clock = clock

    def judge(self, delivery: Delivery, header: Header, now: datetime) -> Arrival:
        if not in_its_place(delivery.carriage, header, delivery.queue):
            return Arrival(now, now, ArrivalSource.OWN)
        if _is_fresh(delivery):
            return self._fresh(delivery, header, now)
        return Arrival(min(self._not_before(header), now), now, ArrivalSource.OWN)

    def _fresh(self, delivery: Delivery, header: Header, now: datetime) -> Arrival:
        """What came while we consume was there when it was read, and no earlier than we kept up until."""
        came = delivery.came
        if came is None or (delivery.carriage is not None and delivery.carriage.died_of is not None):
            return Arrival(now, now, ArrivalSource.OWN)
        latest = min(self._clock.at(came.latest), now)
        earliest = self._not_before(header)
        if came.earliest is not None:
            earliest = max(self._clock.at(came.earliest), earliest)
        return Arrival(min(earliest, latest), latest, ArrivalSource.OWN)

    def _not_before(self, header: Header) -> datetime:
        """Return what it came after: by our own record, and by its date where that speaks against its own sender."""
        return self._floor if header.kind in _OF_SILENCE else max(self._floor, header.created_at)


def _is_fresh(delivery: Delivery) -> bool:
    """Whether it came just now, and did not wait for anything of ours.

    What its sender's time limit had moved while we consume was behind others in its queue, nobody knows how far: that
    doubt is its sender's own.
    """
    if delivery.backlog or delivery.redelivered:
        return False
    return delivery.carriage is None or delivery.carriage.died_of in (None, EXPIRED)


class BrokerStamp:
    """For brokers that overwrite the arrival stamp; falls back to our own time where a stamp is missing."""

    def __init__(self, clock: Clock, fallback: OwnTime) -> None:
        self._clock = clock
        self._fallback = fallback

    def judge(self, delivery: Delivery, header: Header, now: datetime) -> Arrival:
        if delivery.stamp is None:
            return self._fallback.judge(delivery, header, now)
        at = self._clock.at(delivery.stamp)
        return Arrival(at, at, ArrivalSource.BROKER, at)


class EventTime:
    """For replays on a stepped clock, where no broker can know the time: the moment the sender wrote it."""

    def judge(self, delivery: Delivery, header: Header, now: datetime) -> Arrival:
        return Arrival(header.created_at, header.created_at, ArrivalSource.EVENT)


class Arrivals:
    """Arrivals of what a receiver has in hand: judged once, however often a batch has to be taken again."""

    def __init__(self, judge: ArrivalJudge) -> None:
        self._judge = judge
        self._judged: dict[str, Arrival] = {}
        """By the digests of what was delivered."""

    def judge(self, delivery: Delivery, header: Header, now: datetime) -> Arrival:
        """Return the arrival as it was first judged: a repetition after a failure of ours arrived no later."""
        key = delivery.digest
        if key not in self._judged:
            self._judged[key] = self._judge.judge(delivery, header, now)
        return self._judged[key]

    def of_refused(self, delivery: Delivery, now: datetime) -> Arrival | None:
        """Return when something refused arrived: the refusal may be our mistake, and the same bytes come again."""
        try:
            header = peek(delivery.body)
        except ExchangeError:
            return None
        return self.judge(delivery, header, now)

    def forget(self, deliveries: Sequence[Delivery]) -> None:
        """Forget deliveries that are committed."""
        for delivery in deliveries:
            self._judged.pop(delivery.digest, None)
