"""When a department protests: what it is told of its own part is not what it has on record. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from exchange.schemas import Considered, ProtestGround, Standing, Verdict
from exchange.schemas.instants import CLOCK_SKEW


@dataclass(frozen=True)
class OwnRecord:
    """What a department has on record of its own part."""

    due_at: datetime | None
    """Until when its time runs by its own ledger; None while it has not begun, or is stopped for an open time."""
    provisional: bool = False
    given_id: str | None = None
    """The opinion that it gave last, whatever has become of it."""
    opinion_id: str | None = None
    """Its opinion, once the window has signed for that."""
    verdict: Verdict | None = None
    """What that says."""
    arrived_at: datetime | None = None
    """When that arrived, as the window has signed."""
    sent_back: bool = False
    """Whether its opinion went back to it: then the lead need not wait until its time is over."""


def is_as_given(said: Considered, given_id: str, verdict: Verdict) -> bool:
    """Return whether what is said of a department is the opinion that it gave last: then there is nothing to contest.

    `ground_against` says the same, whatever else the department has on record.
    """
    return said.standing is Standing.ANSWERED and (said.message_id, said.verdict) == (given_id, verdict)


def ground_against(own: OwnRecord, said: Considered | None, at: datetime) -> ProtestGround | None:
    """Return why the department protests against what is said of its part as of ``at``; None where it may be right.

    ``said``: None where nothing is said of its part at all: it was passed by.
    """
    if said is not None and said.standing is Standing.ANSWERED and own.given_id is not None:
        other = own.opinion_id is not None and (said.message_id, said.verdict) != (own.opinion_id, own.verdict)
        return ProtestGround.OTHER_OPINION if other else None
    if own.opinion_id is not None and own.arrived_at is not None and own.arrived_at <= at:
        if own.due_at is None or own.arrived_at <= own.due_at:
            return ProtestGround.ANSWERED
        return None
    moot = said is not None and said.standing is Standing.MOOT
    if moot or own.sent_back or own.provisional:
        return None
    running = own.due_at is None or at < own.due_at - CLOCK_SKEW
    return ProtestGround.TIME_RUNNING if running else None
