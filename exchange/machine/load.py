"""How busy a worker is, how crowded its machine, and how long it may let work gather because of that.

Each batch costs something whatever is in it. A worker that is idle for most of the time loses nothing by small ones:
what comes waits for nothing. One that has hardly a pause lets more gather, its batches grow, and it is less busy
again. Where there are not processors enough for all that is to be done, a worker is seldom given one when it has
work: then everyone lets more gather, busy or not, for what one saves is time for the others.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from exchange.clock import monotonic

_MEMORY = 0.5
"""Seconds after which what was counts for a third of what is."""

_CALM, _BUSY = 0.3, 0.8
"""Shares of the time at work below which nothing is waited for, and from which on all the patience there is."""

_ROOMY, _CROWDED = 0.45, 0.7
"""Shares of the time at work without a processor, likewise; short of the first it is the disk's, or another thread's of
this process."""

_LITTLE = 0.005
"""Of the time lately, so much was at least at work, or nothing can be said of it."""


class Load:
    """What share of the time a worker has lately been at work, and how much of that without a processor.

    Noted by the worker, read from any thread.
    """

    def __init__(self, now: Callable[[], float] = monotonic, ran: Callable[[], float] = time.thread_time) -> None:
        """``ran`` returns the seconds for which the present thread has had a processor."""
        self._now = now
        self._ran = ran
        self._share = 0.0
        self._served = 0.0
        """The share of the time with a processor, of what is over."""
        self._at = now()
        self._works = False
        self._lock = threading.Lock()

    @property
    def share(self) -> float:
        """Return the share of the time at work, from 0 to 1; what was longer ago counts for less."""
        with self._lock:
            return self._brought_up_to(self._now())

    @property
    def crowding(self) -> float:
        """Return the share of the time at work for which it had no processor, from 0 to 1, of what is over."""
        with self._lock:
            lately = self._works or self._brought_up_to(self._now()) > _LITTLE
            return max(0.0, 1.0 - self._served / self._share) if lately and self._share > _LITTLE else 0.0

    @contextmanager
    def working(self) -> Iterator[None]:
        """Note that the worker is at work while this lasts."""
        self._turn(True)
        ran = self._ran()
        try:
            yield
        finally:
            self._turn(False, self._ran() - ran)

    def patience(self, most: float, crowded: float = 0.0) -> float:
        """Return how many seconds work may gather: none for an idle worker, ``most`` for a busy one.

        On a crowded machine it is up to ``crowded``, if that is more.
        """
        usual = most * _between(self.share, _CALM, _BUSY)
        return max(usual, crowded * _between(self.crowding, _ROOMY, _CROWDED)) if crowded else usual

    def _turn(self, works: bool, ran: float = 0.0) -> None:
        with self._lock:
            now = self._now()
            since = max(0.0, now - self._at)
            self._share, served = self._brought_up_to(now), self._served * math.exp(-since / _MEMORY)
            # as if it had been evenly spread over the time since
            self._served = served + (ran / since * (1.0 - math.exp(-since / _MEMORY)) if since > 0.0 else 0.0)
            self._at, self._works = now, works

    def _brought_up_to(self, now: float) -> float:
        kept = math.exp(-max(0.0, now - self._at) / _MEMORY)
        return self._share * kept + (1.0 - kept if self._works else 0.0)


def _between(value: float, none: float, all_of_it: float) -> float:
    """Which part of the way between two values a third one lies, from 0 to 1."""
    return min(1.0, max(0.0, (value - none) / (all_of_it - none)))
