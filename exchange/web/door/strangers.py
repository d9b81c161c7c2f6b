"""What strangers do, in the audit log: the first few times one by one, then summed, so that nobody can fill the log."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from exchange.clock import monotonic
from exchange.machine.sources import source_of

WINDOW = 600.0
"""Seconds over which is summed."""
OF_ONE_SOURCE, OF_ALL = 20, 200
"""Entries of their own within a window."""


@dataclass(frozen=True)
class Sum:
    """What was not written one by one."""

    action: str
    outcome: str
    times: int
    sources: int

    def __str__(self) -> str:
        return f"{self.times} more of {self.sources} sources within {WINDOW / 60:.0f} min"


class Strangers:
    """Decides what is written. Safe to use from several threads."""

    def __init__(self, time: Callable[[], float] = monotonic) -> None:
        self._time = time
        self._lock = threading.Lock()
        self._since = time()
        self._written: Counter[str] = Counter()
        self._summed: Counter[tuple[str, str]] = Counter()
        self._sources: dict[tuple[str, str], set[str]] = {}

    def single(self, place: str, action: str, outcome: str) -> bool:
        """Return whether this is to be written by itself; else it is summed."""
        source, kind = source_of(place), (action, outcome)
        with self._lock:
            if self._written[source] < OF_ONE_SOURCE and self._written.total() < OF_ALL:
                self._written[source] += 1
                return True
            self._summed[kind] += 1
            sources = self._sources.setdefault(kind, set())
            if len(sources) < 10_000:
                sources.add(source)
            return False

    def due(self, *, ended: bool = False) -> list[Sum]:
        """Return the sums of a window that is over, each once; or, when all has ``ended``, of the present one."""
        with self._lock:
            if not ended and self._time() - self._since < WINDOW:
                return []
            found = [Sum(*kind, times, len(self._sources[kind])) for kind, times in self._summed.items()]
            self._since = self._time()
            self._written.clear()
            self._summed.clear()
            self._sources.clear()
            return found
