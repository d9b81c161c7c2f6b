"""How crowded the machine is: what share of its processors' time others take.

Linux counts it for the whole machine (`/proc/stat`). What runs at a lower priority gives way and counts as idle, and
what this process takes itself crowds nobody out here. Where the system does not tell, no machine is crowded.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable

from exchange.clock import monotonic

_EVERY = 0.2
"""Seconds between two looks at what the system counts."""

_KEPT = 0.7
"""How much of what was counts beside what has come since."""

_TICKS = os.sysconf("SC_CLK_TCK")
"""In which Linux counts, a second."""

Counted = tuple[float, float]
"""For how long others took processors, and for how long nobody did or this process, in any unit."""


class Crowding:
    """The share of the processors' time that others took lately. Safe from any thread."""

    def __init__(self, counted: Callable[[], Counted | None], now: Callable[[], float] = monotonic) -> None:
        self._counted = counted
        self._now = now
        self._before = counted()
        self._at = now()
        self._taken = self._idle = 0.0
        self._lock = threading.Lock()

    @property
    def share(self) -> float:
        """Return the share, from 0 to 1; what was longer ago counts for less."""
        if self._now() - self._at >= _EVERY and self._lock.acquire(blocking=False):
            try:
                self._look()
            finally:
                self._lock.release()
        taken, idle = self._taken, self._idle
        return taken / (taken + idle) if taken else 0.0

    def _look(self) -> None:
        before, now = self._before, self._counted()
        if before is not None and now is not None and now[0] + now[1] > before[0] + before[1]:
            kept = _KEPT if self._now() - self._at < 2 * _EVERY else 0.0  # nobody has asked for a while
            self._taken = kept * self._taken + max(0.0, now[0] - before[0])
            self._idle = kept * self._idle + max(0.0, now[1] - before[1])
        self._before, self._at = now, self._now()


def counted_here() -> Counted | None:
    """Return what the system has counted since it started; None where it does not tell."""
    try:
        with open("/proc/stat", "rb") as file:
            told = [int(number) for number in file.readline().split()[1:9]]
    except (OSError, ValueError):
        return None
    if len(told) < 8:
        return None
    user, nice, system, idle, waiting, hard, soft, stolen = told
    own = time.process_time() * _TICKS
    return user + system + hard + soft + stolen - own, nice + idle + waiting + own


_here: Crowding | None = None


def crowding() -> float:
    """Return how crowded this machine is, from 0 to 1."""
    global _here
    if _here is None:
        _here = Crowding(counted_here)
    return _here.share
