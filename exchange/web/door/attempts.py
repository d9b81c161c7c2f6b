"""How many failed attempts are looked at: few from one place with one token, more from one place with any."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable

from exchange.clock import monotonic
from exchange.errors import TooManyRequests
from exchange.machine.sources import source_of

SECONDS = 60.0
OF_ONE_TOKEN, OF_ONE_PLACE = 10, 100
"""Failures within a minute. One token that is over on a shared gateway must not lock out the others behind it."""
_MOST = 4096
"""Places remembered; the oldest are forgotten first."""


class Attempts:
    """Counts failures in windows of a minute, or of other ``seconds``. Safe from several threads."""

    def __init__(
        self,
        time: Callable[[], float] = monotonic,
        of_one_token: int = OF_ONE_TOKEN,
        of_one_place: int = OF_ONE_PLACE,
        seconds: float = SECONDS,
    ) -> None:
        self._time, self._seconds = time, seconds
        self._of_one_token, self._of_one_place = of_one_token, of_one_place
        self._lock = threading.Lock()
        self._counted: OrderedDict[tuple[str, str], tuple[float, int]] = OrderedDict()

    def check(self, place: str, token_id: str = "") -> None:
        """Raise TooManyRequests when the next attempt is not to be looked at."""
        source = source_of(place)
        with self._lock:
            for key, most in (((source, token_id), self._of_one_token), ((source, ""), self._of_one_place)):
                since, count = self._counted.get(key, (0.0, 0))
                left = since + self._seconds - self._time()
                if count >= most and left > 0:
                    error = TooManyRequests("too many failed attempts from here")
                    error.seconds = int(left) + 1
                    raise error

    def failed(self, place: str, token_id: str = "") -> None:
        """Count one failed attempt."""
        source = source_of(place)
        with self._lock:
            for key in dict.fromkeys(((source, token_id), (source, ""))):
                since, count = self._counted.pop(key, (self._time(), 0))
                fresh = since + self._seconds <= self._time()
                self._counted[key] = (self._time(), 1) if fresh else (since, count + 1)
            while len(self._counted) > _MOST:
                self._counted.popitem(last=False)

    def forgive(self, place: str, token_id: str = "") -> None:
        """Take back one attempt that was counted and has not failed."""
        source = source_of(place)
        with self._lock:
            for key in dict.fromkeys(((source, token_id), (source, ""))):
                since, count = self._counted.get(key, (0.0, 0))
                if count:
                    self._counted[key] = (since, count - 1)
