"""How long to wait before trying a broker again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from secrets import SystemRandom


@dataclass
class Pause:
    """Seconds, doubling from ``first`` to ``most`` until `reset`; each shortened by chance to at least the half.

    The chance keeps the members of a domain from coming back to a restarted broker all at once.
    """

    first: float = 0.25
    most: float = 15.0
    chance: Callable[[], float] = SystemRandom().random
    _tries: int = 0

    def next(self) -> float:
        """Return the wait before the next try."""
        whole = min(self.most, self.first * 2.0 ** min(self._tries, 30))
        self._tries += 1
        return whole * (0.5 + 0.5 * self.chance())

    def reset(self) -> None:
        """Begin anew, after a try that worked."""
        self._tries = 0
