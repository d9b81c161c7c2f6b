"""The receiver's database: every message id once, with what was signed, durable before anything is acknowledged."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import closing

from benchmarks.peers.letters import Opener
from benchmarks.peers.plan import Plan

_PRAGMAS = ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "PRAGMA busy_timeout=30000")
_TABLE = "CREATE TABLE IF NOT EXISTS taken (id TEXT PRIMARY KEY, signed BLOB NOT NULL)"

Take = Callable[..., None]
"""Opens sealed documents, any number, and commits them in one transaction; those that are there already are left out.

Threads may call it, and processes forked since."""


class Ledger:
    """One connection a process, used by one thread at a time."""

    def __init__(self, plan: Plan) -> None:
        self._path, self._noted = plan.ledger, plan.commits
        self._lock = threading.Lock()
        self._process = 0
        self._open().close()

    def _open(self) -> sqlite3.Connection:
        database = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False)
        for statement in (*_PRAGMAS, _TABLE):
            database.execute(statement)
        return database

    def commit(self, rows: Sequence[tuple[str, bytes]]) -> None:
        """Add what is new; then note, for the benchmark, that it is committed."""
        with self._lock:
            if self._process != os.getpid():
                self._process, self._database = os.getpid(), self._open()
                self._notes = os.open(self._noted, os.O_CREAT | os.O_APPEND | os.O_WRONLY)
            self._database.execute("BEGIN IMMEDIATE")
            self._database.executemany("INSERT OR IGNORE INTO taken VALUES (?, ?)", rows)
            self._database.execute("COMMIT")
            now = time.monotonic()
            os.write(self._notes, "".join(f"{name} {now}\n" for name, _ in rows).encode())


def rows(plan: Plan) -> int:
    """How many documents the receiver has."""
    with closing(sqlite3.connect(plan.ledger)) as database:
        return int(database.execute("SELECT count(*) FROM taken").fetchone()[0])


def taking(plan: Plan) -> Take:
    """What a receiver does with what has come."""
    opener, ledger = Opener(plan), Ledger(plan)

    def take(*sealed: bytes) -> None:
        ledger.commit([opener.open(one) for one in sealed])

    return take
