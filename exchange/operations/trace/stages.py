"""The stations of a message on its way, and what can be found about one addressee's copy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Stage(StrEnum):
    """The stations of a message, in order."""

    WRITTEN = "written"
    SEALED = "sealed"
    DISPATCHED = "dispatched"
    ARRIVED = "arrived"
    TAKEN = "taken"
    OPENED = "opened"
    HANDLED = "handled"
    RECEIPTED = "receipted"
    HANDED_OVER = "handed-over"
    ANSWERED = "answered"


class Mark(StrEnum):
    """Whether a station was reached."""

    DONE = "done"
    FAILED = "failed"
    MISSING = "missing"
    UNKNOWN = "unknown"  # in a store that is not of this domain
    NOT_NEEDED = "not-needed"


class TraceFinding(StrEnum):
    """What is wrong, or worth a look."""

    NO_SIGNATURE = "signature-does-not-hold"
    NO_COPY = "no-copy"
    ABANDONED = "abandoned"
    SET_ASIDE = "set-aside"
    TAKEN_AFTER_ALL = "taken-after-all"
    STILL_QUEUED = "still-queued"
    NOWHERE = "nowhere"
    RECEIPT_MISSING = "receipt-missing"
    RETURNED = "returned"
    OTHER_BYTES = "other-bytes"
    RECEIPT_OF_OTHER_BYTES = "receipt-of-other-bytes"
    RECEIPT_NOT_PROVEN = "receipt-not-proven"
    STATE_WITHOUT_RECEIPT = "state-without-receipt"
    RECEIPT_WITHOUT_RECORD = "receipt-without-record"
    RECEIPT_DIFFERS = "receipt-differs-from-inbox"
    NOT_ADDRESSED = "not-addressed"
    TIMES = "times"


CONTRADICTIONS = frozenset(
    {
        TraceFinding.NO_SIGNATURE,
        TraceFinding.NO_COPY,
        TraceFinding.NOWHERE,
        TraceFinding.OTHER_BYTES,
        TraceFinding.RECEIPT_OF_OTHER_BYTES,
        TraceFinding.RECEIPT_NOT_PROVEN,
        TraceFinding.STATE_WITHOUT_RECEIPT,
        TraceFinding.RECEIPT_WITHOUT_RECORD,
        TraceFinding.RECEIPT_DIFFERS,
        TraceFinding.NOT_ADDRESSED,
        TraceFinding.TIMES,
    }
)
"""Findings that must not be where every store tells the truth."""


@dataclass(frozen=True)
class TraceStep:
    """One station of one addressee's copy."""

    stage: Stage
    mark: Mark
    at: datetime | None = None
    until: datetime | None = None
    """The end of an interval, where only that is known."""
    where: str = ""
    """Whose record says so."""
    detail: str = ""
    """Ids, attempts and reasons, for people."""


@dataclass(frozen=True)
class Way:
    """One addressee's copy from end to end."""

    addressee: str
    steps: tuple[TraceStep, ...]
    failures: tuple[TraceStep, ...]
    """Attempts to send that failed, and refusals to take it in, in time order."""
    findings: tuple[TraceFinding, ...]

    @property
    def stands(self) -> TraceStep:
        """The first station that is not passed, or the last one."""
        passed = (Mark.DONE, Mark.NOT_NEEDED)
        return next((step for step in self.steps if step.mark not in passed), self.steps[-1])

    @property
    def contradicts(self) -> bool:
        """Whether the records of this copy contradict one another."""
        return bool(CONTRADICTIONS & set(self.findings))
