"""A round: what nobody has said anything of within five working days is accepted by law, by itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial

from exchange.approval.acceptance.accepting import accept_by_law
from exchange.approval.filings.records import FilingRow
from exchange.approval.filings.states import FilingState
from exchange.approval.filings.store import Filings
from exchange.approval.rules.acceptance.term import SHORTEST, is_accepted_by_law
from exchange.messaging.failing.apart import each_together
from exchange.messaging.node import Node, Step
from exchange.store.transaction import Transaction

WORK = "acceptance by law"
"""What this work is called where it fails."""
_AT_ONCE = 50


def look(node: Node) -> int:
    """Accept what is due; returns how many."""
    return len(each_together(node, WORK, partial(_due, node), accept_due, _AT_ONCE))


def accept_due(
    step: Step,
    row: FilingRow,
    case_number: str | None = None,
    fixed_due: Mapping[str, datetime] | None = None,
) -> str | None:
    """Accept a filing of which nobody has said anything in time; returns its case, None where that is not so.

    ``case_number``: else the window gives the next one. ``fixed_due`` gives departments a due moment that a statute or
    court fixed.
    """
    current = step.tx[Filings].get(row.portal, row.number)
    if current is None or current.state is not FilingState.RECEIVED:
        return None
    if not is_accepted_by_law(current.complete_at, step.now, step.node.calendar):
        return None
    return accept_by_law(step, current, case_number, fixed_due)


def _due(node: Node, tx: Transaction, limit: int) -> list[tuple[str, FilingRow]]:
    now = node.clock.now()
    waiting = tx[Filings].to_accept(now - SHORTEST, limit)
    due = [row for row in waiting if is_accepted_by_law(row.complete_at, now, node.calendar)]
    return [(f"{row.portal} {row.number}", row) for row in due]
