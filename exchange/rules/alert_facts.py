"""What alerts are judged by: the facts of a domain at one moment, and from where on they are told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class DeadlineFact:
    """A running deadline that ends soon, or has."""

    case_number: str
    department: str
    due_at: datetime


@dataclass(frozen=True)
class MemberFacts:
    """What is known of one member. Without ``readable`` nothing below it is known, which is not the same as good."""

    address: str
    readable: bool
    """Whether its database can be read."""
    consumed_ago: timedelta | None = None
    """Since when it was last known to take in messages, in real time; None where it never was."""
    drained: bool = False
    """Whether somebody has drained it, so that it takes in nothing by intent."""
    oldest_copy: timedelta | None = None
    """How long the oldest copy of its outbox has waited for its receipt; None where none waits."""
    given_up: int = 0
    dead_letters: int = 0
    newest_dead: timedelta | None = None
    """How long ago its newest dead letter came."""
    certificate_left: timedelta | None = None
    """None where it is not known."""
    deadlines: tuple[DeadlineFact, ...] = ()
    more_deadlines: bool = False
    """Whether there are more that end soon than are named here."""


@dataclass(frozen=True)
class Facts:
    """A domain at one moment."""

    now: datetime
    members: tuple[MemberFacts, ...]
    broker: bool | None
    """Whether the broker answers; None where no way to ask it is known."""
    links: Mapping[str, bool] | None = None
    """Whether each link runs; None where that cannot be told."""
    directory_left: timedelta | None = None
    calendar_left: timedelta | None = None
    """How far working days are announced from now on."""


@dataclass(frozen=True)
class Limits:
    """From where on something is told."""

    silent: timedelta = timedelta(minutes=2)
    """A member that has taken in nothing for so long, although it notes it every ten seconds or sooner, is down."""
    waiting: timedelta = timedelta(minutes=30)
    dead: timedelta = timedelta(hours=1)
    """Dead letters are told while the newest is younger; later ones are told again."""
    default_near: timedelta = timedelta(hours=24)
    overdue: timedelta = timedelta(minutes=10)
    """So long after its end a deadline may still be running: the monitor needs a moment to draw the consequence."""
    expiry: timedelta = timedelta(days=30)
    calendar: timedelta = timedelta(days=60)
