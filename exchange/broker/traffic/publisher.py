"""Publishing with confirms: many in flight, mandatory, each publication's fate reported exactly once.

Publications are handed over in chunks and kept until their fate is known: confirmed, returned, refused, or lost with
the channel or connection they went out on. Nothing is sent twice from here: what is lost is the caller's to send
again. While the broker is away or holds the connection, publications wait, and `publish` blocks once too many do.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence

import pika
from pika.channel import Channel
from pika.exceptions import AMQPError, ShortStringTooLong
from pika.spec import Basic, BasicProperties

from exchange.broker.faults import error_of
from exchange.broker.traffic.flight import Flight
from exchange.broker.traffic.loop import START_PATIENCE, ConnectionLoop
from exchange.broker.traffic.room import PublicationRoom
from exchange.broker.traffic.topology import DOCUMENTS, MAX_BODY, MAX_KEY, routing_key
from exchange.clock import monotonic
from exchange.language import Text, noted
from exchange.machine.logger import get_logger
from exchange.messaging.ports import OnResults, Publication, PublishOutcome, PublishResult

log = get_logger()

_FLUSH = 2.0
"""Seconds that `close` waits for confirms that are still to come."""

_REOPEN_AFTER = 0.2
"""Seconds before a new channel, so that a publication that costs it cannot make the loop spin."""

Fate = tuple[Publication, PublishResult]


class ConfirmedPublisher:
    """Publishes for ``sender`` to the exchange of documents; implements `exchange.messaging.ports.Publisher`.

    ``user_id``, if given, is set on every message and must be the account's own name. ``on_results`` gets the fates,
    several at a time, in the connection's thread, and must not publish there. ``max_messages`` and ``max_bytes`` bound
    what is waiting or in flight; a confirm that is ``confirm_timeout`` seconds overdue costs the channel.
    ``on_connected`` is called in the connection's thread for every new connection, and must not wait.
    """

    def __init__(
        self,
        url: str,
        *,
        sender: str,
        user_id: str | None = None,
        on_results: OnResults,
        max_messages: int = 400,
        max_bytes: int = 16 * 2**20,
        confirm_timeout: float = 30.0,
        on_connected: Callable[[], None] = lambda: None,
    ) -> None:
        self._sender = sender
        self._user_id = user_id
        self._on_results = on_results
        self._confirm_timeout = confirm_timeout
        self._on_connected = on_connected
        self._loop = ConnectionLoop(url, f"{sender}:publish", self)
        self._room = PublicationRoom(max_messages, max_bytes)
        self._waiting: deque[Publication] = deque()
        # what follows belongs to the connection's thread
        self._channel: Channel | None = None
        self._flight = Flight()
        self._fates: list[Fate] = []
        self._blocked = False
        self._unserved_since = monotonic()

    def start(self, patience: float = START_PATIENCE) -> None:
        """Connect. Raises BrokerUnavailable or BadTopology after ``patience`` seconds without success."""
        self._loop.start(patience)

    @property
    def connected(self) -> bool:
        """Whether the broker takes publications at this moment."""
        return self._loop.is_ready

    @property
    def held(self) -> bool:
        """Whether the broker holds what is published, for want of memory or disk."""
        return self._blocked

    def publish(self, publications: Sequence[Publication]) -> None:
        """Hand over publications; block while too much is waiting or in flight. Once closed, report all as lost."""
        todo = deque(publications)
        while todo:
            if not self._room.move(todo, self._waiting):
                self._on_results([_lost(publication, noted("the publisher is closed")) for publication in todo])
                return
            self._loop.call_soon(self._pump)

    def close(self) -> None:
        """Wait shortly for outstanding confirms, then disconnect; what has none by then is reported lost."""
        if self._loop.is_ready:
            self._room.wait_empty(_FLUSH)
        self._room.close()
        self._loop.close()
        left, self._waiting = self._waiting, deque()
        self._give_up(left, noted("the publisher was closed"))
        self._report()

    # --- the connection's thread ----------------------------------------------------------------------------------

    def opened(self, connection: pika.SelectConnection) -> None:
        """Begin on a new connection: nothing is in flight on it."""
        self._blocked = False
        self._unserved_since = monotonic()
        connection.add_on_connection_blocked_callback(self._on_blocked)
        connection.add_on_connection_unblocked_callback(self._on_unblocked)
        self._open_channel(connection)
        self._loop.call_later(self._watch_every, self._watch)
        self._on_connected()

    def lost(self, reason: str) -> None:
        """Abandon what was in flight: the connection is gone, and nobody will confirm it."""
        self._channel = None
        self._abandon(reason)

    def _open_channel(self, connection: pika.SelectConnection) -> None:
        if connection.is_open:
            connection.channel(on_open_callback=self._on_channel_open)

    def _on_channel_open(self, channel: Channel) -> None:
        channel.add_on_close_callback(self._on_channel_closed)
        channel.add_on_return_callback(self._on_return)
        channel.exchange_declare(DOCUMENTS, passive=True, callback=lambda _: self._on_exchange_there(channel))

    def _on_exchange_there(self, channel: Channel) -> None:
        flight = Flight()
        channel.confirm_delivery(
            lambda frame: self._on_confirm(flight, frame.method), lambda _: self._on_confirming(channel, flight)
        )

    def _on_confirming(self, channel: Channel, flight: Flight) -> None:
        self._channel, self._flight = channel, flight
        self._loop.ready()
        self._pump()

    def _on_channel_closed(self, channel: Channel, error: Exception) -> None:
        self._channel, self._unserved_since = None, monotonic()
        found = error_of(
            error, Text("publishing to {exchange} as {sender}", {"exchange": DOCUMENTS, "sender": self._sender})
        )
        self._loop.failing(found)
        self._abandon(str(found))
        if channel.connection.is_open:
            log.warning("publish.channel-closed", sender=self._sender, reason=str(found))
            self._loop.call_later(_REOPEN_AFTER, lambda: self._open_channel(channel.connection))

    def _pump(self) -> None:
        """Sends what waits, as far as the broker lets us."""
        if not self._waiting or self._channel is None:
            return
        now = monotonic()
        with self._loop.gathering():
            while self._waiting and self._channel is not None and not self._blocked:
                self._send(self._channel, self._waiting.popleft(), now)

    def _send(self, channel: Channel, publication: Publication, now: float) -> None:
        key = routing_key(publication.queue, self._sender)
        fault = _fault(publication, key)
        if fault is not None:
            self._settle([_impossible(publication, fault)])
            return
        try:
            channel.basic_publish(
                DOCUMENTS,
                key,
                publication.body,
                self._properties(publication),
                mandatory=True,
            )
        except ShortStringTooLong:  # nothing was sent
            self._settle(
                [
                    _impossible(
                        publication,
                        str(Text("a property has more octets than AMQP carries ({most})", {"most": MAX_KEY})),
                    )
                ]
            )
        except AMQPError as error:
            self._settle(
                [_refused(publication, str(Text("AMQP cannot carry it ({name})", {"name": type(error).__name__})))]
            )
        else:
            self._flight.sent(publication, now)

    def _properties(self, publication: Publication) -> BasicProperties:
        return BasicProperties(
            content_type="application/cose",
            headers=dict(publication.headers) or None,
            delivery_mode=2,
            message_id=publication.message_id,
            correlation_id=publication.correlation_id,
            type=publication.kind,
            user_id=self._user_id,
            app_id="yizhan",
        )

    def _on_confirm(self, flight: Flight, method: Basic.Ack | Basic.Nack) -> None:
        landed = flight.confirmed if isinstance(method, Basic.Ack) else flight.refused
        self._settle(landed(method.delivery_tag, method.multiple))

    def _on_return(self, channel: Channel, method: Basic.Return, properties: BasicProperties, body: bytes) -> None:
        queue = method.routing_key.removeprefix("to.").removesuffix(f".from.{self._sender}")
        self._flight.returned(properties.message_id or "", queue)

    def _on_blocked(self, connection: pika.SelectConnection, frame: pika.frame.Method) -> None:
        self._blocked = True
        log.warning("publish.blocked", sender=self._sender, reason=frame.method.reason)

    def _on_unblocked(self, connection: pika.SelectConnection, frame: pika.frame.Method) -> None:
        self._blocked = False
        self._flight.waits_again(monotonic())
        log.info("publish.unblocked", sender=self._sender)
        self._pump()

    def _watch(self) -> None:
        """Gives up a channel whose oldest confirm is overdue, and a connection on which no channel opens.

        While the broker holds the connection nothing is overdue: that has a timeout of its own.
        """
        now, since = monotonic(), self._flight.oldest_since()
        if self._channel is None:
            if now - self._unserved_since > self._confirm_timeout:
                self._loop.reconnect()
        elif since is not None and not self._blocked and now - since > self._confirm_timeout:
            channel, self._channel, self._unserved_since = self._channel, None, now
            self._abandon(str(Text("no confirm within {seconds:.0f} s", {"seconds": self._confirm_timeout})))
            channel.close()
        self._loop.call_later(self._watch_every, self._watch)

    @property
    def _watch_every(self) -> float:
        return min(1.0, self._confirm_timeout / 4)

    # --- results --------------------------------------------------------------------------------------------------

    def _settle(self, fates: Iterable[Fate]) -> None:
        """Collects fates; they are reported together at the end of the loop's turn."""
        planned = bool(self._fates)
        self._fates.extend(fates)
        if self._fates and not planned:
            self._loop.call_later(0, self._report)

    def _abandon(self, reason: str) -> None:
        self._give_up(self._flight.abandon(), reason)
        self._report()

    def _give_up(self, publications: Iterable[Publication], reason: str) -> None:
        self._fates.extend((publication, _lost(publication, reason)) for publication in publications)

    def _report(self) -> None:
        fates, self._fates = self._fates, []
        if not fates:
            return
        self._room.release(publication for publication, _ in fates)
        try:
            self._on_results([result for _, result in fates])
        except Exception:
            log.exception("publish.results", sender=self._sender)


def _lost(publication: Publication, reason: str) -> PublishResult:
    return PublishResult(publication.id, PublishOutcome.LOST, reason)


def _refused(publication: Publication, reason: str) -> Fate:
    return publication, PublishResult(publication.id, PublishOutcome.REFUSED, reason)


def _impossible(publication: Publication, reason: str) -> Fate:
    return publication, PublishResult(publication.id, PublishOutcome.IMPOSSIBLE, reason)


def _fault(publication: Publication, key: str) -> str | None:
    """Why a publication can never go out; None where nothing is known against it."""
    if len(publication.body) > MAX_BODY:
        size = {"octets": len(publication.body), "most": MAX_BODY}
        return str(Text("it has {octets:,} octets, a message holds {most:,}", size))
    octets = len(key.encode())
    if octets > MAX_KEY:
        length = {"octets": octets, "most": MAX_KEY}
        return str(Text("the addresses are too long: its routing key has {octets} octets, AMQP carries {most}", length))
    return None
