"""A store's connections between its transactions: a few stay at hand, begun and ended by their driver alone.

To make a connection of SQLAlchemy's, take its driver's out of the pool, hand it back and have it reset costs as much as
a small transaction. Where anything goes wrong with one that was kept, the pool has it back and sees to it.
"""

from __future__ import annotations

import os
from types import TracebackType

from sqlalchemy import Engine

from exchange.store.compiled import CompiledConnection
from exchange.store.engine import beginnings, lasting

_AT_HAND = 4
"""What of a member works on its database at once most of the time; what more was needed for a while goes back."""


class KeptConnections:
    """The connections of one store. Whoever begins one has it alone until its end."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._reads, self._writes = beginnings(engine)
        self._idle: list[CompiledConnection] = []
        self._process = os.getpid()
        self._closed = False

    def reading(self) -> Begun:
        """A transaction that sees one state from beginning to end and changes nothing."""
        return Begun(self, self._reads)

    def writing(self) -> Begun:
        """A transaction that takes the write lock at its beginning, so that it cannot fail half-way."""
        return Begun(self, self._writes)

    def begin(self, words: str) -> CompiledConnection:
        """Begin a transaction by its words."""
        while True:
            kept = self._take()
            connection = kept or CompiledConnection(lasting(self._engine))
            try:
                connection.begin(words)
            except BaseException as error:
                connection.close()
                if kept is None or not getattr(error, "connection_invalidated", False):
                    raise
                # The server ended it while it was idle: nothing has been done yet, so another one does as well.
            else:
                return connection

    def keep(self, connection: CompiledConnection) -> None:
        """Keep a connection that has ended its transaction well."""
        if len(self._idle) >= _AT_HAND:
            connection.close()
            return
        self._idle.append(connection)
        if self._closed:
            self._let_go()

    def close(self) -> None:
        """Give all back, and keep none from now on."""
        self._closed = True
        self._let_go()

    def _take(self) -> CompiledConnection | None:
        if self._process != os.getpid():
            self._leave_to_parent()
        try:
            return self._idle.pop()
        except IndexError:
            return None

    def _let_go(self) -> None:
        while (connection := self._take()) is not None:
            connection.close()

    def _leave_to_parent(self) -> None:
        """In a process that was forked: the connections are another's, and are not even to be closed here."""
        _others.append((self._idle, self._engine.pool))
        self._engine.dispose(close=False)
        self._idle, self._process = [], os.getpid()


class Begun:
    """A transaction: committed on leaving, rolled back on any exception."""

    __slots__ = ("_connection", "_connections", "_words")

    def __init__(self, connections: KeptConnections, words: str) -> None:
        self._connections = connections
        self._words = words

    def __enter__(self) -> CompiledConnection:
        self._connection = self._connections.begin(self._words)
        return self._connection

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        connection = self._connection
        try:
            if error is None:
                connection.commit()
            else:
                connection.roll_back()
        except BaseException:
            connection.close()
            raise
        if error is None:
            self._connections.keep(connection)
        else:
            connection.close()


_others: list[object] = []
"""Connections of the process that this one was forked from: held, for what is let go of is put in order and closed."""
