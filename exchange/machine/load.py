"""How busy a worker is, how crowded its machine, and how long it may let work gather because of that.

Each batch costs something whatever is in it. A worker that is idle for most of the time loses nothing by small ones:
what comes waits for nothing. One that has hardly a pause lets more gather, its batches grow, and it is less busy
again. Where there are not processors enough for all that is to be done, everyone lets more gather, busy or not: what
one saves is time for the others.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from exchange.clock import monotonic
from exchange.machine.crowding import crowding

_MEMORY = 0.5
"""Seconds after which what was counts for a third of what is."""

_IDLE, _CALM, _BUSY = 0.1, 0.3, 0.8
"""Shares of the time at work: below the second nothing is waited for, from the third on with all patience there is;
what nobody here waits for may take its time from the first on."""


_ROOMY, _CROWDED = 0.6, 0.75
"""Shares of the time of all processors that others take, likewise."""


class Load:
    """The share of the time that a worker has lately been at work. Noted by the worker, read from any thread."""

    def __init__(self, now: Callable[[], float] = monotonic, crowded: Callable[[], float] = crowding) -> None:
        """``crowded`` returns how crowded the machine is, from 0 to 1."""
        self._now = now
        self._crowded = crowded
        self._share = 0.0
        self._at = now()
        self._works = False
        self._lock = threading.Lock()

    @property
    def share(self) -> float:
        """Return the share of the time at work, from 0 to 1; what was longer ago counts for less."""
        with self._lock:
            return self._brought_up_to(self._now())

    @contextmanager
    def working(self) -> Iterator[None]:
        """Note that the worker is at work while this lasts."""
        self._turn(True)
        try:
            yield
        finally:
            self._turn(False)

    def patience(self, most: float, crowded: float = 0.0) -> float:
        """Return how many seconds work may gather: none for an idle worker, ``most`` for a busy one.

        On a crowded machine it is up to ``crowded``, if that is more.
        """
        usual = most * _between(self.share, _CALM, _BUSY) if most else 0.0
        return max(usual, crowded * _between(self._crowded(), _ROOMY, _CROWDED)) if crowded else usual

    def patience_for_others(self, most: float) -> float:
        """Return how many seconds, of ``most``, something may wait that nobody here waits for.

        None for an idle worker; all of it long before one has hardly a pause, and on a crowded machine.
        """
        own = _between(self.share, _IDLE, _CALM)
        return most * max(own, _between(self._crowded(), _ROOMY, _CROWDED))

    def _turn(self, works: bool) -> None:
        with self._lock:
            now = self._now()
            self._share, self._at, self._works = self._brought_up_to(now), now, works

    def _brought_up_to(self, now: float) -> float:
        kept = math.exp(-max(0.0, now - self._at) / _MEMORY)
        return self._share * kept + (1.0 - kept if self._works else 0.0)


def _between(value: float, none: float, all_of_it: float) -> float:
    """Which part of the way between two values a third one lies, from 0 to 1."""
    return min(1.0, max(0.0, (value - none) / (all_of_it - none)))
