"""A served process ends when one of its loops has ended unasked: whoever supervises it starts it anew, whole."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from types import TracebackType

from exchange.errors import PartEnded
from exchange.machine.crew import Ended, report_to

_CLOSING = 90.0
"""Seconds that the rest of the process has to end in good order."""


class LoopsWatched:
    """A context manager for a process whose loops must all run; ``told`` is called once when one has ended.

    A process that has not left it ``patience`` seconds later is ended as it is.
    """

    def __init__(self, told: Callable[[], None] = lambda: None, patience: float = _CLOSING) -> None:
        self._patience = patience
        self._told = told
        self._ended: Ended | None = None
        self._take_back: Callable[[], None] = lambda: None
        self._last: threading.Timer | None = None

    def __enter__(self) -> LoopsWatched:
        self._take_back = report_to(self._note)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._take_back()
        if self._last is not None:
            self._last.cancel()

    def check(self) -> None:
        """Raise PartEnded if a loop has ended."""
        if self._ended is not None:
            raise PartEnded("a loop of this process ended by itself ({reason})", reason=self._ended.reason)

    def _note(self, ended: Ended) -> None:
        if self._ended is not None:
            return
        self._ended = ended
        self._last = threading.Timer(self._patience, os._exit, (PartEnded.exit_code,))
        self._last.daemon = True
        self._last.start()
        self._told()
