"""Keeping up: does a consumer read at once what its broker has for it, and if not, since when does it not?

A broker hands over what reaches a queue at once, to a consumer that reads and has room. What is read by one that was
stopped (SIGSTOP, a host without processor time), or had as many deliveries in hand as it may have, may have reached the
queue at any time since: without the broker's stamp nobody knows more. Pure: moments, in seconds of a monotonic clock,
are handed in by the connection's thread.
"""

from __future__ import annotations

from dataclasses import dataclass

TICK = 0.2
"""Seconds between two signs that the connection's thread runs."""
STOPPED = 0.35
"""Seconds without such a sign after which it counts as having been stopped since the last one."""
_CALM = 2
"""Signs in a row, each in time and with room, after which everything from before has been read."""


@dataclass(frozen=True)
class ReadSpan:
    """Between which moments a delivery reached its queue: it was there when it was read, by ``read``."""

    since: float
    read: float


class KeepingUp:
    """What is known of one lane's reading; it begins to consume at ``now``."""

    def __init__(self, now: float) -> None:
        self._seen = now
        self._behind: float | None = None
        self._calm = 0

    def tick(self, now: float, has_room: bool) -> None:
        """Note that the connection's thread runs; ``has_room``: the broker may hand over more."""
        stopped = self._look(now)
        if not has_room:
            self.crowded(now)
        elif not stopped and self._behind is not None:
            self._calm += 1
            if self._calm >= _CALM:
                self._behind = None
        self._seen = now

    def crowded(self, now: float) -> None:
        """Note that the broker may hand over no more until something is acknowledged."""
        self._fall_behind(now)

    def reading(self, now: float) -> ReadSpan:
        """Return since when what is read now may have been there."""
        self._look(now)
        return ReadSpan(now if self._behind is None else self._behind, now)

    def _look(self, now: float) -> bool:
        """Whether the thread was stopped since it was last seen."""
        stopped = now - self._seen > STOPPED
        if stopped:
            self._fall_behind(self._seen)
        return stopped

    def _fall_behind(self, since: float) -> None:
        self._calm = 0
        if self._behind is None:
            self._behind = since
