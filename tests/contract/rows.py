"""Records as the flow hands them to a store: short to write, different from one another where ids must be."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from exchange.approval.department.records import DeskRow
from exchange.approval.monitor.records import WatchRow
from exchange.approval.records import CaseRow, PartRow
from exchange.approval.rules.states import CaseState, PartState, WatchState
from exchange.clock import CST
from exchange.messaging.records import DeadLetter, InboxEntry, Outgoing, Signed
from exchange.messaging.rules.arrival_time import Arrival, ArrivalSource
from exchange.schemas import (
    DeadlineState,
    DeadlineStatus,
    DefaultMode,
    EntryKind,
    Header,
    LedgerEntry,
    StartRule,
    Term,
    Urgency,
)

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=CST)
LATER = NOW + timedelta(hours=1)
MUCH_LATER = NOW + timedelta(days=1)
US, PLANNING, TRANSPORT, WINDOW = "hefei.us", "hefei.planning", "hefei.transport", "hefei.window"


def new_id() -> str:
    """A message id."""
    return str(uuid.uuid4())


def header(sender: str = US, addressees: Sequence[str] = (PLANNING,), kind: str = "document", **fields: Any) -> Header:
    """A clear header."""
    message_id = fields.pop("message_id", None) or new_id()
    return Header(
        message_id=message_id,
        conversation_id=fields.pop("conversation_id", message_id),
        kind=kind,
        sender=sender,
        addressees=tuple(addressees),
        created_at=NOW,
        **fields,
    )


def outgoing(
    *addressees: str, urgency: Urgency = Urgency.ORDINARY, needs_receipt: bool = True, **fields: Any
) -> Outgoing:
    """A sealed message for these addressees; its bytes name its id, so that they are never another's."""
    to = addressees or (PLANNING,)
    enclosures = fields.pop("enclosures", ())
    head = header(addressees=to, urgency=urgency, **fields)
    return Outgoing(
        header=head,
        signed=f"signed {head.message_id}".encode(),
        enclosures=enclosures,
        common=f"common {head.message_id}".encode(),
        recipients={address: f"for {address}".encode() for address in to},
        queues={address: f"{address}.inbox" for address in to},
        needs_receipt=needs_receipt,
    )


def digest(data: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def signed_for(message: Outgoing, addressee: str = PLANNING, **fields: Any) -> Signed:
    """An addressee's receipt for this very document."""
    facts = {"accepted": True, "receipt_id": new_id(), "index": 0, "digest": digest(message.signed), **fields}
    return Signed(message_id=message.header.message_id, addressee=addressee, **facts)


def entry(sender: str = PLANNING, kind: str = "document", **fields: Any) -> InboxEntry:
    """A message taken in."""
    head = header(sender, (US,), kind, message_id=fields.pop("message_id", None))
    signed = fields.pop("signed", f"signed {head.message_id}".encode())
    facts = {
        "enclosures": (),
        "arrival": Arrival(NOW, NOW, ArrivalSource.BROKER),
        "receipt_id": new_id(),
        "accepted": True,
        **fields,
    }
    return InboxEntry(header=head, digest=digest(signed), signed=signed, **facts)


def dead_letter(**fields: Any) -> DeadLetter:
    """Something that could not be taken in."""
    facts = {
        "reason_code": "malformed",
        "reason": "not an envelope",
        "stage": "open",
        "queue": f"{US}.inbox",
        "envelope": b"\x00\xff not an envelope",
        **fields,
    }
    return DeadLetter(**facts)


def case_row(number: str = "HF-1", **fields: Any) -> CaseRow:
    """An open case."""
    facts = {
        "matter": "works",
        "matter_version": "2026.1",
        "state": CaseState.OPEN,
        "stage": 1,
        "application": b'{"project":"x"}',
        "applicant": "热电公司",
        "project": "黄山路供热管道",
        "conversation_id": new_id(),
        "opened_at": NOW,
        **fields,
    }
    return CaseRow(number=number, **facts)


def part_row(department: str = PLANNING, number: str = "HF-1", **fields: Any) -> PartRow:
    """A department's part of a case."""
    return PartRow(number, department, **{"stage": 1, "state": PartState.PLANNED, **fields})


def ledger_entry(kind: EntryKind = EntryKind.START, at: datetime = NOW, **fields: Any) -> LedgerEntry:
    """An event in the life of a deadline."""
    return LedgerEntry(kind=kind, at=at, reason="term begins", actor=WINDOW, **fields)


def deadline(number: str = "HF-1", department: str = PLANNING, revision: int = 1, **fields: Any) -> DeadlineState:
    """A deadline as the window reports it."""
    facts = {
        "matter": "works",
        "matter_version": "2026.1",
        "lead": WINDOW,
        "consultation_id": "11111111-1111-4111-8111-111111111111",
        "status": DeadlineStatus.RUNNING,
        "term": Term(days=5),
        "start": StartRule.SIGNED_FOR,
        "ledger": (ledger_entry(),),
        "default": DefaultMode.CONSENT,
        "default_basis": ("缺席默认制",),
        **fields,
    }
    return DeadlineState(case_number=number, department=department, revision=revision, **facts)


def watch_row(
    number: str = "HF-1",
    department: str = PLANNING,
    revision: int = 1,
    state: WatchState = WatchState.RUNNING,
    **fields: Any,
) -> WatchRow:
    """A deadline on a monitor's list."""
    running = state is WatchState.RUNNING
    status = DeadlineStatus.RUNNING if running else DeadlineStatus.CLOSED
    facts = {
        "window": WINDOW,
        "due_at": MUCH_LATER,
        "provisional": False,
        "next_at": LATER if running else None,
        "calendar": "calendar 1",
        **fields,
    }
    return WatchRow(
        deadline=deadline(number, department, revision, status=status, lead=facts["window"]), state=state, **facts
    )


def desk_row(number: str = "HF-1", **fields: Any) -> DeskRow:
    """A consultation on the desk."""
    facts = {
        "window": WINDOW,
        "consultation_id": new_id(),
        "state": "waiting",
        "matter": "works",
        "title": "黄山路供热管道",
        "received_at": NOW,
        "due_at": None,
        "cleared": True,
        **fields,
    }
    return DeskRow(case_number=number, **facts)
