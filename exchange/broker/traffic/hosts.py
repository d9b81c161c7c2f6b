"""Which of a broker's hosts to try next, and when: each that failed rests by itself, a dead one costs little."""

from __future__ import annotations

from collections.abc import Callable
from secrets import SystemRandom

from exchange.broker.traffic.pause import Pause
from exchange.clock import monotonic

_chance = SystemRandom().random

MOVE_AFTER = 0.5
"""Seconds before a connection that lost its host goes to the next: a channel that publishes to a queue before it has
elected another leader is refused for as long as the old one is away (seen on RabbitMQ 3.10)."""

MOVE_WITHIN = 0.5
"""Further seconds, by chance: all that lost a host do not come to the next at once."""


class HostTurns:
    """Whose turn it is of ``count`` hosts. A connection stays with the one that serves it, and begins with any.

    A host that failed is tried again after a pause of its own, which doubles (`Pause`); meanwhile the others are.
    """

    def __init__(
        self,
        count: int,
        *,
        clock: Callable[[], float] = monotonic,
        chance: Callable[[], float] = _chance,
    ) -> None:
        self._pauses = [Pause(chance=chance) for _ in range(count)]
        self._again_at = [clock()] * count
        self._clock = clock
        self._chance = chance
        self.at = int(chance() * count) % count
        """The host to try, or the one that serves, by its place."""

    def served(self) -> None:
        """Note that the host serves: its next failure begins with a short pause again."""
        self._pauses[self.at].reset()

    def failed(self) -> float:
        """Note that the host was lost, go to the one that has rested longest, and return the seconds to wait for it."""
        now, count = self._clock(), len(self._pauses)
        self._again_at[self.at] = now + self._pauses[self.at].next()
        following = [(self.at + step) % count for step in range(1, count + 1)]
        self.at = min(following, key=lambda place: max(now, self._again_at[place]))
        wait = self._again_at[self.at] - now
        return max(wait, MOVE_AFTER + MOVE_WITHIN * self._chance()) if count > 1 else wait
