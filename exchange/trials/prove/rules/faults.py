"""What can befall a domain: kinds of faults, and one fault of a plan."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class FaultKind(StrEnum):
    """A kind of fault. Its value is what reports and machines call it."""

    KILL_ROLE = "kill-role"
    KILL_SUPERVISOR = "kill-supervisor"
    KILL_NODE = "kill-node"
    KILL_DATABASE = "kill-database"
    FREEZE_ROLE = "freeze-role"
    FREEZE_SUPERVISOR = "freeze-supervisor"
    FREEZE_NODE = "freeze-node"
    FREEZE_DATABASE = "freeze-database"
    CLOCK = "clock-jump"
    DISK = "full-disk"
    PARTITION = "partition"
    ONE_WAY = "partition-one-way"
    CUT_OFF = "cut-off"
    DELAY = "delay"


OF_WAYS = frozenset({FaultKind.PARTITION, FaultKind.ONE_WAY, FaultKind.CUT_OFF, FaultKind.DELAY})
"""Faults of the ways between a node's host and others."""
OF_NODES = frozenset({FaultKind.KILL_NODE, FaultKind.FREEZE_NODE}) | OF_WAYS
"""Faults of a broker's node: never so many at once that a majority is struck."""
OF_ROLES = frozenset({FaultKind.KILL_ROLE, FaultKind.FREEZE_ROLE, FaultKind.CLOCK, FaultKind.DISK})
"""Faults of one member."""
AT_ONCE = frozenset({FaultKind.KILL_ROLE, FaultKind.KILL_SUPERVISOR})
"""Faults that are over as soon as they have struck: somebody starts the process again."""
SUPERVISOR, DATABASE = "supervisor", "database"
"""Targets that are neither a member nor a node."""


@dataclass(frozen=True)
class Fault:
    """One fault of a plan."""

    number: int
    """From 1."""
    at: float
    """Seconds after the beginning of the plan."""
    kind: FaultKind
    target: str
    """A member by its short name, a node as ``node-1``, `SUPERVISOR` or `DATABASE`."""
    lasts: float
    """Seconds until it is taken back; 0 for what is over at once."""
    amount: float = 0.0
    """Days by which a clock jumps, or seconds by which a node's packets are late."""

    @property
    def node(self) -> int | None:
        """The number of the node that it strikes, from 1; None for other targets."""
        return int(self.target.removeprefix("node-")) if self.kind in OF_NODES else None
