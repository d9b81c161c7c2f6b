"""The course of a run: the plan's faults one after another while the load goes on, each taken back in its time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from exchange.trials.prove.broker import NotAllowed
from exchange.trials.prove.rules.faults import Fault
from exchange.trials.prove.rules.measures import Struck
from exchange.trials.prove.strikes import NotThere, Strikes

_PATIENCE = 180.0
"""Seconds that a fault waits for its target to run again; the plan waits with it."""
_DOWN = "its target did not run again in time"
_MOST = 0.5
"""Seconds that the plan goes on at one look, at most: more is a stop of the prover itself."""


@dataclass
class Course:
    """Strikes what is due by the plan's own time, which waits for the load where that is behind."""

    strikes: Strikes
    plan: Sequence[Fault]
    now: Callable[[], float]
    """Seconds of the run."""
    keeps_up: Callable[[float], bool]
    """Whether the load is as far as it must be at a second of the plan."""
    struck: list[Struck] = field(default_factory=list)
    _at: float = 0.0
    _looked_at: float | None = None
    _waiting: list[tuple[Fault, float]] = field(default_factory=list)
    """Faults that are due, and since when."""
    _standing: list[tuple[Fault, float, float]] = field(default_factory=list)
    """Faults that stand: when they struck, and until when."""
    _next: int = 0

    @property
    def is_over(self) -> bool:
        """Whether all faults have been, and are taken back."""
        return self._next >= len(self.plan) and not self._waiting and not self._standing

    def look(self) -> None:
        """Take back what is over, and strike what is due."""
        now = self.now()
        self._go_on(now)
        for fault, at, _ in [one for one in self._standing if one[2] <= now]:
            self._lift(fault, at)
        while self._next < len(self.plan) and self.plan[self._next].at <= self._at:
            self._waiting.append((self.plan[self._next], now))
            self._next += 1
        for fault, since in list(self._waiting):
            self._strike(fault, since)

    def lift_all(self) -> None:
        """Take back everything, at once."""
        for fault, at, _ in list(self._standing):
            self._lift(fault, at)

    def _go_on(self, now: float) -> None:
        passed = 0.0 if self._looked_at is None else now - self._looked_at
        self._looked_at = now
        if not self._waiting and self.keeps_up(self._at):
            self._at += min(passed, _MOST)

    def _strike(self, fault: Fault, since: float) -> None:
        busy = {standing.target for standing, _, _ in self._standing}
        if fault.target in busy:
            return
        at = self.now()
        try:
            self.strikes.strike(fault)
        except NotThere:
            if at - since <= _PATIENCE:
                return
            self.struck.append(Struck(fault, skipped=_DOWN))
        except NotAllowed as error:
            self.struck.append(Struck(fault, skipped=str(error)))
        else:
            if fault.lasts:
                self._standing.append((fault, at, at + fault.lasts))
            else:
                self.struck.append(Struck(fault, at, at))
        self._waiting.remove((fault, since))

    def _lift(self, fault: Fault, at: float) -> None:
        self._standing = [one for one in self._standing if one[0] is not fault]
        lifted = self.now()
        self.strikes.lift(fault)
        self.struck.append(Struck(fault, at, lifted))


def with_recovery(struck: Sequence[Struck], recovered: Callable[[Struck], float | None]) -> list[Struck]:
    """Return all in the order of the plan, with when traffic completed again."""
    return [replace(one, recovered=recovered(one)) for one in sorted(struck, key=lambda one: one.fault.number)]
