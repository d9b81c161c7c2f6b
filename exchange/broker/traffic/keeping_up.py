"""Keeping up: since when may have waited what a consumer reads, and by when has it dealt with all that had come?

A broker hands over what reaches a queue at once, to a consumer that reads and has room. What is read by one that was
stopped (SIGSTOP, a host without processor time), that had no channel, or had as many deliveries in hand as it may have,
may have reached the queue at any time since: without the broker's stamp nobody knows more. Nor does a consumer see that
its broker cannot hand over: a node that stands still, or a queue between two leaders. Where the moment of arrival
decides, the queue is asked how it stands, and what is read came after the last answer. Pure: moments, in seconds of a
monotonic clock, are handed in by the connection's thread.
"""

from __future__ import annotations

from collections import deque
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

    since: float | None
    """None where it may have waited from before its consumer began."""
    read: float


@dataclass
class _Question:
    """When a queue was asked, and how many of those that waited in it then are still to be read, at most."""

    asked: float
    ahead: int


class KeepingUp:
    """What is known of one lane's reading, on all its channels, from ``now`` on. It begins with all from before unread.

    ``asks``: the queue is asked how it stands, and what is known rests on its answers alone.
    """

    def __init__(self, now: float, asks: bool = False) -> None:
        self._asks = asks
        self._seen = now
        self._behind = True
        self._since: float | None = None
        """The last moment by which all that had come was read, while it is behind, or asks; None before the first."""
        self._answer: _Question | None = None
        """The last answer: what was already under way to this channel may come behind it."""
        self._counted: _Question | None = None
        """One before it, from whose answer on what is read is counted."""
        self._calm = 0
        self._in_hand: deque[tuple[int, float | None]] = deque()
        """Tags that are not acknowledged, each with the moment since when it may have waited."""

    def tick(self, now: float, has_room: bool) -> None:
        """Note that the connection's thread runs; ``has_room``: the broker may hand over more."""
        stopped = self._look(now)
        if not has_room:
            self.crowded(now)
        elif not stopped and self._behind:
            self._calm += 1
            if self._calm >= _CALM:
                self._behind = False
        self._seen = now

    def crowded(self, now: float) -> None:
        """Note that the broker may hand over no more until something is acknowledged."""
        self._fall_behind(now)

    def answered(self, asked: float, waiting: int) -> None:
        """Note that the queue, asked at that moment, had so many waiting.

        A node answers before it passes on what it was handed meanwhile for this channel, so that the next answer alone
        tells that this has come; until then nothing is counted.
        """
        if not self._asks:
            return
        if self._answer is not None and (self._counted is None or self._answer.ahead <= self._counted.ahead):
            self._counted = self._answer
        self._answer = _Question(asked, waiting)
        self._settle()

    def lost(self) -> None:
        """Note that nothing is consumed any more: what was in hand comes again, on another channel."""
        self._since, self._behind, self._calm = self.done_until, True, 0
        self._in_hand.clear()
        self._answer = self._counted = None

    def reading(self, now: float, tag: int, again: bool = False) -> ReadSpan:
        """Return since when what is read now, under its ``tag``, may have been there; ``again``: it was handed out
        before, and may not have been among those that were counted.
        """
        self._look(now)
        since = self._read_until(now)
        self._in_hand.append((tag, since))
        if self._counted is not None and not again:
            self._counted.ahead -= 1
            self._settle()
        return ReadSpan(since, now)

    def acknowledged(self, tag: int) -> None:
        """Note that everything up to a tag is dealt with for good."""
        while self._in_hand and self._in_hand[0][0] <= tag:
            self._in_hand.popleft()

    @property
    def done_until(self) -> float | None:
        """By when all that had come is dealt with for good; None where nothing is known."""
        return self._in_hand[0][1] if self._in_hand else self._read_until(self._seen)

    def _settle(self) -> None:
        if self._counted is not None and self._counted.ahead <= 0:
            self._since, self._counted = self._counted.asked, None

    def _read_until(self, now: float) -> float | None:
        return self._since if self._asks or self._behind else now

    def _look(self, now: float) -> bool:
        """Whether the thread was stopped since it was last seen."""
        stopped = now - self._seen > STOPPED
        if stopped:
            self._fall_behind(self._seen)
        return stopped

    def _fall_behind(self, since: float) -> None:
        self._calm = 0
        if not self._behind:
            self._behind = True
            if not self._asks:
                self._since = since
