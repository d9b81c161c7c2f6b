"""Short errands at a broker over a blocking connection: for administration and tests of state, never for traffic."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import pika
from pika.adapters.blocking_connection import BlockingChannel
from pika.exceptions import ChannelClosedByBroker

from exchange.broker.admin import lately
from exchange.broker.faults import COMPLAINTS, error_of
from exchange.broker.traffic.urls import parameters
from exchange.errors import BrokerUnavailable
from exchange.language import Text
from exchange.machine.urls import each_host, shown

SOON = 3.0
"""Seconds that one of several hosts has to open a connection, where another may be asked instead."""


class Errand:
    """A blocking connection whose channel is replaced when the broker closes it over a refusal."""

    def __init__(self, connection: pika.BlockingConnection) -> None:
        self._connection = connection
        self._channel: BlockingChannel | None = None

    @property
    def channel(self) -> BlockingChannel:
        """An open channel."""
        if self._channel is None or not self._channel.is_open:
            self._channel = self._connection.channel()
        return self._channel

    def wait(self, seconds: float) -> None:
        """Wait, keeping the connection alive."""
        self._connection.sleep(seconds)

    def queue_exists(self, name: str) -> bool:
        """Return whether the broker has the queue; does not change anything."""
        try:
            self.channel.queue_declare(name, passive=True)
        except ChannelClosedByBroker as error:
            if error.reply_code == 404:
                return False
            raise
        return True


@contextmanager
def errand(url: str, purpose: str) -> Iterator[Errand]:
    """Open a connection for one errand. Raises BrokerUnavailable, or BadTopology for what the broker refuses.

    Of several hosts one that hangs is passed over soon; only when none opens has each the time a connection has.
    """
    try:
        connection = _connect(url, purpose)
        try:
            yield Errand(connection)
        finally:
            if connection.is_open:
                connection.close()
    except COMPLAINTS as error:
        raise error_of(error, Text("the broker at {url}", {"url": shown(url)})) from error


def _connect(url: str, purpose: str) -> pika.BlockingConnection:
    every = lately.in_order(each_host(url))
    for host in every if len(every) > 1 else ():
        try:
            connection = pika.BlockingConnection(_quick(host, purpose))
        except COMPLAINTS:
            lately.failed(host)
        else:
            lately.answered(host)
            return connection
    return pika.BlockingConnection(parameters(url, purpose))


def _quick(host: str, purpose: str) -> pika.URLParameters:
    found = parameters(host, purpose)[0]
    found.stack_timeout = found.socket_timeout = SOON
    return found


Answer = TypeVar("Answer")


def from_any_host(url: str, ask: Callable[[str], Answer]) -> Answer:
    """Return what ``ask`` answers for the first host of ``url`` that can be had; for the last, raise what it raises."""
    *others, last = lately.in_order(each_host(url))
    for host in others:
        try:
            return ask(host)
        except BrokerUnavailable:
            lately.failed(host)
    return ask(last)
