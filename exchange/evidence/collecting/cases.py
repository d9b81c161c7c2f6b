"""Everything on record about a case: at its window, at the departments that were asked, and at the monitors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from datetime import datetime, timedelta

from exchange.approval.department.store import DepartmentDesk
from exchange.approval.records import CaseRow
from exchange.approval.window.store import Cases
from exchange.errors import NotFound
from exchange.evidence.bundle.contents import BundleSubject, SubjectKind
from exchange.evidence.collecting.logs import add_log
from exchange.evidence.collecting.messages import add_messages
from exchange.evidence.collecting.parts import BundleParts
from exchange.evidence.collecting.witnesses import add_witnesses
from exchange.messaging.documents import Documents
from exchange.messaging.records import StoredDocument
from exchange.schemas import DeadlineNotice
from exchange.store import Store
from exchange.store.transaction import Transaction

_TOLD_WITHIN = timedelta(days=1)
"""After a case is closed: what changed last was told to monitors by then. One that is opened again is not closed."""


def collect_case(
    parts: BundleParts, stores: Mapping[str, Store], number: str, now: datetime
) -> tuple[BundleSubject, tuple[str, ...]]:
    """Add a case's messages and receipts from these members' records; return what it is, and who had any of it.

    Raises NotFound where none of them knows the case.
    """
    lead: str | None = None
    had = []
    looked_at: dict[str, Transaction] = {}
    with ExitStack() as stack:
        for member, store in stores.items():
            tx = looked_at[member] = stack.enter_context(store.reading())
            lead = lead or _lead(tx, member, number)
            found = _messages(tx, number, now)
            if found:
                had.append(member)
                add_messages(parts, tx, member, found)
                add_log(parts, tx, member, number, {(one.sender, one.message_id) for one in found})
        add_witnesses(parts, looked_at, had)
    if lead is None:
        raise NotFound(
            "no case {number} is on record here",
            remedy="`exchange status` lists the cases; `--as` names the member whose records are read",
            number=number,
        )
    return BundleSubject(kind=SubjectKind.CASE, id=number, of=lead), tuple(had)


def _lead(tx: Transaction, member: str, number: str) -> str | None:
    if tx[Cases].get(number) is not None:
        return member
    row = tx[DepartmentDesk].get(number)
    return row.window if row is not None else None


def _messages(tx: Transaction, number: str, now: datetime) -> list[StoredDocument]:
    case, row = tx[Cases].get(number), tx[DepartmentDesk].get(number)
    asked = tx[Documents].get(row.window, row.request_id) if case is None and row is not None else None
    conversation = case.conversation_id if case is not None else asked.conversation_id if asked is not None else None
    found = tx[Documents].of_conversation(conversation) if conversation else []
    for message_id in dict.fromkeys(entry.message_id for entry in tx.journal_of(number)):
        found += tx[Documents].find(message_id) if message_id else []
    if case is not None:
        found += _terms_told(tx, case, now)
    once = {(one.sender, one.message_id): one for one in found}
    return sorted(once.values(), key=lambda one: (one.recorded_at, one.message_id))


def _terms_told(tx: Transaction, case: CaseRow, now: datetime) -> Iterator[StoredDocument]:
    """What the window has told monitors of the case's terms.

    A message may tell of several cases at once. Those are others' business, and are left out once there is a decision,
    which bears the terms that it rests on.
    """
    named = f'"case_number":"{case.number}"'.encode()
    decided, closed_at = case.decision_id is not None, case.decided_at or case.withdrawn_at
    until = min(now, closed_at + _TOLD_WITHIN) if closed_at is not None else now
    for stored in tx[Documents].with_words(named, "sent", DeadlineNotice.KIND, case.opened_at, until):
        if not decided or stored.signed.count(named) == stored.signed.count(b'"case_number":'):
            yield stored
