"""The plan of faults: made of a seed alone, so that the same seed and options give the same plan on every machine.

What a machine does not allow is planned all the same, and left out by name when its time comes.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from exchange.trials.prove.rules.faults import (
    AT_ONCE,
    DATABASE,
    OF_NODES,
    OF_ROLES,
    OF_WAYS,
    SUPERVISOR,
    Fault,
    FaultKind,
)

_WEIGHTS: Mapping[FaultKind, int] = {
    FaultKind.KILL_ROLE: 30,
    FaultKind.FREEZE_ROLE: 16,
    FaultKind.CLOCK: 8,
    FaultKind.DISK: 5,
    FaultKind.KILL_NODE: 10,
    FaultKind.FREEZE_NODE: 8,
    FaultKind.PARTITION: 6,
    FaultKind.ONE_WAY: 4,
    FaultKind.CUT_OFF: 5,
    FaultKind.DELAY: 6,
    FaultKind.KILL_DATABASE: 6,
    FaultKind.FREEZE_DATABASE: 5,
    FaultKind.KILL_SUPERVISOR: 3,
    FaultKind.FREEZE_SUPERVISOR: 2,
}
"""How often each kind comes, against the others."""
_LASTS: Mapping[FaultKind, tuple[float, float]] = {
    FaultKind.FREEZE_ROLE: (0.5, 6.0),
    FaultKind.CLOCK: (2.0, 8.0),
    FaultKind.DISK: (1.0, 5.0),
    FaultKind.KILL_NODE: (0.2, 3.0),
    FaultKind.FREEZE_NODE: (0.5, 6.0),
    FaultKind.PARTITION: (1.0, 30.0),
    FaultKind.ONE_WAY: (1.0, 30.0),
    FaultKind.CUT_OFF: (1.0, 30.0),
    FaultKind.DELAY: (2.0, 10.0),
    FaultKind.KILL_DATABASE: (0.2, 2.0),
    FaultKind.FREEZE_DATABASE: (0.5, 4.0),
    FaultKind.FREEZE_SUPERVISOR: (0.5, 6.0),
}
"""Seconds that a fault lasts, at least and at most. Erlang takes a node that is silent for gone after 15 to 25."""
_REST: Mapping[FaultKind, float] = {
    FaultKind.KILL_NODE: 15.0,
    FaultKind.FREEZE_NODE: 6.0,
    FaultKind.PARTITION: 15.0,
    FaultKind.ONE_WAY: 15.0,
    FaultKind.CUT_OFF: 15.0,
    FaultKind.DELAY: 2.0,
    FaultKind.KILL_DATABASE: 6.0,
    FaultKind.KILL_SUPERVISOR: 12.0,
    FaultKind.FREEZE_SUPERVISOR: 4.0,
}
"""Seconds that a target is left alone after a fault is over; else `_SHORT_REST`."""
_SHORT_REST = 2.0
_JUMPS = (-1.5, 1.5)
"""Days by which a clock jumps: over the end of terms, and back behind it."""
_LATE = (0.02, 0.3)
"""Seconds by which the packets of a node are late."""


@dataclass(frozen=True)
class FaultGround:
    """What there is to be struck."""

    members: Sequence[str]
    """Short names of all that are served."""
    nodes: int = 1
    has_server: bool = False
    """Whether the databases are on a server that can be struck."""
    small_disk: str | None = None
    """Whose database lies on a disk of its own."""
    sure_of_time: Sequence[str] = ()
    """Members whose clocks are left alone: nobody else could tell their time."""

    def targets(self, kind: FaultKind) -> list[str]:
        """Return what a kind of fault can strike; nothing where there is no such thing."""
        if kind is FaultKind.CLOCK:
            return [name for name in self.members if name not in self.sure_of_time]
        if kind is FaultKind.DISK:
            return [self.small_disk] if self.small_disk is not None else []
        if kind in OF_ROLES:
            return list(self.members)
        if kind in OF_NODES:
            return (
                [] if kind in OF_WAYS and self.nodes < 2 else [f"node-{number}" for number in range(1, self.nodes + 1)]
            )
        if kind in (FaultKind.KILL_DATABASE, FaultKind.FREEZE_DATABASE):
            return [DATABASE] if self.has_server else []
        return [SUPERVISOR]

    @property
    def spare_nodes(self) -> int:
        """How many nodes may be struck at once: fewer than half of them, and the only one where there is but one."""
        return max(1, (self.nodes - 1) // 2)


@dataclass
class _Busy:
    """Until when targets are struck, or recover from it."""

    until: dict[str, float] = field(default_factory=dict)

    def is_free(self, at: float, kind: FaultKind, target: str, field: FaultGround) -> bool:
        if self.until.get(target, 0.0) > at:
            return False
        if kind not in OF_NODES:
            return True
        struck = sum(self.until.get(name, 0.0) > at for name in field.targets(FaultKind.KILL_NODE))
        return struck < field.spare_nodes


def make_plan(seed: int, faults: int, every: float, field: FaultGround) -> tuple[Fault, ...]:
    """Return so many faults, one in ``every`` seconds on average, in the order of time."""
    return tuple(_drawn(random.Random(seed), faults, every, field))  # noqa: S311 -- it is to be repeated


def _drawn(chance: random.Random, faults: int, every: float, field: FaultGround) -> Iterator[Fault]:
    at, busy, number = 0.0, _Busy(), 1
    while number <= faults:
        at += every * chance.uniform(0.4, 1.6)
        open_now = {
            kind: free
            for kind in _WEIGHTS
            if (free := [one for one in field.targets(kind) if busy.is_free(at, kind, one, field)])
        }
        if not open_now:
            continue
        kind = chance.choices(list(open_now), [_WEIGHTS[one] for one in open_now])[0]
        target = chance.choice(open_now[kind])
        lasts = 0.0 if kind in AT_ONCE else chance.uniform(*_LASTS[kind])
        busy.until[target] = at + lasts + _REST.get(kind, _SHORT_REST)
        yield Fault(number, round(at, 3), kind, target, round(lasts, 3), _amount(chance, kind))
        number += 1


def _amount(chance: random.Random, kind: FaultKind) -> float:
    if kind is FaultKind.CLOCK:
        return round(chance.uniform(*_JUMPS), 3)
    return round(chance.uniform(*_LATE), 3) if kind is FaultKind.DELAY else 0.0
