"""The closed sets of states: of a case, of a department's part in it, of a deadline under watch."""

from __future__ import annotations

from enum import StrEnum


class CaseState(StrEnum):
    """Where a case stands at its window."""

    OPEN = "open"
    READY = "ready"
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"


class PartState(StrEnum):
    """Where one consulted department's part of a case stands.

    PLANNED: its stage has not begun. ISSUED: put to the department. SIGNED: its receipt is in. Final: ANSWERED,
    DEEMED, MOOT. ESCALATED: term over, no default possible; an answer still counts.
    """

    PLANNED = "planned"
    ISSUED = "issued"
    SIGNED = "signed"
    ANSWERED = "answered"
    DEEMED = "deemed"
    MOOT = "moot"
    ESCALATED = "escalated"


class WatchState(StrEnum):
    """A deadline as a monitor keeps it."""

    RUNNING = "running"
    CLOSED = "closed"
    DEEMED = "deemed"
    ESCALATED = "escalated"
