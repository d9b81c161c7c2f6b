"""What goes on beside the faults: a few things that are looked at again and again, each in a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial

from exchange.errors import ExchangeError
from exchange.machine.crew import Loop
from exchange.machine.logger import get_logger

log = get_logger()

Look = Callable[[], None]


class Loops:
    """Runs each look every so many seconds until told to stop. The first error that one raises is kept for `check`."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._threads: list[Loop] = []
        self._failed: Exception | None = None

    def add(self, name: str, look: Look, every: float) -> None:
        """Start one."""
        thread = Loop(f"prove:{name}", partial(self._run, look, every), self._stop.is_set)
        self._threads.append(thread)
        thread.start()

    def _run(self, look: Look, every: float) -> None:
        while not self._stop.wait(every):
            try:
                look()
            except (ExchangeError, OSError, ValueError, LookupError) as error:
                log.error("prove.loop", reason=f"{type(error).__name__}: {error}")
                self._failed = self._failed or error

    def check(self) -> None:
        """Raise what one of them has failed with."""
        if self._failed is not None:
            raise self._failed

    def close(self) -> None:
        """Stop them all."""
        self._stop.set()
        for thread in self._threads:
            thread.join(30)
