"""Holds: what an operator lets rest, what may never rest, and what silence means behind one.

A hold rests at the senders: copies for a held department, or of a held kind, stay in the outboxes until it is
released. They then arrive when they really arrive, so that no term begins before. Receipts and opinions never rest:
the first prove an arrival, and of the others the arrival decides.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from exchange.errors import CallerError
from exchange.language import Text
from exchange.language.names import coded
from exchange.messaging.rules.wording import check_reason
from exchange.schemas.titles import TITLES

NEVER_HELD = frozenset({"receipt", "opinion"})
"""Kinds that pass every hold: an opinion kept back would make its department late."""


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
        """Return whether a copy of this kind for this addressee would rest while this hold stands."""
        return (
            kind not in NEVER_HELD
            and (self.addressee is None or self.addressee == addressee)
            and (self.kind is None or self.kind == kind)
        )

    def stood_at(self, moment: datetime) -> bool:
        """Return whether this hold was in force at a moment."""
        return self.held_at <= moment and (self.released_at is None or self.released_at > moment)


def check_hold(addressee: str | None, kind: str | None, reason: str, kinds: Collection[str]) -> None:
    """Raise CallerError unless there is something to hold, it may rest, and a reason is given."""
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
