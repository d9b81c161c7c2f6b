"""Draining: a member finishes what it has in hand, takes in nothing new, and its process ends until it is released.

The wish is in the member's database, so that it outlives every process: whoever serves the member sees it within a
second, and whoever would start it again sees it too. What arrives meanwhile waits in its queue and has arrived then.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime

from exchange.clock import monotonic
from exchange.errors import Conflict, DatabaseUnavailable
from exchange.language import Text
from exchange.messaging.drains.records import DrainRow
from exchange.messaging.drains.store import Drains
from exchange.messaging.holds import Holds
from exchange.messaging.outbox import Outbox
from exchange.messaging.records import OutboxState
from exchange.messaging.rules.drain_states import DRAINS, DrainState
from exchange.messaging.rules.wording import check_reason
from exchange.runtime.peek import database_as_it_is
from exchange.runtime.settings import Settings
from exchange.store.journal import JournalEntry
from exchange.store.transaction import Store, Transaction

DRAINED_EXIT = 9
"""Exit code of a member's process that has ended because it was drained."""

_SURELY = 10.0
"""Seconds after which a served member's database is asked for a wish to drain, whatever its mark says."""

_LOOK_EVERY = 2.0
"""Seconds between two looks whether a drained member was released."""


@dataclass(frozen=True)
class Drain:
    """A member that is to be drained."""

    by: str
    at: str
    reason: str


@dataclass(frozen=True)
class Left:
    """What a drained member still has when its process ends. None of it is lost."""

    unsent: int
    """Copies that never went out."""
    unanswered: int
    """Copies that went out and whose receipt is not in; it waits in the queue."""
    at_rest: int
    """Copies that a hold keeps."""


def ask_drain(store: Store, by: str, reason: str, now: datetime) -> Drain:
    """Ask for a member to be drained; asked again, the first one stands. Raises CallerError without a reason."""
    check_reason(reason, "draining needs a reason", "say why: it is shown until the release")
    with store.transaction() as tx:
        before = tx[Drains].standing()
        if before is not None:
            return _wish(before)
        row = DrainRow(DrainState.ASKED, by, now, reason.strip())
        tx[Drains].ask(row)
        tx.journal([JournalEntry(now, "drain-asked", detail={"by": by})])
    return _wish(row)


def drained(store: Store) -> Drain | None:
    """Return the wish to drain that stands; None for a member that may be served."""
    with store.reading() as tx:
        found = drain_in(tx)
    return found[0] if found is not None else None


class DrainWatch:
    """Whether a member that is served is to be drained: its database is asked once something was committed there."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._mark: object | None = None
        self._asked_at = 0.0
        self._found = False

    def is_wanted(self) -> bool:
        """Return whether it is, as far as is known. A database that is away for a moment says nothing of that."""
        mark = self._store.mark()
        if mark is None or mark != self._mark or monotonic() - self._asked_at >= _SURELY:
            try:
                self._found = drained(self._store) is not None
                self._mark, self._asked_at = mark, monotonic()
            except DatabaseUnavailable:
                self._found = False
        return self._found


def wait_until_ended(store: Store, member: str, wait: float) -> bool:
    """Wait up to ``wait`` seconds until no process serves the member any more; returns whether that is so."""
    until = monotonic() + wait
    while store.is_served(member):
        if monotonic() >= until:
            return False
        time.sleep(0.1)
    return True


def drain_in(tx: Transaction) -> tuple[Drain, Left | None] | None:
    """Return the wish to drain that stands, with what was left when the member stopped, if it has."""
    row = tx[Drains].standing()
    return (_wish(row), _left(row)) if row is not None else None


def _wish(row: DrainRow) -> Drain:
    return Drain(row.asked_by, row.asked_at.isoformat(), row.reason)


def _left(row: DrainRow) -> Left | None:
    return Left(row.unsent or 0, row.unanswered or 0, row.at_rest or 0) if row.stopped_at is not None else None


def check_not_drained(store: Store, address: str) -> None:
    """Raise Conflict for a member that is not to be served before its release."""
    wish = drained(store)
    if wish is not None:
        remedy = Text("`exchange release {address}`, once the reason is over", {"address": address})
        raise Conflict(
            "{address} is drained by {by}: {reason}",
            code="drained",
            remedy=remedy,
            address=address,
            by=wish.by,
            reason=wish.reason,
        )


def is_drained(settings: Settings) -> Callable[[str], bool]:
    """Return a check of whether a member of this domain is drained, for whoever would start it again.

    The check gives False where that is not known.
    """

    def look(address: str) -> bool:
        try:
            with database_as_it_is(settings, address) as store:
                return drained(store) is not None
        except DatabaseUnavailable:
            return False

    return look


def wait_for_release(settings: Settings, address: str, stop: threading.Event) -> None:
    """Wait until a drained member may be served again, or was told to stop.

    Its database may be away meanwhile: that is no release.
    """
    while not stop.wait(_LOOK_EVERY):
        try:
            with database_as_it_is(settings, address) as store:
                if drained(store) is None:
                    return
        except DatabaseUnavailable:
            continue


def lift_drain(store: Store, by: str, now: datetime) -> bool:
    """Let the member be served again; returns False if it was not drained."""
    with store.transaction() as tx:
        if not tx[Drains].move(DRAINS.before(DrainState.LIFTED), DrainState.LIFTED, lifted_by=by, lifted_at=now):
            return False
        tx.journal([JournalEntry(now, "drain-lifted", detail={"by": by})])
    return True


def what_is_left(store: Store) -> Left:
    """Return what stands in a member's outbox now."""
    with store.reading() as tx:
        resting = sum(tx[Holds].resting().values())
        unsent, counts = tx[Outbox].unsent(), tx[Outbox].counts()
    waiting = counts.get(OutboxState.WRITTEN, 0) + counts.get(OutboxState.SENT, 0)
    return Left(unsent, waiting - unsent - resting, resting)


def note_left(store: Store, now: datetime) -> Left:
    """Record that the member has stopped, and what was left then."""
    left = what_is_left(store)
    with store.transaction() as tx:
        tx[Drains].move({DrainState.ASKED}, DrainState.STOPPED, stopped_at=now, **asdict(left))
        tx.journal([JournalEntry(now, "drained", detail=asdict(left))])
    return left


def left_when_stopped(store: Store) -> Left | None:
    """Return what was left when the member stopped; None while it has not."""
    with store.reading() as tx:
        found = drain_in(tx)
    return found[1] if found is not None else None
