"""The rules of all rooms by which rows are held against signed documents, and how a case's messages are found."""

from __future__ import annotations

from collections.abc import Collection

from exchange.approval.attested.rules import APPROVAL_PAPERS, APPROVAL_ROWS
from exchange.approval.department.store import DepartmentDesk
from exchange.approval.window.store import Cases
from exchange.messaging.attested.walking import message_rules
from exchange.messaging.documents import Documents
from exchange.store.transaction import Transaction

ROW_RULES = (*message_rules(APPROVAL_PAPERS), *APPROVAL_ROWS)


def messages_of(tx: Transaction, number: str) -> Collection[str]:
    """Return the ids of a case's messages at a member: of its conversation, and whatever its journal names."""
    case, row = tx[Cases].get(number), tx[DepartmentDesk].get(number)
    asked = tx[Documents].get(row.window, row.request_id) if case is None and row is not None else None
    conversation = case.conversation_id if case is not None else asked.conversation_id if asked is not None else None
    found = [one.message_id for one in tx[Documents].of_conversation(conversation)] if conversation else []
    found += [entry.message_id for entry in tx.journal_of(number) if entry.message_id is not None]
    return list(dict.fromkeys(found))
