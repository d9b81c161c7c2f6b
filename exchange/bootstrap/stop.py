"""Being told to stop (SIGINT, SIGTERM): at once while something is waited for, in good order once it is served."""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class StopSignal:
    """A context manager that listens for the signals; for the main thread only."""

    def __init__(self) -> None:
        self.told = threading.Event()
        """Set by the first signal."""
        self._gently = False

    def gently(self) -> None:
        """From now on a signal only sets `told`, for the loop that looks at it; before, it raises SystemExit."""
        self._gently = True

    def __enter__(self) -> StopSignal:
        self._before = [signal.signal(number, self._on_signal) for number in _SIGNALS]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in zip(_SIGNALS, self._before, strict=True):
            signal.signal(number, handler)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self.told.set()
        if not self._gently:
            raise SystemExit(128 + number)
