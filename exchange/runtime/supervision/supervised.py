"""One supervised process: its command, its history, and how long it waits before its next start."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from exchange.errors import BadConfiguration
from exchange.runtime.supervision.children import Surroundings
from exchange.runtime.supervision.programs import Process
from exchange.runtime.supervision.vigil import Life, LifeLine

RESTART_WITHIN = "EXCHANGE_RESTART_WITHIN"
"""Environment variable: seconds after which a process that died is started again at the latest."""


@dataclass
class Backoff:
    """Seconds to wait before the next start: doubling from ``first`` to ``most``; forgotten after a calm run."""

    first: float = 0.5
    most: float = 30.0
    calm_after: float = 60.0
    _failures: int = 0

    @classmethod
    def read(cls, env: Mapping[str, str] | None = None) -> Backoff:
        """Read the longest wait from the environment. Raises BadConfiguration."""
        text = (os.environ if env is None else env).get(RESTART_WITHIN) or str(cls.most)
        with contextlib.suppress(ValueError):
            if 0.1 <= float(text) <= 3600:
                return cls(first=min(cls.first, float(text)), most=float(text))
        raise BadConfiguration(
            "{restart_within} is not valid: {text!r}",
            remedy="write seconds, from 0.1 to 3600",
            restart_within=RESTART_WITHIN,
            text=text,
        )

    def after(self, lived: float) -> float:
        """Return the wait after a life of ``lived`` seconds."""
        if lived >= self.calm_after:
            self._failures = 0
        wait = min(self.most, self.first * 2**self._failures)
        self._failures += 1
        return float(wait)


@dataclass
class Child:
    """One role's process and its history."""

    name: str
    command: Sequence[str]
    log: Path
    surroundings: Surroundings
    backoff: Backoff = field(default_factory=Backoff)
    process: Process | None = None
    started: float = 0.0
    restarts: int = 0
    again_at: float | None = None
    abandoned: bool = False
    """It cannot run here, as far as is known."""
    essential: bool = True
    """Whether the whole is worth running with it alone."""
    drained: bool = False
    """It has ended because it was drained, and is not started before the release."""
    beats: bool = False
    """Whether it gives signs of life."""
    line: LifeLine | None = None
    life: Life | None = None
    end_at: float | None = None
    """When it is asked to end because it hangs, having been asked where it stands."""
    kill_at: float | None = None
    """When it is killed, having been asked to end."""

    @property
    def alive(self) -> bool:
        """Whether its process runs."""
        return self.process is not None and self.process.poll() is None
