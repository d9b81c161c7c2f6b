"""Signs of life from a supervised process to its supervisor: a line a second through a pipe.

An empty line says that all is well; any other says what does not move, and is the process's own wish to be started
anew. A process that waits for its broker or database is well. No line at all: it hangs, is stopped, or has no time.
"""

from __future__ import annotations

import contextlib
import faulthandler
import os
import signal
import stat
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from exchange.machine.crew import Loop

HEARTBEAT = "EXCHANGE_HEARTBEAT"
"""Environment variable: the descriptor of the pipe, given by a supervisor that watches over its children's lives."""

WHERE = signal.SIGUSR1
"""The signal on which a process that gives signs of life writes into its log where each of its threads stands."""

_EVERY = 1.0
_MOST = 200
"""Octets of a line: far below what a pipe takes at once."""


class Liveness:
    """What a process says of its life; nothing before it is told what to ask."""

    def __init__(self) -> None:
        self._ask: Callable[[], str | None] = lambda: None

    def of(self, ask: Callable[[], str | None]) -> None:
        """Let ``ask`` say, from now on, what does not move."""
        self._ask = ask

    def trouble(self) -> str | None:
        """Return what does not move; None where all is well."""
        return self._ask()


@contextmanager
def heartbeat(trouble: Callable[[], str | None], every: float = _EVERY) -> Iterator[None]:
    """Give signs of life while the block runs, where a supervisor asks for them.

    ``trouble`` says what does not move, and must not wait for anything; None where all is well.
    """
    descriptor = _pipe()
    if descriptor is None:
        yield
        return
    with contextlib.suppress(OSError, ValueError, RuntimeError):  # no standard error to write to
        faulthandler.register(WHERE, file=2, all_threads=True)
    ended = threading.Event()

    def beat() -> None:
        while True:
            line = (trouble() or "").replace("\n", " ").encode()[:_MOST] + b"\n"
            with contextlib.suppress(OSError):  # a supervisor that does not read, or is gone
                os.write(descriptor, line)
            if ended.wait(every):
                return

    loop = Loop("heartbeat", beat, ended.is_set)
    loop.start()
    try:
        yield
    finally:
        ended.set()
        loop.join(5)


def _pipe() -> int | None:
    """The pipe's descriptor; it is handed on to no other process."""
    with contextlib.suppress(KeyError, ValueError, OSError):
        descriptor = int(os.environ.pop(HEARTBEAT))
        if stat.S_ISFIFO(os.fstat(descriptor).st_mode):
            os.set_inheritable(descriptor, False)
            os.set_blocking(descriptor, False)
            return descriptor
    return None
