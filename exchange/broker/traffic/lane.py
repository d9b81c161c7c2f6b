"""A lane: one queue consumed on one channel of its own, so that one acknowledgement covers all up to its tag.

The connection's thread fills a lane, the consumer's worker empties it. A channel that is gone takes its lane's
`Catch` with it: what it delivered is never acknowledged on another channel, the broker gives it out again.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pika
from pika.channel import Channel
from pika.spec import Basic, BasicProperties

from exchange.broker.faults import error_of
from exchange.broker.traffic.keeping_up import KeepingUp, ReadSpan
from exchange.broker.traffic.pause import Pause
from exchange.broker.traffic.uplink import came_over
from exchange.broker.traffic.vouching import DEATHS, NO_VOUCHING, Vouching, carriage_of, vouching_of
from exchange.broker.traffic.wakeup import Wakeup
from exchange.clock import monotonic
from exchange.errors import BrokerError
from exchange.language import Text
from exchange.machine.logger import get_logger
from exchange.messaging.ports import CameWithin, Delivery

log = get_logger()

BATCH_BYTES = 8 * 2**20
"""Octets after which a batch is full, whatever its number."""

Raw = tuple[Basic.Deliver, BasicProperties, bytes, ReadSpan]


@dataclass(frozen=True)
class ConsumedQueue:
    """A queue to consume, and how many unacknowledged deliveries of it the broker may have out."""

    name: str
    prefetch: int = 200
    first: bool = False
    """Whether what stands in it when its channel opens is handled before anything of the other queues."""
    asked: bool = False
    """Whether it is asked how it stands: where the moment of arrival decides, and its broker stamps none."""


@dataclass
class Catch:
    """What one channel has delivered and the worker has not taken yet."""

    channel: Channel
    backlog: int = 0
    """Deliveries still to come that stood in the queue before this channel consumed it."""
    raw: deque[Raw] = field(default_factory=deque)
    last_handed: int = 0
    """The last tag that has come."""
    last_acknowledged: int = 0
    """The last tag that is acknowledged."""
    since: float = 0.0
    """When the first of a group came; seconds of a monotonic clock."""
    begun: bool = False
    """Whether anything of it was taken."""
    vouching: Vouching = NO_VOUCHING
    """What the broker it comes from can be believed."""
    gone: bool = False
    """Nothing of it may be handled or acknowledged any more: its channel is gone, or a batch of it has failed."""

    def take(self, queue: str, most: int, trust_stamp: bool) -> tuple[list[Delivery], int]:
        """Take the next group in queue order, and the last one's tag.

        What an earlier channel had in hand when it ended stood before what nobody was given yet, but RabbitMQ may give
        it out after: it is put first, by its arrival stamps where it bears any.
        """
        deliveries: list[Delivery] = []
        self.begun = True
        octets, tag = 0, 0
        self.since = 0.0
        while self.raw and len(deliveries) < most and octets < BATCH_BYTES:
            method, properties, body, reading = self.raw.popleft()
            deliveries.append(self._delivery(queue, method, properties, body, trust_stamp, reading))
            octets += len(body)
            tag = method.delivery_tag
        return sorted(deliveries, key=_place), tag

    @property
    def may_be_out_of_order(self) -> bool:
        """Whether the first group may lack what stood before it, given back by an earlier channel a moment later."""
        return not self.begun and (self.backlog > 0 or any(method.redelivered for method, *_ in list(self.raw)))

    def _delivery(
        self,
        queue: str,
        method: Basic.Deliver,
        properties: BasicProperties,
        body: bytes,
        trust_stamp: bool,
        reading: ReadSpan,
    ) -> Delivery:
        backlog = method.redelivered
        if self.backlog and not method.redelivered:
            # redelivered ones may have come back after the count: they must not use up others' share of it
            self.backlog -= 1
            backlog = True
        headers: dict[str, Any] = properties.headers or {}
        method.routing_key = _text(method.routing_key)
        died_in, carriage = carriage_of(queue, method, properties, self.vouching)
        headers.pop(DEATHS, None)
        return Delivery(
            queue=died_in or queue,
            body=body,
            message_id=None if properties.message_id is None else _text(properties.message_id),
            user_id=None if properties.user_id is None else _text(properties.user_id),
            headers=headers,
            redelivered=method.redelivered,
            stamp=_stamp(headers) if trust_stamp else None,
            backlog=backlog,
            came_over=came_over(method.routing_key),
            carriage=carriage,
            came=_in_real_time(reading),
        )


def _in_real_time(reading: ReadSpan) -> CameWithin:
    """The clock of the machine may have been set since: only how long ago it was is known."""
    present, at = datetime.now(UTC), monotonic()
    since = None if reading.since is None else present - timedelta(seconds=at - reading.since)
    return CameWithin(since, present - timedelta(seconds=at - reading.read))


def _text(short: str | bytes) -> str:
    """A short string of AMQP's: pika leaves as bytes what a sender wrote in no UTF-8."""
    return short.decode(errors="replace") if isinstance(short, bytes) else short


def _place(delivery: Delivery) -> tuple[bool, float]:
    """Before what was never given out; there in the order of arrival, as far as it is known."""
    stamp = delivery.stamp.timestamp() if delivery.redelivered and delivery.stamp is not None else 0.0
    return not delivery.redelivered, stamp


def _stamp(headers: dict[str, Any]) -> datetime | None:
    """The broker's arrival stamp: milliseconds since 1970 in the header it overwrites."""
    stamp = headers.get("timestamp_in_ms")
    try:
        return datetime.fromtimestamp(stamp / 1000, UTC) if isinstance(stamp, int) else None
    except (OverflowError, OSError, ValueError):  # a year that does not exist: not the broker's doing
        return None


