"""Turns at something that one thread at a time may have: whoever came first has it next.

The interpreter's own lock is had by whoever happens to ask when it is free: a thread that lets go of it and asks again
at once mostly has it again, while the others wait for the processor only to find it taken.
"""

from __future__ import annotations

import threading
from collections import deque
from types import TracebackType


class NoTurn(Exception):
    """A turn did not come in time."""


class Turns:
    """A lock that is handed from one thread to the next, in the order in which they came.

    Who has waited for ``patience`` seconds, for ever without, goes away with NoTurn: where the first waits in vain,
    those behind it must not wait as long each.
    """

    def __init__(self, patience: float = -1) -> None:
        self._patience = patience
        self._state = threading.Lock()
        self._taken = False
        self._waiting: deque[threading.Lock] = deque()

    def __enter__(self) -> None:
        with self._state:
            if not self._taken:
                self._taken = True
                return
            gate = threading.Lock()
            gate.acquire()
            self._waiting.append(gate)
        try:
            came = gate.acquire(timeout=self._patience)
        except BaseException:  # Ctrl-C, in the main thread
            self._give_up(gate)
            raise
        if not came:
            self._give_up(gate)
            raise NoTurn("others of this process wait for it as well")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pass_on()

    def _pass_on(self) -> None:
        with self._state:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._taken = False

    def _give_up(self, gate: threading.Lock) -> None:
        """Wait no longer; who was given the turn meanwhile passes it on."""
        with self._state:
            if gate in self._waiting:
                self._waiting.remove(gate)
                return
        self._pass_on()
