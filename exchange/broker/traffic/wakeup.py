"""How the connection's thread wakes the worker: not for every message, only when enough have come."""

from __future__ import annotations

import threading
from collections.abc import Callable


class Wakeup:
    """A worker waits until something is there at all, or until a group is full or its time is up."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self._enough = 1

    def arrived(self, count: int) -> None:
        """Note that a queue holds ``count`` deliveries now, and wake the worker if they are enough."""
        if count >= self._enough and not self._event.is_set():
            self._event.set()

    def interrupt(self) -> None:
        """Interrupt the worker, whatever it waits for."""
        self._event.set()

    def wait(self, count: Callable[[], int], enough: int, seconds: float | None) -> None:
        """Wait until ``count()`` has reached ``enough``, an interruption, or ``seconds`` have passed."""
        self._enough = enough
        self._event.clear()
        if count() < enough:  # looked at after clearing, so that nothing that came in between is slept over
            self._event.wait(seconds)
        self._enough = 1
