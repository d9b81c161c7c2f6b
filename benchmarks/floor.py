"""The floor: the bare cost of moving sealed documents, with nothing that makes them safe across a crash.

Sign, seal, pipelined confirmed publish, consume, open, verify, and one batched commit a side into one plain table.
No outbox that survives, no receipts, no handlers, no journal.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

import pika

BATCH = 50
IN_FLIGHT = 400
_SQLITE = (
    "PRAGMA page_size=16384",
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "CREATE TABLE IF NOT EXISTS row (id TEXT, data BLOB)",
)

Commit = Callable[[Sequence[tuple[str, bytes]]], None]
"""Writes rows in one transaction."""


def sqlite_commit(path: Path) -> Commit:
    """A bare SQLite table, as durable as the product's and with the same pages."""
    database = sqlite3.connect(path, isolation_level=None)
    for statement in _SQLITE:
        database.execute(statement)

    def commit(rows: Sequence[tuple[str, bytes]]) -> None:
        database.execute("BEGIN IMMEDIATE")
        database.executemany("INSERT INTO row VALUES (?, ?)", rows)
        database.execute("COMMIT")

    return commit


def postgres_commit(url: str, name: str) -> Commit:
    """A bare PostgreSQL table."""
    import psycopg

    database = psycopg.connect(url.replace("postgresql+psycopg", "postgresql"))
    database.execute(f"CREATE TABLE IF NOT EXISTS {name} (id TEXT, data BYTEA)")
    database.commit()

    def commit(rows: Sequence[tuple[str, bytes]]) -> None:
        with database.cursor() as cursor:
            cursor.executemany(f"INSERT INTO {name} VALUES (%s, %s)", rows)
        database.commit()

    return commit


Parcel = tuple[str, str, bytes]
"""Queue, message id, body."""


class BarePublisher:
    """Publishes parcels with many confirms in flight, in the calling thread; each lot is committed first."""

    def __init__(self, url: str, make: Callable[[], list[Parcel]], commit: Commit) -> None:
        self._make, self._commit = make, commit
        self._sent = self._acked = 0
        self._done = False
        self._connection = pika.SelectConnection(pika.URLParameters(url), on_open_callback=self._opened)

    def run(self) -> None:
        """Until ``make`` returns an empty list and all is confirmed."""
        self._connection.ioloop.start()

    def _opened(self, connection: pika.SelectConnection) -> None:
        connection.channel(on_open_callback=self._channel_open)

    def _channel_open(self, channel: pika.channel.Channel) -> None:
        self._channel = channel
        channel.confirm_delivery(self._confirmed)
        self._pump()

    def _confirmed(self, frame: pika.frame.Method) -> None:
        tag = frame.method.delivery_tag
        self._acked = tag if frame.method.multiple else max(self._acked, tag)
        self._pump()

    def _pump(self) -> None:
        while not self._done and self._sent - self._acked < IN_FLIGHT:
            lot = self._make()
            if not lot:
                self._done = True
                break
            self._commit([(name, body) for _, name, body in lot])
            for queue, name, body in lot:
                properties = pika.BasicProperties(delivery_mode=2, message_id=name)
                self._channel.basic_publish("", queue, body, properties, mandatory=True)
            self._sent += len(lot)
        if self._done and self._acked >= self._sent:
            self._connection.close()
            self._connection.ioloop.stop()


def bare_consumer(url: str, queue: str, count: int, take: Callable[[bytes], tuple[str, bytes]], commit: Commit) -> None:
    """Consumes ``count`` messages: opens each, commits and acknowledges them in batches."""
    connection = pika.BlockingConnection(pika.URLParameters(url))
    channel = connection.channel()
    channel.basic_qos(prefetch_count=4 * BATCH)
    rows: list[tuple[str, bytes]] = []
    taken = 0
    for method, _, body in channel.consume(queue, inactivity_timeout=0.005):
        if method is not None:
            rows.append(take(body))
            tag = method.delivery_tag
        if rows and (len(rows) >= BATCH or method is None):
            commit(rows)
            channel.basic_ack(tag, multiple=True)
            taken += len(rows)
            rows = []
            if taken >= count:
                break
    channel.cancel()
    connection.close()
