"""Where strangers wait until their password is compared: threads of their own, a short queue, and a quick no beyond it.

Comparing a password takes all of a processor for a while, on purpose. In the threads that make pages it would keep
these from everybody; so it has a thread of its own, and one more for devices that an account has signed in from, which
wait behind no stranger. Whoever finds the queue full is told when to come again, before anything is hashed or written.
"""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import copy_context
from typing import TypeVar

from exchange.errors import CallerError
from exchange.machine.sources import source_of

T = TypeVar("T")

QUEUE, OF_ONE_SOURCE = 16, 4
"""Attempts that wait or are being looked at, in all and of one source."""
_COURTESY = 5
"""By how much these threads, and those in which a hash is reckoned for them, stand back for the ones that make pages:
where nobody else wants a processor, it costs nothing.
"""


class Crowded(CallerError):
    """No attempt is looked at now; ``seconds`` later the next may be. ``here``: not for what comes from this source."""

    code = "crowded"
    remedy = "try again in a moment"

    def __init__(self, seconds: int, *, here: bool) -> None:
        super().__init__("too many attempts to sign in at once")
        self.seconds, self.here = seconds, here


class Turnstile:
    """One queue. Safe to use from several threads and loops."""

    def __init__(self, name: str, queue: int = QUEUE, of_one_source: int = OF_ONE_SOURCE) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix=name, initializer=_give_way)
        self._queue, self._of_one_source = queue, of_one_source
        self._lock = threading.Lock()
        self._waiting: Counter[str] = Counter()

    async def run(self, place: str, do: Callable[[], T]) -> T:
        """Do something in its turn. Raises Crowded at once where there is no room to wait."""
        source = source_of(place)
        with self._lock:
            if self._waiting[source] >= self._of_one_source:
                raise Crowded(2, here=True)
            if self._waiting.total() >= self._queue:
                raise Crowded(5, here=False)
            self._waiting[source] += 1

        def turn() -> T:
            try:
                return do()
            finally:
                self._leave(source)

        return await asyncio.get_running_loop().run_in_executor(self._pool, copy_context().run, turn)

    def _leave(self, source: str) -> None:
        with self._lock:
            self._waiting[source] -= 1
            if not self._waiting[source]:
                del self._waiting[source]


def _give_way() -> None:
    """Linux has a priority for each thread, which those that it starts inherit; elsewhere nothing is changed."""
    if sys.platform == "linux":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), os.getpriority(os.PRIO_PROCESS, 0) + _COURTESY)
