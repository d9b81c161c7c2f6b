"""How busy a worker is, and how long it may let work gather because of that.

Each batch costs something whatever is in it. A worker that is idle for most of the time loses nothing by small ones:
what comes waits for nothing. One that has hardly a pause lets more gather, its batches grow, and it is less busy
again. Where several workers share a processor each is busy for longer, so that all of them give way.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from exchange.clock import monotonic

_MEMORY = 0.5
"""Seconds after which what was counts for a third of what is."""

_CALM, _BUSY = 0.3, 0.8
"""Shares of the time at work below which nothing is waited for, and from which on all the patience there is."""


class Load:
    """The share of the time that a worker has lately been at work. Noted by the worker, read from any thread."""

    def __init__(self, now: Callable[[], float] = monotonic) -> None:
        self._now = now
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

    def patience(self, most: float) -> float:
        """Return how many seconds, of ``most``, work may gather: none for an idle worker, all for a busy one."""
        return most * min(1.0, max(0.0, (self.share - _CALM) / (_BUSY - _CALM)))

    def _turn(self, works: bool) -> None:
        with self._lock:
            now = self._now()
            self._share, self._at, self._works = self._brought_up_to(now), now, works

    def _brought_up_to(self, now: float) -> float:
        kept = math.exp(-max(0.0, now - self._at) / _MEMORY)
        return self._share * kept + (1.0 - kept if self._works else 0.0)
