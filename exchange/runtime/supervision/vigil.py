"""Watching over a process's signs of life (`exchange.runtime.supervision.heartbeat`): when has it to go, and why."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import psutil  # type: ignore[import-untyped]

from exchange.errors import BadConfiguration
from exchange.language import tr

HUNG_AFTER = "EXCHANGE_HUNG_AFTER"
"""Environment variable: seconds without a sign of life after which a process is started anew; ``off`` for never."""


@dataclass(frozen=True)
class LifePatience:
    """Seconds that a supervisor waits; only those count in which it was awake itself."""

    first: float = 180.0
    """For the first sign of life after a start."""
    silent: float = 60.0
    """For the next one."""
    troubled: float = 10.0
    """While signs say that something does not move: a process that was stopped for a while says so for a moment."""
    grace: float = 15.0
    """Between asking to end and SIGKILL."""

    @classmethod
    def read(cls, env: Mapping[str, str] | None = None) -> LifePatience | None:
        """Read the patience from the environment; None where nobody is to be ended. Raises BadConfiguration."""
        text = (os.environ if env is None else env).get(HUNG_AFTER) or str(cls.silent)
        if text == "off":
            return None
        with contextlib.suppress(ValueError):
            if 1 <= float(text) <= 1e6:
                return cls(silent=float(text), grace=min(cls.grace, float(text)))
        raise BadConfiguration(
            "{hung_after} is not valid: {text!r}",
            remedy="write seconds, 1 or more, or off",
            hung_after=HUNG_AFTER,
            text=text,
        )


_LOOK_MOST = 1.0
"""Seconds that count for one look, at most: in longer gaps the supervisor was stopped, or asleep with its machine."""


@dataclass
class Life:
    """What a supervisor knows of one process's life."""

    patience: LifePatience
    _silent: float = 0.0
    _troubled: float = 0.0
    _trouble: str = ""
    _began: bool = False

    def look(self, since: float, lines: Sequence[str]) -> str | None:
        """Take in the lines since the last look, ``since`` seconds ago; returns why the process has to go, or None."""
        gap = min(since, _LOOK_MOST)
        if lines:
            self._began, self._silent, self._trouble = True, 0.0, lines[-1]
        else:
            self._silent += gap
        self._troubled = self._troubled + gap if self._trouble else 0.0
        patience = self.patience.silent if self._began else self.patience.first
        if self._silent >= patience:
            return tr("has given no sign of life for {seconds:.0f} s", seconds=self._silent)
        if self._troubled >= self.patience.troubled:
            return tr("is stuck ({trouble})", trouble=self._trouble)
        return None

    @property
    def began(self) -> bool:
        """Whether there was any sign of life yet."""
        return self._began

    def excuse(self) -> None:
        """Begin to count anew: somebody holds the process on purpose."""
        self._silent = self._troubled = 0.0


class LifeLine:
    """The supervisor's end of the pipe to one process."""

    def __init__(self) -> None:
        self.reading, self.writing = os.pipe()
        os.set_blocking(self.reading, False)
        self._rest = b""

    def given(self) -> None:
        """Close our own writing end once the process has its end: ours is not needed any more."""
        os.close(self.writing)

    def lines(self) -> list[str]:
        """Return the lines that have come since the last look."""
        with contextlib.suppress(BlockingIOError):
            while chunk := os.read(self.reading, 65_536):
                self._rest += chunk
        *lines, self._rest = self._rest.split(b"\n")
        return [line.decode(errors="replace") for line in lines]

    def close(self) -> None:
        """Close the reading end: nothing more is wanted to be known."""
        with contextlib.suppress(OSError):
            os.close(self.reading)


def is_held(pid: int) -> bool:
    """Return whether a debugger holds the process; then its silence says nothing."""
    try:
        return bool(psutil.Process(pid).status() == psutil.STATUS_TRACING_STOP)
    except psutil.Error:
        return False
