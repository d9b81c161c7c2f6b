"""Looks at the domain every few seconds and remembers the last hour, in bounded memory, for charts and projections."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING

from exchange.errors import ExchangeError, OperatorError
from exchange.machine.crew import Loop
from exchange.machine.logger import get_logger
from exchange.operations.health.chart import HOUR
from exchange.operations.health.snapshot import Snapshot
from exchange.operations.health.snapshots import SnapshotTaker

if TYPE_CHECKING:
    from exchange.operations.domain_view import DomainView

log = get_logger()

EVERY = 5.0
"""Seconds between looks: as often as RabbitMQ renews its own figures."""

KEPT = int(HOUR / EVERY)
"""Looks that are remembered."""

MOST_QUEUES = 2_000
"""Queues of which an hour is remembered; those beyond are shown without one."""

PROJECTED_FROM = 600.0
"""Seconds of the past that a projection goes by: longer ones answer a change too late."""


class History:
    """The depths of queues within the last hour. Safe to share between threads."""

    def __init__(self, kept: int = KEPT, most: int = MOST_QUEUES) -> None:
        self._kept = kept
        self._most = most
        self._depths: dict[str, deque[tuple[float, float]]] = {}
        self._lock = threading.Lock()

    def add(self, snapshot: Snapshot) -> None:
        """Take in a snapshot; queues that are gone are forgotten, as is what is not known."""
        if snapshot.broker is None or not snapshot.broker.queues_told:
            return
        with self._lock:
            for name in self._depths.keys() - {queue.name for queue in snapshot.broker.queues}:
                del self._depths[name]
            for queue in snapshot.broker.queues:
                if queue.depth is not None and (queue.name in self._depths or len(self._depths) < self._most):
                    points = self._depths.setdefault(queue.name, deque(maxlen=self._kept))
                    points.append((snapshot.mono, float(queue.depth)))

    def points(self, queue: str, since: float = 0.0) -> Sequence[tuple[float, float]]:
        """Return seconds (`exchange.clock.monotonic`) and messages, from ``since`` on, in order of time."""
        with self._lock:
            return [point for point in self._depths.get(queue, ()) if point[0] >= since]


class Sampler:
    """One thread that looks; pages read what it saw last and never wait for the broker themselves."""

    def __init__(self, view: DomainView, every: float = EVERY) -> None:
        self._taker = SnapshotTaker(view)
        self._every = every
        self.history = History()
        self._latest: Snapshot | None = None
        self._trouble: ExchangeError | None = None
        self._looked = threading.Condition()
        self._stop = threading.Event()
        self._thread: Loop | None = None

    def start(self) -> None:
        """Begin to take snapshots, unless it does already."""
        with self._looked:
            if self._thread is None and not self._stop.is_set():
                self._thread = Loop("sampler", self._run, self._stop.is_set)
                self._thread.start()

    def latest(self, patience: float = 10.0) -> Snapshot:
        """Return the latest snapshot; the first time, wait for it, ``patience`` seconds at most.

        Raises BadConfiguration where the departments cannot be read, OperatorError when the first takes longer.
        """
        self.start()
        with self._looked:
            self._looked.wait_for(lambda: self._latest or self._trouble, patience)
            if self._trouble is not None:
                raise self._trouble
            if self._latest is None:
                raise OperatorError("the first look at the domain is still under way", remedy="wait a moment")
            return self._latest

    def close(self) -> None:
        """End the thread, without waiting for a database that does not answer."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(1.0)
        self._taker.close()

    def _run(self) -> None:
        while not self._stop.is_set():
            self.look_now()
            self._stop.wait(self._every)

    def look_now(self) -> None:
        """Take one snapshot and keep it with the others."""
        snapshot: Snapshot | None = None
        trouble: ExchangeError | None = None
        try:
            snapshot = self._taker.take()
            self.history.add(snapshot)
        except ExchangeError as error:
            trouble = error
        except Exception:
            if self._stop.is_set():
                return
            log.exception("snapshot.failed")  # the next snapshot may succeed; pages show how old the last one is
            trouble = OperatorError("the last look at the domain failed", remedy="see the console's log")
        with self._looked:
            self._latest, self._trouble = snapshot or self._latest, trouble
            self._looked.notify_all()


def sampler_of(view: DomainView) -> Sampler:
    """Return the sampler of a domain view, made by the first who asks; it begins with the first question."""
    found = view.kept_once("sampler", lambda: Sampler(view))
    assert isinstance(found, Sampler)  # noqa: S101
    return found
