"""What a window has sent back of a department's messages in one case, and until when an opinion may be corrected."""

from __future__ import annotations

from datetime import datetime

from exchange.approval.department.records import DeskRow
from exchange.approval.department.terms import terms_of
from exchange.approval.rules.correction import correct_by
from exchange.approval.rules.states import DeskState
from exchange.clock import CST
from exchange.messaging.documents import Documents
from exchange.messaging.node import Node
from exchange.messaging.outbox import Outbox
from exchange.messaging.records import OutboxState, OutboxView
from exchange.schemas import Opinion
from exchange.store.transaction import Transaction


def returned_in(tx: Transaction, row: DeskRow) -> list[OutboxView]:
    """Return the department's own messages in a case's conversation that came back, each with its reason."""
    asked = tx[Documents].get(row.window, row.request_id)
    own = tx[Documents].of_conversation(asked.conversation_id) if asked is not None else []
    copies = (copy for one in own if one.direction == "sent" for copy in tx[Outbox].rows(one.message_id))
    return [copy for copy in copies if copy.state is OutboxState.RETURNED]


def correct_until(node: Node, tx: Transaction, row: DeskRow) -> datetime | None:
    """Return until when an opinion that came back may be corrected, whatever the term is; None where none waits for it.

    As the window reckons: from the first that came back, of those that were given within the term.
    """
    if row.state != DeskState.WAITING:
        return None
    term = terms_of(node, tx, (row,)).get(row.case_number)
    due_at = term.due_at if term is not None else None
    first = [
        copy.returned_at
        for copy in returned_in(tx, row)
        if copy.kind == Opinion.KIND and copy.returned_at is not None and (due_at is None or copy.written_at <= due_at)
    ]
    return correct_by(min(first).astimezone(CST), node.calendar) if first else None
