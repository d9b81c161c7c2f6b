"""Queues that answer nothing: found by asking each for a message, and made to answer where the broker is one's own.

A RabbitMQ that is killed while it makes a quorum queue, or shortly after, keeps it on record and begins its log anew
when it comes back: without a leader, and without ever electing one (seen on 3.10). The queue is declared passively, is
shown by the management API like one that works, takes nothing and gives nothing; who publishes to it waits for ever.
Only a leader answers a request for a message. Queues that hold messages or have consumers had a leader, and are not
asked: nothing is taken from anybody. A message that comes in between is given back at once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from functools import partial

import pika
from pika.channel import Channel
from pika.frame import Method
from pika.spec import Basic

from exchange.broker.admin.errand import from_any_host
from exchange.broker.faults import error_of
from exchange.broker.traffic.urls import parameters
from exchange.errors import ExchangeError
from exchange.language import Text, tr
from exchange.machine.urls import shown

PATIENCE = 5.0
"""Seconds that a queue has to answer; milliseconds on an idle machine, an election included."""

_AT_ONCE = 200
"""Queues that are asked over one connection, each in a channel of its own."""

Elect = Callable[[Collection[str]], None]
"""Has queues elect a leader each, and loses nothing that is in them. Raises ExchangeError where it cannot."""


def silent_queues(url: str, names: Iterable[str], patience: float = PATIENCE) -> list[str]:
    """Return which of the queues give no answer within ``patience`` seconds; one that is missing is not among them.

    Raises BrokerUnavailable.
    """
    every, found = list(names), list[str]()
    for first in range(0, len(every), _AT_ONCE):
        found += from_any_host(url, partial(_answers_of, every[first : first + _AT_ONCE], patience))
    return found


def rouse(url: str, names: Iterable[str], say: Callable[[str], None], elect: Elect | None) -> None:
    """Look for queues that answer nothing, have them ``elect`` a leader, and say what came of it. Raises nothing.

    Without ``elect``, as on a broker that somebody else looks after, it is only said: a cluster may lack nodes.
    """
    try:
        silent = silent_queues(url, names)
        if not silent:
            return
        queues = ", ".join(silent)
        if elect is None:
            say(tr("queues: {queues} answer nothing; `exchange doctor` says what to do", queues=queues))
            return
        say(tr("queues: {queues} answer nothing, as after a node that was killed while it made them", queues=queues))
        elect(silent)
        still = silent_queues(url, silent)
    except ExchangeError as error:
        say(tr("queues: whether they answer is not known ({error})", error=error))
        return
    if still:
        say(tr("queues: {queues} answer nothing; `exchange doctor` says what to do", queues=", ".join(still)))
    else:
        say(tr("queues: they have a leader now and answer; nothing was deleted"))


def _answers_of(names: Collection[str], patience: float, host: str) -> list[str]:
    return _Round(names).run(host, patience)


class _Round:
    """One connection: a queue that does not answer holds up its own channel, and no other."""

    def __init__(self, names: Collection[str]) -> None:
        self._left = set(names)
        self._asked: dict[str, None] = {}
        self._opened = False
        self._failed: BaseException | None = None

    def run(self, url: str, patience: float) -> list[str]:
        connection = pika.SelectConnection(
            parameters(url, "silence")[0],
            on_open_callback=self._open,
            on_open_error_callback=self._end,
            on_close_callback=self._end,
        )
        connection.ioloop.call_later(patience, connection.ioloop.stop)
        try:
            connection.ioloop.start()
        finally:
            connection.ioloop.close()
        if self._left and (self._failed is not None or not self._opened):
            raise error_of(self._failed or TimeoutError(), Text("the broker at {url}", {"url": shown(url)}))
        return [name for name in self._asked if name in self._left]

    def _open(self, connection: pika.SelectConnection) -> None:
        self._opened = True
        for name in self._left:
            connection.channel(on_open_callback=partial(self._look, name))

    def _end(self, connection: pika.SelectConnection, error: BaseException) -> None:
        self._failed = error
        connection.ioloop.stop()

    def _look(self, name: str, channel: Channel) -> None:
        # Closed by the broker: missing, or of a kind that gives single messages to nobody, as its leader says.
        channel.add_on_close_callback(lambda channel, _: self._answered(name, channel))
        channel.queue_declare(name, passive=True, callback=partial(self._ask, name, channel))

    def _ask(self, name: str, channel: Channel, declared: Method) -> None:
        if declared.method.message_count or declared.method.consumer_count:
            self._answered(name, channel)
            return
        self._asked[name] = None
        channel.add_callback(lambda _: self._answered(name, channel), [Basic.GetEmpty])
        channel.basic_get(name, partial(self._give_back, name))

    def _give_back(self, name: str, channel: Channel, method: Basic.GetOk, properties: object, body: bytes) -> None:
        channel.basic_nack(method.delivery_tag, requeue=True)
        self._answered(name, channel)

    def _answered(self, name: str, channel: Channel) -> None:
        self._left.discard(name)
        if not self._left and channel.connection.is_open:
            channel.connection.close()
