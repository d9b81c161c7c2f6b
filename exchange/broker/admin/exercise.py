"""Does a broker do its work? Found out by doing it: a message through a durable queue, confirmed, taken, acknowledged.

A broker that accepts connections may do nothing else: hung, or with queues that a full disk has broken. The queue lies
in a virtual host of its own, so that nobody meets it among a domain's queues. A queue that did not do its work is
removed with that host: a broker killed while it made the queue keeps one that answers nothing for ever, and a healthy
broker would be found broken because of it.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from enum import StrEnum

import pika
from pika.channel import Channel
from pika.spec import Basic, BasicProperties

from exchange.broker.admin.management import ManagementClient
from exchange.broker.admin.node_info import NodeInfo
from exchange.broker.faults import error_of
from exchange.broker.traffic.urls import parameters, with_vhost
from exchange.clock import monotonic
from exchange.errors import ExchangeError
from exchange.language import Joined, Recorded, Text, joined

PATIENCE = 20.0
"""Seconds for the whole exercise; milliseconds on an idle machine."""

_CLEARING = 20.0
"""Seconds for removing a queue that answers nothing: the broker itself waits five for it, and gives up with its
client."""

_QUEUE = "exercise"
_VHOST = "exercise"
_ARGUMENTS: dict[str, str | int] = {"x-queue-type": "quorum", "x-max-length": 1}
_HERE_ALONE: dict[str, str | int] = {"x-quorum-initial-group-size": 1, "x-queue-leader-locator": "client-local"}


class Condition(StrEnum):
    """How a broker is found."""

    WORKS = "works"
    BLOCKED = "blocked"
    """It holds publishers for want of memory or disk, and goes on by itself when there is enough."""
    BROKEN = "broken"


@dataclass(frozen=True)
class Exercised:
    """What came of it."""

    condition: Condition
    reason: Text | Joined | Recorded | None = None
    """What it failed on."""


class Exercise:
    """One round at a broker; made anew for each. ``info`` names one host.

    ``room`` is the virtual host: one of a cluster's node alone, where the queue lies on the node that is asked and on
    no other, so that nodes are told apart.
    """

    def __init__(self, info: NodeInfo, patience: float = PATIENCE, room: str = _VHOST) -> None:
        self._info = info
        self._room = room
        self._patience = patience
        self._step = Text("connect")
        self._declaring = False
        self._found: Exercised | None = None

    def run(self) -> Exercised:
        """Run it and return what it found, within the patience and what it takes to remove a queue that failed.

        Raises nothing that a broker could be the cause of.
        """
        found = self._run()
        if found.condition is Condition.BROKEN and self._declaring:
            with contextlib.suppress(ExchangeError):  # the next round begins with a queue of its own
                self._clear_room()
        return found

    def _run(self) -> Exercised:
        began = monotonic()
        with contextlib.suppress(ExchangeError):  # it may be there since the last time
            self._make_room()
        url = with_vhost(self._info.url, self._room)
        failed: list[BaseException] = []

        def end(connection: pika.SelectConnection, error: BaseException) -> None:
            failed.append(error)
            connection.ioloop.stop()

        connection = pika.SelectConnection(
            parameters(url, "exercise")[0],
            on_open_callback=self._opened,
            on_open_error_callback=end,
            on_close_callback=end,
        )
        connection.ioloop.call_later(max(0.1, self._patience - (monotonic() - began)), connection.ioloop.stop)
        try:
            connection.ioloop.start()
        finally:
            connection.ioloop.close()
        if self._found is not None:
            return self._found
        if failed:
            return self._broken(error_of(failed[-1], Text("the broker")).text)
        return self._broken(Text("no answer within {seconds:.0f} s", {"seconds": self._patience}))

    def _broken(self, why: Text | Joined) -> Exercised:
        return Exercised(Condition.BROKEN, joined((self._step, why), ": "))

    def _make_room(self) -> None:
        if self._info.management_url is None:
            return
        with ManagementClient(self._info.management_url, self._info.url, timeout=self._patience / 2) as management:
            management.put_vhost(self._room)

    def _clear_room(self) -> None:
        if self._info.management_url is None:
            return
        with ManagementClient(self._info.management_url, self._info.url, timeout=_CLEARING) as management:
            management.delete_vhost(self._room)

    def _opened(self, connection: pika.SelectConnection) -> None:
        connection.add_on_connection_blocked_callback(self._blocked)
        self._step = Text("open a channel")
        connection.channel(on_open_callback=self._declare)

    def _blocked(self, connection: pika.SelectConnection, frame: pika.frame.Method) -> None:
        self._end(connection, Exercised(Condition.BLOCKED, Recorded(str(frame.method.reason))))

    def _declare(self, channel: Channel) -> None:
        self._step, self._declaring = Text("declare a queue"), True
        channel.add_on_close_callback(lambda _, error: channel.connection.close())
        arguments = _ARGUMENTS if self._room == _VHOST else _ARGUMENTS | _HERE_ALONE
        channel.queue_declare(_QUEUE, durable=True, arguments=arguments, callback=lambda _: self._publish(channel))

    def _publish(self, channel: Channel) -> None:
        self._step = Text("publish")
        channel.confirm_delivery(
            lambda frame: self._confirmed(channel, frame.method),
            lambda _: channel.basic_publish("", _QUEUE, b"", BasicProperties(delivery_mode=2), mandatory=True),
        )

    def _confirmed(self, channel: Channel, method: Basic.Ack | Basic.Nack) -> None:
        if not isinstance(method, Basic.Ack):
            self._end(channel.connection, self._broken(Text("refused")))
            return
        self._step = Text("get")
        lost = self._broken(Text("what was confirmed is not there"))
        channel.add_callback(lambda _: self._end(channel.connection, lost), [Basic.GetEmpty])
        channel.basic_get(_QUEUE, lambda channel, method, properties, body: self._got(channel, method))

    def _got(self, channel: Channel, method: Basic.GetOk) -> None:
        channel.basic_ack(method.delivery_tag)
        self._end(channel.connection, Exercised(Condition.WORKS))

    def _end(self, connection: pika.SelectConnection, found: Exercised) -> None:
        self._found = self._found or found
        if not connection.is_closing and not connection.is_closed:
            connection.close()
