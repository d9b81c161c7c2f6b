"""Holds: what an operator lets rest, what may never rest, and what silence means behind one.

A hold rests at the senders: copies for a held department, or of a held kind, stay in the outboxes until it is
released. They then arrive when they really arrive, so that no term begins before. Receipts and opinions never rest:
the first prove an arrival, and of the others the arrival decides.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from exchange.errors import CallerError
from exchange.language import Text
from exchange.language.names import coded
from exchange.rules.states import PartState
from exchange.rules.wording import check_reason
from exchange.schemas.titles import TITLES

NEVER_HELD = frozenset({"receipt", "opinion"})
"""Kinds that pass every hold: an opinion kept back would make its department late."""

CONCERNING = frozenset({"consultation", "clearance", "reminder", "term-notice"})
"""Kinds without which a department cannot be blamed for its silence."""

_ENFORCING = frozenset({"deadline-notice", "deemed-consent", "escalation", "default-notice", "decision"})
"""Kinds through which the end of a term takes effect."""

_JUST_BEFORE = timedelta(days=1)
"""How long before a term a hold may have ended and still be why the request came so late."""


@dataclass(frozen=True, slots=True)
class Hold:
    """What rests, since when, by whom and why. One of ``addressee`` and ``kind`` may be None, which means any."""

    id: str
    addressee: str | None
    kind: str | None
    reason: str
    held_by: str
    held_at: datetime
    released_by: str | None = None
    released_at: datetime | None = None

    def covers(self, addressee: str, kind: str) -> bool:
        """Whether such a copy would rest while this hold stands."""
        return (
            kind not in NEVER_HELD
            and (self.addressee is None or self.addressee == addressee)
            and (self.kind is None or self.kind == kind)
        )

    def stood_at(self, moment: datetime) -> bool:
        """Whether it was in force then."""
        return self.held_at <= moment and (self.released_at is None or self.released_at > moment)


class Danger(StrEnum):
    """What a hold does to an open consultation."""

    NOT_ASKED = "not-asked"
    """The request, or what its term waits for, does not arrive: no term runs, and nothing can default."""
    NOT_REMINDED = "not-reminded"
    """Reminders rest: at the due moment the case goes to the lead, and silence counts for nothing."""
    NO_EFFECT = "no-effect"
    """The term runs, and its end takes effect only after the release."""
    NONE = "none"


def check_hold(addressee: str | None, kind: str | None, reason: str, kinds: Collection[str]) -> None:
    """Raises CallerError unless there is something to hold, it may rest, and a reason is given."""
    if addressee is None and kind is None:
        raise CallerError("a hold names a department or a kind of message", remedy="name one of them")
    if kind in NEVER_HELD:
        raise CallerError(
            "messages of kind {kind} never rest: {why}",
            remedy="hold the department, or another kind",
            kind=coded(TITLES, kind),
            why=Text("their arrival decides") if kind == "opinion" else Text("they prove it"),
        )
    if kind is not None and kind not in kinds:
        raise CallerError(
            "there is no kind {kind!r}",
            remedy="one of: {kinds}",
            kind=kind,
            kinds=", ".join(sorted(set(kinds) - NEVER_HELD)),
        )
    check_reason(reason, "a hold needs a reason", "say why: it is shown to everybody until the release")


def danger(hold: Hold, department: str, state: PartState, lead: str, monitors: Collection[str] = ()) -> Danger:
    """What a hold does to a department's part of a case that is led by ``lead``."""
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
    """Why a department's silence counts for nothing because of holds; none means that no hold is in the way.

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
