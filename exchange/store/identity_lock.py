"""One identity, one process: two that serve the same member would fight for its queue and its keys.

A claim is two things. A lock keeps a second process out: a file beside an SQLite database, a session's advisory lock on
PostgreSQL. Locks are lost without a word (the server restarts or fails over, somebody deletes the file), so the claim
is watched, and taken anew at once where nobody has come in between. And a mark in the database names the last process
that claimed it: every step that writes reads it, so that whoever was overtaken can commit nothing more.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, bindparam, insert, select, update

from exchange.clock import RealClock
from exchange.errors import DatabaseUnavailable, ExchangeError, IdentityInUse, IdentityLost
from exchange.machine.crew import Loop
from exchange.machine.logger import get_logger
from exchange.store.engine import writing
from exchange.store.faults import translated
from exchange.store.locks import FileHold, HeldLock
from exchange.store.session_lock import SessionHold
from exchange.store.tables import meta
from exchange.store.who_serves import SERVED_BY, serving_here

log = get_logger()

WATCHED_EVERY = 1.0
"""Seconds between two looks at whether the lock is still held."""

_KEY = "claim"
_MARK = select(meta.c.value).where(meta.c.key == _KEY)
_SET = update(meta).where(meta.c.key == bindparam("at")).values(value=bindparam("to"))
_ADD = insert(meta)


class Claim:
    """An identity that this process holds, for as long as it does."""

    def __init__(self, engine: Engine, address: str, *, standby: bool = False) -> None:
        """``standby`` tells others that this process, or one in its place, stands by whenever it does not serve."""
        self._engine = engine
        self._address = address
        self._standby = standby
        self._mark = secrets.token_hex(16)
        self._hold = lock_of(engine, address)
        self._turn = threading.Lock()
        self._ended = threading.Event()
        self._watcher = Loop(f"{address}:claim", self._watch, lambda: self._ended.is_set() or self.lost is not None)
        self.lost: ExchangeError | None = None
        """Why this process holds it no more, for good."""
        self.on_lost: Callable[[], None] = lambda: None
        """Called once, from another thread, when that is so."""

    def take(self, *, patient: bool = True) -> None:
        """Take the identity; ``patient`` waits a moment for a process that was just killed.

        Raises IdentityInUse or DatabaseUnavailable.
        """
        if not self._hold.take(patient=patient):
            raise IdentityInUse("{address} is being served by another process", address=self._address)
        try:
            with translated(self._engine), writing(self._engine) as connection, connection.begin():
                for key, value in ((_KEY, self._mark), (SERVED_BY, self._noted())):
                    if not connection.execute(_SET, {"at": key, "to": value}).rowcount:
                        connection.execute(_ADD, {"key": key, "value": value})
        except BaseException:
            self._hold.release()
            raise
        self._hold.beat()
        self._watcher.start()

    @property
    def lock(self) -> HeldLock:
        """The lock alone, for whoever waits for it."""
        return self._hold

    def _noted(self) -> str:
        return serving_here(RealClock().now(), standby=self._standby).written()

    def release(self) -> None:
        """Let others serve the identity."""
        self._ended.set()
        self._watcher.join(5)
        self._hold.release()

    def check_kept(self) -> None:
        """Raise why this process holds it no more, where that is so, as far as is known."""
        if self.lost is not None:
            raise self.lost

    def check(self, connection: Connection) -> None:
        """Check within a step, before it writes, that the identity is still held. Raises IdentityLost, or DatabaseLost
        where the file is another one.
        """
        if self.lost is None:
            try:
                if not self._hold.is_held_on(connection):
                    self._take_anew(connection)
                if not self._marked(connection):
                    raise self._overtaken()
            except (IdentityLost, DatabaseUnavailable) as error:
                self._give_up_if_final(error)
                raise
        self.check_kept()

    def _take_anew(self, connection: Connection | None) -> None:
        with self._turn:
            if self._hold.is_held_on(connection) if connection is not None else self._hold.is_alive():
                return
            if not self._hold.take(patient=False):
                raise self._kept_out(connection)
            log.warning("claim.renewed", node=self._address)
            if connection is not None and not self._hold.is_held_on(connection):
                raise DatabaseUnavailable(
                    "this connection leads to another database server than the one where the identity is held",
                    remedy="let EXCHANGE_DATABASE_URL lead to one server at a time: the one that can be written",
                )

    def _watch(self) -> None:
        while not self._ended.wait(WATCHED_EVERY) and self.lost is None:
            try:
                if not self._hold.is_alive():
                    self._take_anew(None)
                self._hold.beat()
            except (IdentityLost, DatabaseUnavailable) as error:
                self._give_up_if_final(error)
            except Exception:
                log.exception("claim.watch", node=self._address)

    def _give_up_if_final(self, error: ExchangeError) -> None:
        """A database that is away comes back; an identity that another process has does not."""
        if type(error) is DatabaseUnavailable or self.lost is not None:
            return
        self.lost = error
        log.error("claim.lost", node=self._address, code=error.code, reason=str(error))
        threading.Thread(target=self.on_lost, name=f"{self._address}:lost", daemon=True).start()

    def _kept_out(self, connection: Connection | None) -> DatabaseUnavailable:
        """The mark says whether who has the lock has claimed the identity, or is only looking, or about to claim it."""
        if self._marked(connection):
            return DatabaseUnavailable(
                "the lock of {address} is not free yet", remedy="nothing: it is tried again", address=self._address
            )
        return self._overtaken()

    def _marked(self, connection: Connection | None) -> bool:
        if connection is not None:
            return connection.scalar(_MARK) == self._mark
        with translated(self._engine), self._engine.connect() as other:
            return other.scalar(_MARK) == self._mark

    def _overtaken(self) -> IdentityLost:
        return IdentityLost(
            "{address} is being served by another process, which came in when the lock was lost", address=self._address
        )


@contextmanager
def claim(engine: Engine, address: str, wait: Callable[[Claim], None] | None = None) -> Iterator[Claim]:
    """Hold the identity while the block runs; freed by the system if the process dies.

    ``wait`` takes it as soon as it may be had. Raises IdentityInUse, DatabaseUnavailable or FileUnusable.
    """
    found = Claim(engine, address, standby=wait is not None)
    if wait is None:
        found.take()
    else:
        wait(found)
    try:
        yield found
    finally:
        found.release()


def is_served(engine: Engine, address: str) -> bool:
    """Return whether a process holds the identity; overtakes nobody."""
    return lock_of(engine, address).is_taken()


def check_idle(engine: Engine, address: str | None) -> None:
    """Raise DatabaseUnavailable where a process serves the member: an earlier release's must not lose its tables."""
    if address is not None and is_served(engine, address):
        raise DatabaseUnavailable(
            "{address} is served by an earlier release",
            remedy="end its process first (`exchange drain {address}` by that release), or give commands by that",
            address=address,
        )


def lock_of(engine: Engine, address: str) -> HeldLock:
    """Return the lock of a member's identity, which nobody has taken here."""
    return FileHold(engine) if engine.dialect.name == "sqlite" else SessionHold(engine, address)
