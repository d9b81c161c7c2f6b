"""A round: drafts that were not handed in are deleted after their month, and the journal says so."""

from __future__ import annotations

from functools import partial

from exchange.messaging.failing.apart import each_together
from exchange.messaging.node import Node, Step
from exchange.portal.records import DraftRow
from exchange.portal.states import DraftState
from exchange.portal.store import Drafts
from exchange.portal.told.store import Contacts
from exchange.store.transaction import Transaction

WORK = "ended drafts"
"""What this work is called where it fails."""
_AT_ONCE = 100


def look(node: Node) -> int:
    """Delete what drafts that are over hold; returns how many."""
    return len(each_together(node, WORK, partial(_due, node), _end, _AT_ONCE))


def _due(node: Node, tx: Transaction, limit: int) -> list[tuple[str, DraftRow]]:
    return [(row.number, row) for row in tx[Drafts].ending(node.clock.now(), limit)]


def _end(step: Step, row: DraftRow) -> None:
    if step.tx[Drafts].move(row.number, DraftState.OPEN, DraftState.ENDED, entered="{}", code_hash=""):
        files = step.tx[Drafts].empty(row.number)
        step.tx[Contacts].erase([one.contact_id for one in step.tx[Contacts].of(row.number)])
        step.note("draft-deleted", None, None, filing=row.number, files=files)
