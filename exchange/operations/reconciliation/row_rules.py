"""The rules of all rooms by which rows are held against signed documents, and how a case's messages are found."""

from __future__ import annotations

from collections.abc import Collection

from exchange.approval.attested.rules import APPROVAL_PAPERS, APPROVAL_ROWS
from exchange.approval.department.store import DepartmentDesk
from exchange.approval.window.store import Cases
from exchange.documents.attested.rules import DOCUMENT_PAPERS, DOCUMENT_ROWS
from exchange.joint.attested.rules import JOINT_ROOM_PAPERS, JOINT_ROWS
from exchange.licences.attested.register import LICENCE_PAPERS, LICENCE_ROWS
from exchange.messaging.attested.walking import message_rules
from exchange.messaging.documents import Documents
from exchange.notices.attested.rules import NOTICE_PAPERS, NOTICE_ROWS
from exchange.store.transaction import Transaction

ALL_PAPERS = (*APPROVAL_PAPERS, *LICENCE_PAPERS, *DOCUMENT_PAPERS, *JOINT_ROOM_PAPERS, *NOTICE_PAPERS)
ROW_RULES = (
    *message_rules(ALL_PAPERS), *APPROVAL_ROWS, *LICENCE_ROWS, *DOCUMENT_ROWS, *JOINT_ROWS, *NOTICE_ROWS,
)  # fmt: skip


def messages_of(tx: Transaction, number: str) -> Collection[str]:
    """Return the ids of a case's messages at a member: of its conversation, and whatever its journal names."""
    case, row = tx[Cases].get(number), tx[DepartmentDesk].get(number)
    asked = tx[Documents].get(row.window, row.request_id) if case is None and row is not None else None
    conversation = case.conversation_id if case is not None else asked.conversation_id if asked is not None else None
    found = [one.message_id for one in tx[Documents].of_conversation(conversation)] if conversation else []
    found += [entry.message_id for entry in tx.journal_of(number) if entry.message_id is not None]
    return list(dict.fromkeys(found))
