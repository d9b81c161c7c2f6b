"""What a hold does to open consultations, and why silence behind one counts for nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from exchange.approval.rules.states import PartState
from exchange.messaging.rules.holding import Hold

CONCERNING = frozenset({"consultation", "clearance", "reminder", "term-notice"})
"""Kinds without which a department cannot be blamed for its silence."""


_ENFORCING = frozenset({"deadline-notice", "deemed-consent", "escalation", "default-notice", "decision"})
"""Kinds through which the end of a term takes effect."""


_JUST_BEFORE = timedelta(days=1)
"""How long before a term a hold may have ended and still be why the request came so late."""


class Danger(StrEnum):
    """What a hold does to an open consultation."""

    NOT_ASKED = "not-asked"
    """The request, or what its term waits for, does not arrive: no term runs, and nothing can default."""
    NOT_REMINDED = "not-reminded"
    """Reminders rest: at the due moment the case goes to the lead, and silence counts for nothing."""
    NO_EFFECT = "no-effect"
    """The term runs, and its end takes effect only after the release."""
    NONE = "none"


def danger(hold: Hold, department: str, state: PartState, lead: str, monitors: Collection[str] = ()) -> Danger:
    """Return what a hold does to a department's part of a case that is led by ``lead``."""
    if state is PartState.ISSUED and any(hold.covers(department, kind) for kind in ("consultation", "clearance")):
        return Danger.NOT_ASKED
    if any(hold.covers(department, kind) for kind in CONCERNING):
        return Danger.NOT_REMINDED
    on_the_way = [(lead, kind) for kind in _ENFORCING] + [
        (monitor, kind) for monitor in monitors for kind in _ENFORCING
    ]
    if any(hold.covers(addressee, kind) for addressee, kind in on_the_way):
        return Danger.NO_EFFECT
    return Danger.NONE


def hindrances(
    holds: Iterable[Hold], department: str, started_at: datetime | None, due_at: datetime | None, fixed: bool
) -> list[str]:
    """Return why a department's silence counts for nothing because of holds; empty if no hold is in the way.

    A hold that stands when the term ends kept reminders back. A term whose end is ``fixed`` is shorter by what a hold
    kept its request; others begin when it arrives, and lose nothing.
    """
    found: list[str] = []
    for hold in holds:
        if not any(hold.covers(department, kind) for kind in CONCERNING):
            continue
        if due_at is not None and hold.stood_at(due_at):
            found.append(f"a hold kept reminders from the department when its term ended ({hold.id})")
        elif fixed and started_at is not None and _ended_just_before(hold, started_at):
            found.append(f"a hold kept the request from the department, and the term's end is fixed ({hold.id})")
    return found


def _ended_just_before(hold: Hold, started_at: datetime) -> bool:
    return hold.released_at is not None and hold.held_at <= started_at <= hold.released_at + _JUST_BEFORE
