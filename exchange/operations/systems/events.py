"""What webhooks are told: read from what a member's record has gained. Ids, states and faults, never content."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from exchange.approval.department.returned import correct_until
from exchange.approval.department.store import DepartmentDesk
from exchange.approval.rules.stops import ending_day
from exchange.approval.window.lead_duties import lead_duties
from exchange.envelope import payload_of, unpack_leaves, verify_signed
from exchange.envelope.strict import values_of
from exchange.errors import ExchangeError
from exchange.messaging.documents import Documents
from exchange.messaging.node import Node
from exchange.messaging.outbox import Outbox
from exchange.messaging.receipts import read_receipt
from exchange.operations.systems.member.records import DocumentLine
from exchange.operations.systems.records import DeliveryRow, WebhookRow
from exchange.operations.systems.webhooks import DeliveryState, Event
from exchange.schemas import (
    Acceptance,
    AcceptanceOutcome,
    Body,
    CaseProgress,
    Decision,
    DecisionServed,
    FilingReceipt,
    Opinion,
    ReceiptBatch,
    Reminder,
)
from exchange.store.transaction import Transaction

_DAY = timedelta(days=1)
_RETURNED_FOR = timedelta(days=30)
"""How far back opinions that came back are looked for: longer than any of them may be corrected."""
_OF_FILINGS = frozenset(model.KIND for model in (FilingReceipt, Acceptance, CaseProgress, DecisionServed))
_SPACE = uuid.UUID("6f1c1a2e-4a0c-5d3b-9c57-8c3f5a1e7b20")


@dataclass(frozen=True)
class Happened:
    """One event; ``subject`` and its kind make it the same event whenever it is found."""

    event: Event
    subject: str
    at: datetime
    data: dict[str, object] = field(default_factory=dict)


def happened(tx: Transaction, node: Node, line: DocumentLine) -> Iterator[Happened]:
    """Yield the events that the record of one document means for the member's own system."""
    if line.kind == ReceiptBatch.KIND:
        if line.direction == "received":
            yield from _receipts(tx, line)
        return
    if not line.accepted:
        return
    subject = f"{line.sender}/{line.message_id}"
    about: dict[str, object] = {"sender": line.sender, "message_id": line.message_id, "kind": line.kind}
    if line.direction == "received":
        yield Happened(Event.ARRIVED, subject, line.recorded_at, about)
    if line.kind in _OF_FILINGS and line.direction == "received":
        yield from _about_filings(tx, node, line, about)
    if line.kind == Decision.KIND or (line.kind == Reminder.KIND and line.direction == "received"):
        yield from _about_cases(tx, node, line, about)


def awaited(tx: Transaction, node: Node, now: datetime) -> Iterator[Happened]:
    """Yield what waits for a window's decision, or was escalated to it; the same while the same waits."""
    for duty in lead_duties(tx, node.calendar, now):
        data: dict[str, object] = {
            "case_number": duty.case_number,
            "task": duty.task.value,
            "departments": list(duty.departments),
            "since": duty.since.isoformat(),
            "due_at": duty.due_at.isoformat() if duty.due_at else None,
            "provisional": duty.provisional,
        }
        subject = f"{duty.case_number}/{duty.task.value}/{duty.since.isoformat()}"
        yield Happened(Event.AWAITED, subject, duty.since, data)


def corrections(tx: Transaction, node: Node, now: datetime) -> Iterator[Happened]:
    """Yield, a day before it ends, the time to correct an opinion that came back; the same once a case and end."""
    for copy in tx[Outbox].returned(now - _RETURNED_FOR, (Opinion.KIND,)):
        stored = tx[Documents].get(node.address, copy.message_id)
        numbers = values_of(payload_of(stored.signed), "case_number") if stored is not None else []
        row = tx[DepartmentDesk].get(numbers[0]) if numbers else None
        until = correct_until(node, tx, row) if row is not None else None
        if row is not None and until is not None and until - _DAY <= now <= until:
            data: dict[str, object] = {
                "sender": row.window, "message_id": copy.message_id, "kind": copy.kind, "case_number": row.case_number,
                "due_at": until.isoformat(), "provisional": not node.calendar.published(ending_day(until)),
                "stage": None,
            }  # fmt: skip
            yield Happened(Event.DEADLINE, f"{row.case_number}/correction/{until.isoformat()}", until - _DAY, data)


