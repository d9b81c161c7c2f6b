"""Holding and releasing, in one member's database; and what a hold endangers, by a window's records.

Every member of a domain keeps the holds that its own outbox obeys. What a neighbouring domain sends passes a relay
office without resting there: a hold rules over what this domain's members send.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from exchange.approval.records import PartRow
from exchange.approval.rules.behind_holds import Danger, danger, hindrances
from exchange.approval.rules.deadline import Projection
from exchange.approval.window.store import Cases
from exchange.messaging.holds import Holds
from exchange.messaging.rules.holding import Hold
from exchange.paging import every
from exchange.schemas import DeadlineState
from exchange.store.journal import JournalEntry
from exchange.store.transaction import Store, Transaction

SHOWN = 50
"""Open consultations shown by name with a hold; the others are counted."""


@dataclass(frozen=True)
class Endangered:
    """An open consultation that a hold touches."""

    part: PartRow
    danger: Danger


def held_back(tx: Transaction, state: DeadlineState, projection: Projection, now: datetime) -> list[str]:
    """Return what holds have kept from a department, so that its silence goes to the lead.

    The list is empty if they kept nothing.
    """
    holds = tx[Holds].since((projection.started_at or now) - timedelta(days=1))
    fixed = state.term.fixed is not None
    return hindrances(holds, state.department, projection.started_at, projection.due_at, fixed)


def begin_hold(store: Store, hold: Hold) -> bool:
    """Begin a hold in a member's database, with a line in its journal; returns False if it is there already."""
    with store.transaction() as tx:
        if not tx[Holds].put(hold):
            return False
        detail = {"hold": hold.id, "addressee": hold.addressee, "kind": hold.kind, "by": hold.held_by}
        tx.journal([JournalEntry(hold.held_at, "held", detail=detail)])
    return True


def end_hold(store: Store, id: str, by: str, now: datetime) -> bool:
    """End a hold in a member's database: what it kept is due at once. Returns False if it does not stand there."""
    with store.transaction() as tx:
        if not tx[Holds].release(id, by, now):
            return False
        tx.journal([JournalEntry(now, "released", detail={"hold": id, "by": by})])
    return True


def endangered(store: Store, lead: str, monitors: Collection[str], hold: Hold) -> list[Endangered]:
    """Return all open consultations at a window that a hold touches, those due first in front."""
    everybody = hold.addressee is None or hold.addressee in (lead, *monitors)
    of = None if everybody else hold.addressee
    with store.reading() as tx:
        parts = every(lambda after, most: tx[Cases].running(of, after, most), lambda part: part)
        found = [Endangered(part, danger(hold, part.department, part.state, lead, monitors)) for part in parts]
    return [one for one in found if one.danger is not Danger.NONE]
