"""One supervised process: its command, its history, and how long it waits before its next start."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from exchange.runtime.supervision.children import Surroundings
from exchange.runtime.supervision.programs import Process
from exchange.runtime.supervision.vigil import Life, LifeLine


@dataclass
class Backoff:
    """Seconds to wait before the next start: doubling from ``first`` to ``most``; forgotten after a calm run."""

    first: float = 0.5
    most: float = 30.0
    calm_after: float = 60.0
    _failures: int = 0

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
