"""What is asked of a fault proof, how far one is, and what comes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from exchange.trials.prove.rules.judgement import BreachFound
from exchange.trials.prove.rules.measures import Passages, Struck


class Database(StrEnum):
    """Where the members' databases are."""

    SQLITE = "sqlite"
    POSTGRESQL = "postgresql"


class Phase(StrEnum):
    """How far a run is."""

    FAULTS = "faults"
    CALM = "calm"
    JUDGING = "judging"


@dataclass(frozen=True)
class Options:
    """What is asked for."""

    documents: int
    cases: int
    faults: int
    seed: int
    nodes: int = 1
    hosts: bool = False
    """Whether each node and the members are to have a host of their own."""
    database: Database = Database.SQLITE
    every: float = 1.5
    """Seconds between two faults, on average."""


@dataclass(frozen=True)
class ProofProgress:
    """How far a run is, for whoever watches it. Seconds since its beginning."""

    phase: Phase
    seconds: float
    handed_in: int
    completed: int
    cases: int
    struck: int
    rest: Mapping[str, int]
    """While it is calm: what is still under way, copies by sender and cases."""


@dataclass(frozen=True)
class Versions:
    """On what a run was made."""

    product: str
    broker: str
    stamps: bool
    """Whether the broker stamps arrivals."""
    database: str
    python: str
    machine: str
    shared: str
    """Why nodes and members share one host; empty where each node has one of its own."""


@dataclass(frozen=True)
class ProofOutcome:
    """What came of a run. Moments are seconds since its beginning."""

    options: Options
    versions: Versions
    began: str
    """The date and time, ISO 8601."""
    seconds: float
    load_ended: float
    """When the last document was handed in and the last fault taken back."""
    calm: float
    """When nothing was under way any more."""
    handed_in: int
    completed: int
    cases: int
    messages: int
    """Copies that all members' outboxes hold in the end."""
    parts: Mapping[str, int]
    """How consultations ended, by state."""
    in_time_at_the_edge: int
    """Opinions that officers gave just before their term was over, and that were in time for certain."""
    late: int
    """Opinions that were given just after it."""
    refusals: int
    """How often a database did not take what was handed in: it was away, or full."""
    supervisors: int
    """How often the supervisor was started again."""
    struck: Sequence[Struck]
    passages: Passages
    found: Sequence[BreachFound]

    @property
    def holds(self) -> bool:
        """Whether the law held."""
        return not self.found
