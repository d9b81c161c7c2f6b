"""One connection in a thread of its own, opened again after every loss until it is closed.

What lives on the connection (a publisher, a consumer) is its `Tenant`, called in the connection's thread only. Other
threads reach that thread through `ConnectionLoop.call_soon`, which keeps nothing for later: whoever needs something
to survive a loss keeps it and acts in `Tenant.opened`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

import pika

from exchange.broker.faults import DENIED, error_of
from exchange.broker.traffic.hosts import HostTurns
from exchange.broker.traffic.urls import parameters
from exchange.broker.traffic.wire import GatheringConnection
from exchange.clock import monotonic
from exchange.errors import BadTopology, BrokerError, BrokerUnavailable
from exchange.language import Text
from exchange.machine.crew import Loop
from exchange.machine.logger import get_logger
from exchange.machine.urls import each_host, shown

log = get_logger()

GOODBYE = 3.0
"""Seconds that the broker has for its part in closing a connection."""

START_PATIENCE = 30.0
"""Seconds that `start` waits for a broker; long enough for one that is just booting."""


class Tenant(Protocol):
    """What lives on a connection."""

    def opened(self, connection: pika.SelectConnection) -> None:
        """Take over a new connection that is open."""

    def lost(self, reason: str) -> None:
        """Note that the connection is gone, with everything on it."""


class ConnectionLoop:
    """Keeps one connection to ``url`` under ``name`` and hands it to its tenant.

    Where the URL names several hosts, the connection goes to the next when it loses one (`HostTurns`).
    """

    def __init__(self, url: str, name: str, tenant: Tenant) -> None:
        self._url = url
        self._name = name
        self._tenant = tenant
        self._parameters = parameters(url, name)
        self._turns = HostTurns(len(self._parameters))
        self._lock = threading.Lock()
        self._connection: GatheringConnection | None = None
        self._closing = threading.Event()
        self._told = threading.Event()
        self._ready = False
        self._was_ready = False
        self._error: BrokerError = BrokerUnavailable("no answer from the broker at {url}", url=shown(url))
        self._thread = Loop(f"{name}:connection", self._run, self._closing.is_set)

    @property
    def is_ready(self) -> bool:
        """Whether the tenant has said that it is being served."""
        return self._ready

    def start(self, patience: float = START_PATIENCE) -> None:
        """Connect and wait until the tenant is served.

        Raises BadTopology when a queue or exchange is missing or denied, and BrokerUnavailable when the broker
        denies the account or has not answered after ``patience`` seconds. A tenant that has been served, if only for
        a moment, has its broker: whatever ended that is not for a start to tell.
        """
        self._thread.start()
        until = monotonic() + patience
        while not self._was_ready:
            self._told.wait(max(0.0, until - monotonic()))
            self._told.clear()
            error = self._error
            hopeless = isinstance(error, BadTopology) or error.code == DENIED
            if not self._was_ready and (hopeless or monotonic() >= until):
                self.close()
                raise error

    def close(self) -> None:
        """Say goodbye to the broker and end the thread; safe to call twice."""
        self._closing.set()
        self.call_soon(self._leave)
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join(2 * GOODBYE + 1)

    def call_soon(self, callback: Callable[[], None]) -> None:
        """Let ``callback`` run in the connection's thread, from any thread; dropped when there is no connection."""
        with self._lock:
            if self._connection is not None:
                self._connection.ioloop.add_callback_threadsafe(callback)

    def call_later(self, seconds: float, callback: Callable[[], None]) -> None:
        """Run ``callback`` after ``seconds`` if this connection still lives then; connection's thread only."""
        if self._connection is not None:
            self._connection.ioloop.call_later(seconds, callback)

    def gathering(self) -> AbstractContextManager[None]:
        """Return a block whose frames leave together; connection's thread only."""
        return self._connection.gathering() if self._connection is not None else nullcontext()

    def ready(self) -> None:
        """Note that the tenant is being served: the next loss begins with a short pause again."""
        self._ready = self._was_ready = True
        self._turns.served()
        self._told.set()

    def failing(self, error: BrokerError) -> None:
        """Note why the tenant says it is not served; `start` raises this in the end."""
        self._ready = False
        self._error = error
        self._told.set()

    def reconnect(self) -> None:
        """Give this connection up for a new one; connection's thread only."""
        self._leave()

    def _run(self) -> None:
        while not self._closing.is_set():
            reason = self._live_once()
            if self._closing.is_set():
                return
            wait = self._turns.failed()
            log.warning("broker.lost", connection=self._name, reason=reason, again_in=round(wait, 2))
            self._closing.wait(wait)

    def _live_once(self) -> str:
        """One connection, from opening to loss; returns why it ended."""
        ended: list[BaseException] = []

        def end(connection: pika.SelectConnection, error: BaseException) -> None:
            ended.append(error)
            connection.ioloop.stop()

        connection = GatheringConnection(
            self._parameters[self._turns.at],
            on_open_callback=self._opened,
            on_open_error_callback=end,
            on_close_callback=end,
        )
        with self._lock:
            self._connection = connection
        if self._closing.is_set():
            self.call_soon(self._leave)
        try:
            connection.ioloop.start()
        except Exception as error:
            log.exception("broker.loop", connection=self._name)
            ended.append(error)
        return self._ended(connection, ended[-1] if ended else None)

    def _ended(self, connection: pika.SelectConnection, error: BaseException | None) -> str:
        with self._lock:
            self._connection = None
        _hang_up(connection)
        found = error_of(error, Text("the broker at {url}", {"url": self._here}))
        self.failing(found)
        self._tenant.lost(str(found))
        return str(found)

    def _opened(self, connection: pika.SelectConnection) -> None:
        log.info("broker.connected", connection=self._name, broker=self._here)
        self._tenant.opened(connection)

    @property
    def _here(self) -> str:
        """The host whose turn it is, as people may see it."""
        return shown(each_host(self._url)[self._turns.at])

    def _leave(self) -> None:
        connection = self._connection
        if connection is not None and not connection.is_closing and not connection.is_closed:
            connection.ioloop.call_later(GOODBYE, connection.ioloop.stop)
            connection.close()


def _hang_up(connection: pika.SelectConnection) -> None:
    """Closes what an error in the loop left open, so that the broker does not keep a dead consumer."""
    if not connection.is_closed:
        connection.ioloop.call_later(GOODBYE, connection.ioloop.stop)
        try:
            if not connection.is_closing:
                connection.close()
                connection.ioloop.start()
        except Exception:
            log.exception("broker.hang-up")
    connection.ioloop.close()
