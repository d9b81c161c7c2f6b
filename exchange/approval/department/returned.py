"""What a window has sent back of a department's messages in one case."""

from __future__ import annotations

from exchange.approval.department.records import DeskRow
from exchange.messaging.documents import Documents
from exchange.messaging.outbox import Outbox
from exchange.messaging.records import OutboxState, OutboxView
from exchange.store.transaction import Transaction


def returned_in(tx: Transaction, row: DeskRow) -> list[OutboxView]:
    """Return the department's own messages in a case's conversation that came back, each with its reason."""
    asked = tx[Documents].get(row.window, row.consultation_id)
    own = tx[Documents].of_conversation(asked.conversation_id) if asked is not None else []
    copies = (copy for one in own if one.direction == "sent" for copy in tx[Outbox].rows(one.message_id))
    return [copy for copy in copies if copy.state is OutboxState.RETURNED]
