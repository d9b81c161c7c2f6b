"""How often a member asks what is due: as often as it is woken, but never for more than a small share of its time.

Most rounds of periodic work only ask whether anything has come due, and mostly nothing has. A member that takes in
hundreds of messages a second is woken as often; asking each time would cost more than some of the work itself.
"""

from __future__ import annotations

from collections.abc import Callable

from exchange.clock import monotonic

_REST_FOR = 20
"""What a look took, so many times, it is followed by a rest."""
_REST_MOST = 0.5
"""Seconds of such a rest, at most."""


class Pace:
    """When the next look is worth its cost. For one thread."""

    def __init__(self, now: Callable[[], float] = monotonic) -> None:
        self._now = now
        self._rests_until = 0.0

    @property
    def rest(self) -> float:
        """Return the seconds until the next look; none once it may be taken."""
        return max(0.0, self._rests_until - self._now())

    def look(self, work: Callable[[], None]) -> None:
        """Do the work of a look, and rest by what it took."""
        began = self._now()
        work()
        ended = self._now()
        self._rests_until = ended + min(_REST_MOST, _REST_FOR * (ended - began))
