"""Rounds: who is to be told of an end that comes near, and whose address is deleted."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

from exchange.messaging.failing.apart import each_together
from exchange.messaging.node import Node, Step
from exchange.portal.store import Drafts
from exchange.portal.told.asking import WITHIN
from exchange.portal.told.events import AFTERWARDS, AHEAD
from exchange.portal.told.noting import note_for, note_in
from exchange.portal.told.records import ContactRow, PromiseReminder
from exchange.portal.told.states import ToldEvent
from exchange.portal.told.store import Contacts, Promises, WordsToTell
from exchange.portal.view import case_view_in
from exchange.store.transaction import Transaction

WORK, TIDYING = "telling applicants", "what applicants were told"
"""What this work is called where it fails."""
_DRAFTS, _PROMISES, _ADDRESSES = "drafts that end soon", "promises due", "addresses kept no longer"
_AT_ONCE = 100


def look(node: Node) -> int:
    """Note which drafts and promises end soon, and delete addresses that are kept no longer; returns how many."""
    done = each_together(node, _DRAFTS, partial(_ending, node), _tell_of_draft, _AT_ONCE)
    done += each_together(node, _PROMISES, partial(_promised, node), _tell_of_promise, _AT_ONCE)
    done += each_together(node, _ADDRESSES, partial(_over, node), _erase, _AT_ONCE)
    return len(done)


def tidy(node: Node, _day: date) -> int:
    """Forget what was told long ago, and who was asked; returns how much was told."""
    with node.step() as step:
        step.tx[Contacts].forget_asked(step.now - WITHIN)
        return step.tx[WordsToTell].forget(step.now - AFTERWARDS, 10_000)


def _ending(node: Node, tx: Transaction, limit: int) -> list[tuple[str, ContactRow]]:
    rows = tx[Contacts].of_ending_drafts(node.clock.now() + AHEAD, limit)
    return [(row.contact_id, row) for row in rows]


def _tell_of_draft(step: Step, contact: ContactRow) -> bool:
    return note_for(step, contact, ToldEvent.DRAFT_ENDING, contact.number)


def _promised(node: Node, tx: Transaction, limit: int) -> list[tuple[str, PromiseReminder]]:
    return [(f"{one.number} {one.material}", one) for one in tx[Promises].due(node.clock.now(), limit)]


def _tell_of_promise(step: Step, due: PromiseReminder) -> bool:
    """Tell of what was promised, if it has not come meanwhile."""
    step.tx[Promises].forget(due.number, due.material)
    row = step.tx[Drafts].get(due.number)
    if row is None or row.filing_id is None or step.now > due.until + timedelta(days=1):
        return False
    view = case_view_in(step.tx, step.node, due.number)
    if view.is_over or all(one.material != due.material for one in view.promised):
        return False
    return note_in(step, due.number, ToldEvent.PROMISE_DUE, f"{due.material}/{due.until.isoformat()}") > 0


def _over(node: Node, tx: Transaction, limit: int) -> list[tuple[str, ContactRow]]:
    return [(row.contact_id, row) for row in tx[Contacts].ending(node.clock.now(), limit)]


def _erase(step: Step, row: ContactRow) -> bool:
    step.note("contact-deleted", None, None, filing=row.number, way=row.way.value)
    return step.tx[Contacts].erase([row.contact_id]) == 1
