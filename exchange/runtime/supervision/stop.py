"""Being told to stop (SIGINT, SIGTERM, SIGHUP): at once while one waits, in good order once it is served."""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StopSignal:
    """A context manager that listens for the signals; for the main thread only."""

    def __init__(self) -> None:
        self.told = threading.Event()
        """Set by the first signal."""
        self._gently = False

    def gently(self) -> None:
        """Let a signal only set `told`, from now on, for the loop that looks at it; before, it raises SystemExit."""
        self._gently = True

    def __enter__(self) -> StopSignal:
        # What whoever started this has ignored (nohup) stays so.
        heard = [number for number in _SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]
        self._before = [(number, signal.signal(number, self._on_signal)) for number in heard]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before:
            signal.signal(number, handler)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self.told.set()
        if not self._gently:
            raise SystemExit(128 + number)