def delivery_of(hook: WebhookRow, found: Happened, now: datetime) -> DeliveryRow:
    """Return the delivery of an event to a webhook, under an id that is the same whenever it is made."""
    delivery_id = str(uuid.uuid5(_SPACE, f"{hook.webhook_id}/{found.event.value}/{found.subject}"))
    body = {
        "id": delivery_id,
        "type": found.event.value,
        "timestamp": found.at.isoformat(),
        "member": hook.member,
        "data": found.data,
    }
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return DeliveryRow(delivery_id, hook.webhook_id, found.event.value, text, DeliveryState.WAITING, 0, now, now)


def _receipts(tx: Transaction, line: DocumentLine) -> Iterator[Happened]:
    """A batch's receipts, of which those count that the outbox has taken as its own."""
    stored = tx[Documents].get(line.sender, line.message_id)
    if stored is None or len(stored.enclosures) != 1:
        return
    for leaf in unpack_leaves(stored.enclosures[0]):
        try:
            receipt = read_receipt(leaf)
        except ExchangeError:  # on record from when receipts of any year were taken: it must not hold up the others
            continue
        rows = [row for row in tx[Outbox].rows(receipt.message_id) if row.addressee == line.sender]
        if any(row.receipt_id == line.message_id for row in rows):
            data: dict[str, object] = {
                "message_id": receipt.message_id,
                "addressee": receipt.receiver,
                "outcome": receipt.outcome.value,
                "reason_code": receipt.reason_code,
                "reason": receipt.reason or None,
            }
            subject = f"{receipt.message_id}/{receipt.receiver}"
            yield Happened(Event.RECEIPT, subject, line.recorded_at, data)


def _about_filings(tx: Transaction, node: Node, line: DocumentLine, about: dict[str, object]) -> Iterator[Happened]:
    """What a portal's window has told of a filing, or of its case."""
    body = _verified(tx, node, line)
    if isinstance(body, FilingReceipt):
        event, more = Event.FILING_RECEIVED, {"case_number": None, "state": "received"}
    elif isinstance(body, Acceptance):
        event, more = _said(body), {"case_number": body.case_number, "state": body.outcome.value}
    elif isinstance(body, CaseProgress):
        event, more = Event.FILING_PROGRESS, {"case_number": body.case_number, "state": body.step.value}
    elif isinstance(body, DecisionServed):
        event, more = Event.FILING_DECIDED, {"case_number": body.case_number, "state": body.outcome.value}
    else:
        return
    yield Happened(event, f"{line.sender}/{line.message_id}", line.recorded_at, about | {"filing": body.filing} | more)


def _said(body: Acceptance) -> Event:
    if body.opens:
        return Event.FILING_ACCEPTED
    incomplete = body.outcome is AcceptanceOutcome.INCOMPLETE
    return Event.FILING_INCOMPLETE if incomplete else Event.FILING_REFUSED


def _verified(tx: Transaction, node: Node, line: DocumentLine) -> Body | None:
    stored = tx[Documents].get(line.sender, line.message_id)
    try:
        return verify_signed(stored.signed, node.directory).body if stored else None
    except ExchangeError:
        return None


def _about_cases(tx: Transaction, node: Node, line: DocumentLine, about: dict[str, object]) -> Iterator[Happened]:
    body = _verified(tx, node, line)
    if isinstance(body, Decision):
        yield Happened(Event.DECIDED, body.case_number, line.recorded_at, about | {"case_number": body.case_number})
    if isinstance(body, Reminder):
        ends: dict[str, object] = {"due_at": body.due_at.isoformat(), "provisional": body.provisional}
        more = {"case_number": body.case_number, "stage": body.stage, **ends}
        anew = f"/{line.message_id}" if body.began_at is not None else ""  # the same of all monitors, once a due moment
        yield Happened(Event.DEADLINE, f"{body.case_number}/{body.stage}{anew}", line.recorded_at, about | more)