class Lane:
    """Consumes one queue; reopens its channel by itself, except while it rests."""

    def __init__(
        self,
        queue: ConsumedQueue,
        wakeup: Wakeup,
        changed: Callable[[BrokerError | None], None],
        accounts: bool = False,
    ) -> None:
        self.queue = queue
        self._accounts = accounts
        self.catch: Catch | None = None
        """What the present channel delivers; None while there is none. Written by the connection's thread."""
        self.resting = False
        """Whether the queue is not to be consumed for now. Written by the worker."""
        self.consuming = False
        """Whether the broker has confirmed the consumer."""
        self._wakeup = wakeup
        self._changed = changed
        self._pause = Pause()
        self._keeping_up = KeepingUp(monotonic(), asks=queue.asked)
        self._is_asking = False
        self.done_until: float | None = None
        """By when (`exchange.clock.monotonic`) all that had come is dealt with for good, as far as it is known."""
        self._connection: pika.SelectConnection | None = None
        self._has_channel = False

    @property
    def waiting(self) -> int:
        """How many deliveries the worker could take."""
        catch = self.catch
        return 0 if catch is None or catch.gone else len(catch.raw)

    @property
    def may_hold_backlog(self) -> bool:
        """Whether something that stood in the queue when it was opened may not have been taken yet."""
        catch = self.catch
        return not self.consuming or catch is None or catch.backlog > 0

    # --- connection's thread --------------------------------------------------------------------------------------

    def connect(self, connection: pika.SelectConnection) -> None:
        """Open the lane on a new connection."""
        self._connection = connection
        self.open()

    def disconnect(self) -> None:
        """Drop the connection, which is gone."""
        self._connection = None
        self._drop()

    def open(self) -> None:
        """Begin to consume, unless the lane does so already, rests, or has no connection."""
        connection = self._connection
        if connection is not None and connection.is_open and not self.resting and not self._has_channel:
            self._has_channel = True
            connection.channel(on_open_callback=self._on_open)

    def hand_back(self, catch: Catch) -> None:
        """Give everything unacknowledged back to the broker, by closing the channel it came on."""
        if catch.channel.is_open:
            catch.channel.close()

    def acknowledge(self, catch: Catch, tag: int) -> None:
        """Acknowledge everything up to ``tag``; do nothing if the catch is gone."""
        if not catch.gone and catch.channel.is_open:
            catch.channel.basic_ack(tag, multiple=True)
            catch.last_acknowledged = tag
            self._keeping_up.acknowledged(tag)

    def tick(self) -> None:
        """Note that the connection's thread runs. A lane that the broker hands nothing yet keeps up with nothing."""
        catch = self.catch
        if catch is not None and self.consuming:
            if self.queue.asked:
                self._ask(catch)
            now = monotonic()
            self._keeping_up.tick(now, catch.last_handed - catch.last_acknowledged < self.queue.prefetch)
            self.done_until = self._keeping_up.done_until

    def _ask(self, catch: Catch) -> None:
        """Ask the queue how it stands; one without a leader answers nothing, or knows of no consumer."""
        if self._is_asking or not self.consuming or not catch.channel.is_open:
            return
        asked, self._is_asking = monotonic(), True

        def answer(frame: Any) -> None:
            self._is_asking = False
            if catch is self.catch and frame.method.consumer_count > 0:
                self._keeping_up.answered(asked, frame.method.message_count)

        catch.channel.queue_declare(self.queue.name, passive=True, callback=answer)

    def _on_open(self, channel: Channel) -> None:
        channel.add_on_close_callback(self._on_closed)
        channel.add_on_cancel_callback(lambda _: channel.close())
        channel.basic_qos(prefetch_count=self.queue.prefetch, callback=lambda _: self._count(channel))

    def _count(self, channel: Channel) -> None:
        channel.queue_declare(
            self.queue.name, passive=True, callback=lambda frame: self._consume(channel, frame.method.message_count)
        )

    def _consume(self, channel: Channel, backlog: int) -> None:
        if self.resting:
            channel.close()
            return
        vouching = vouching_of(channel.connection.server_properties, self._accounts)
        catch = self.catch = Catch(channel, backlog, vouching=vouching)

        def deliver(_: Channel, method: Basic.Deliver, properties: BasicProperties, body: bytes) -> None:
            now = monotonic()
            if not catch.since:
                catch.since = now
            reading = self._keeping_up.reading(now, method.delivery_tag, again=method.redelivered)
            catch.raw.append((method, properties, body, reading))
            catch.last_handed = method.delivery_tag
            if catch.last_handed - catch.last_acknowledged >= self.queue.prefetch:
                self._keeping_up.crowded(now)
            self._wakeup.arrived(len(catch.raw))

        channel.basic_consume(self.queue.name, deliver, callback=lambda _: self._on_consuming())

    def _on_consuming(self) -> None:
        self._pause.reset()
        self.consuming = True
        self._changed(None)

    def _on_closed(self, channel: Channel, error: Exception) -> None:
        self._drop()
        found = error_of(error, Text("consuming {queue}", {"queue": self.queue.name}))
        self._changed(found)
        connection = self._connection
        if connection is not None and connection.is_open and not self.resting:
            wait = self._pause.next()
            log.warning("consume.channel-closed", queue=self.queue.name, reason=str(found), again_in=round(wait, 2))
            connection.ioloop.call_later(wait, self.open)

    def _drop(self) -> None:
        self._has_channel = self.consuming = False
        self._is_asking = False
        if self.catch is not None:
            self.catch.gone = True
            self.catch = None
            self._keeping_up.lost()
            self.done_until = self._keeping_up.done_until
