"""Whether a member takes in new business now, or finishes first what is under way. Pure.

New business is what begins something: an application, a document, a notice. Answers, decisions, receipts and whatever
else belongs to what has begun are never kept back here. Two bounds each, one to stop at and one to go on at, so that
the doors do not swing with every message.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from exchange.schemas import Consultation, Document, Filing, JointDraft, Notice

BEGINS = frozenset(body.KIND for body in (Consultation, Document, Filing, JointDraft, Notice))
"""Kinds that begin something."""


class Stopped(StrEnum):
    """Why a member takes in no new business."""

    OUTBOX = "outbox"
    """What it has written waits too long to go out for the first time."""
    DISK = "disk"
    """Its disk is nearly full."""
    BROKER = "broker"
    """The broker holds what is published, for want of memory or disk."""


@dataclass(frozen=True)
class IntakeLimits:
    """From where on the intake stops."""

    seconds: float = 30.0
    """How long the oldest copy has waited to go out for the first time, in real time."""
    copies: int = 200
    """How many copies wait so: fewer are no overload, but a broker that is away for a while."""
    reserve: int = 256 * 2**20
    """Octets that the disk has left."""


@dataclass(frozen=True)
class IntakeFacts:
    """What a member's intake goes by at one moment."""

    oldest: float = 0.0
    """Seconds that the oldest copy has waited to go out for the first time; 0 where none waits."""
    copies: int = 0
    free: int | None = None
    """Octets left on the disk; None where nobody can tell."""
    broker_holds: bool = False


def stopped_by(facts: IntakeFacts, limits: IntakeLimits, before: Stopped | None = None) -> Stopped | None:
    """Return why the intake is stopped; ``before`` is why it was until now."""
    if facts.free is not None and facts.free < limits.reserve * (1.25 if before is Stopped.DISK else 1.0):
        return Stopped.DISK
    if facts.broker_holds:
        return Stopped.BROKER
    share = 1 / 3 if before is Stopped.OUTBOX else 1.0
    waits = facts.oldest >= limits.seconds * share and facts.copies >= max(1, limits.copies * share)
    return Stopped.OUTBOX if waits else None


def takes_deliveries(free: int | None, limits: IntakeLimits, *, before: bool = True) -> bool:
    """Tell whether a member still takes what comes in: longer than new business, to finish what is under way.

    ``before``: whether it did so until now.
    """
    bound = limits.reserve / 2
    return free is None or free >= (bound if before else bound * 1.25)


RETRY_AFTER = {Stopped.OUTBOX: 30, Stopped.DISK: 120, Stopped.BROKER: 60}
"""Seconds after which it is worth trying again."""
