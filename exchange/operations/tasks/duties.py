"""What waits for somebody of a member beside consultations and decisions: signatures, covers, answers, returns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from exchange.approval.department.desk import ANSWERABLE
from exchange.approval.department.returned import correct_until
from exchange.approval.department.store import DepartmentDesk
from exchange.documents.request_record import requests_to_answer
from exchange.envelope import payload_of
from exchange.envelope.strict import values_of
from exchange.envelope.written import OWN_WORDS
from exchange.joint.states import JointSeat, JointState
from exchange.joint.store import JointDocuments
from exchange.messaging.documents import Documents
from exchange.messaging.node import Node
from exchange.messaging.outbox import Outbox
from exchange.messaging.records import OutboxView
from exchange.notices.answer import asked
from exchange.notices.cover import awaiting
from exchange.notices.records import NoticeRow
from exchange.notices.rules.states import NoticeSeat, NoticeState
from exchange.notices.standing_notices import notices_in
from exchange.notices.store import Notices
from exchange.paging import every
from exchange.schemas import MESSAGES, CaseTermNotice, ForwardedRequest, JointDocument, Opinion, TermNotice
from exchange.store.transaction import Transaction
from exchange.workdays import end_of_day

_SENT_BY_PEOPLE = frozenset({body.KIND for body in OWN_WORDS} | {JointDocument.KIND, ForwardedRequest.KIND})
"""What somebody has written, and can write anew."""
_RETURNED_FOR = timedelta(days=30)
"""How long something that came back is shown; whoever sends it anew does so under another id."""
_LATEST = 50
"""Notices of terms that are looked through."""


class DutyKind(StrEnum):
    """What is to be done."""

    SIGN_JOINT = "sign-joint"
    COVER_NOTICE = "cover-notice"
    SIGN_NOTICE = "sign-notice"
    ANSWER_FORM = "answer-form"
    ANSWER_REQUEST = "answer-request"
    LOOK_AT_RETURNED = "look-at-returned"
    LOOK_AT_REFUSED = "look-at-refused"  # an amendment of a term that was ordered in the name of this member
    LOOK_INTO_RETURNED = "look-into-returned"  # sent by a rule or by the exchange itself: nobody writes it anew


@dataclass(frozen=True)
class Duty:
    """One thing that waits for a person here."""

    kind: DutyKind
    id: str
    title: str
    since: datetime
    due_at: datetime | None = None
    overdue: bool = False
    detail: str = ""
    """From whom it is, or why it came back."""
    provisional: bool = False
    """Whether ``due_at`` lies beyond the published calendar, which may still move it."""


def duties_here(node: Node) -> list[Duty]:
    """Return all duties of a member, the earliest due first."""
    with node.store.reading() as tx:
        found = [*_joints(tx), *_covers(node, tx), *_notices(node, tx), *_returned(node, tx)]
        found += [*_returned_opinions(node, tx), *_refused_orders(node, tx)]
        open_forms = [row for _, row in every(tx[Notices].to_answer, lambda one: (one[0], one[1].notice_id))]
    found += [_form(node, row) for row in open_forms]
    found += _requests(node)
    return sorted(found, key=lambda duty: (duty.due_at is None, duty.due_at or duty.since, duty.id))


def _joints(tx: Transaction) -> Iterator[Duty]:
    for row in every(
        lambda after, most: tx[JointDocuments].page(JointSeat.SIGNER, JointState.OPEN, after, most),
        lambda row: row.place,
    ):
        yield Duty(DutyKind.SIGN_JOINT, row.joint_id, row.title, row.received_at, detail=row.lead)


def _covers(node: Node, tx: Transaction) -> Iterator[Duty]:
    for one in awaiting(tx, node.calendar, node.clock.now().date()):
        row = one.row
        due, guessed = end_of_day(one.due), one.provisional
        what = (row.notice_id, row.title, row.received_at, due, one.overdue, row.origin)
        yield Duty(DutyKind.COVER_NOTICE, *what, provisional=guessed)


def _notices(node: Node, tx: Transaction) -> Iterator[Duty]:
    now = node.clock.now()
    for row in notices_in(tx, NoticeSeat.READER, NoticeState.OPEN):
        due = end_of_day(date.fromisoformat(row.act_by)) if row.act_by else None
        late = due is not None and now > due
        yield Duty(DutyKind.SIGN_NOTICE, row.notice_id, row.title, row.received_at, due, late, row.origin)


def _form(node: Node, row: NoticeRow) -> Duty:
    wanted = asked(node, row.notice_id)
    late = node.clock.now() > wanted.due
    what = (row.notice_id, row.title, row.settled_at or row.received_at, wanted.due, late, row.origin)
    return Duty(DutyKind.ANSWER_FORM, *what, provisional=wanted.provisional)


def _returned(node: Node, tx: Transaction) -> Iterator[Duty]:
    since = node.clock.now() - _RETURNED_FOR
    for copy in tx[Outbox].returned(since, set(MESSAGES) - {Opinion.KIND}):
        kind = DutyKind.LOOK_AT_RETURNED if copy.kind in _SENT_BY_PEOPLE else DutyKind.LOOK_INTO_RETURNED
        yield _came_back(kind, copy)


def _returned_opinions(node: Node, tx: Transaction) -> Iterator[Duty]:
    """Of those that came back, the ones after which the case still waits on the desk."""
    since = node.clock.now() - _RETURNED_FOR
    for copy in tx[Outbox].returned(since, (Opinion.KIND,)):
        stored = tx[Documents].get(node.address, copy.message_id)
        numbers = values_of(payload_of(stored.signed), "case_number") if stored is not None else []
        row = tx[DepartmentDesk].get(numbers[0]) if numbers else None
        if row is None or row.state in ANSWERABLE:
            until = correct_until(node, tx, row) if row is not None else None
            yield _came_back(
                DutyKind.LOOK_AT_RETURNED, copy, until, late=until is not None and node.clock.now() > until
            )


def _refused_orders(node: Node, tx: Transaction) -> Iterator[Duty]:
    """Of the latest notices of terms, those that tell that what was ordered in this member's name was refused."""
    since = node.clock.now() - _RETURNED_FOR
    kinds = (TermNotice.KIND, CaseTermNotice.KIND)
    for stored in (one for kind in kinds for one in tx[Documents].recent("received", kind, _LATEST)):
        refused = values_of(payload_of(stored.signed), "refused")
        if refused and stored.recorded_at >= since:
            why = f"{stored.sender}: {refused[0]}"
            yield Duty(DutyKind.LOOK_AT_REFUSED, stored.message_id, stored.kind, stored.recorded_at, detail=why)


def _came_back(kind: DutyKind, copy: OutboxView, until: datetime | None = None, *, late: bool = False) -> Duty:
    at, why = copy.returned_at or copy.written_at, f"{copy.addressee}: {copy.last_error or ''}"
    return Duty(kind, copy.message_id, copy.kind, at, until, late, why)


def _requests(node: Node) -> Iterator[Duty]:
    for one in requests_to_answer(node):
        if one.came_at is not None:
            yield Duty(DutyKind.ANSWER_REQUEST, one.request_id, one.title, one.came_at, detail=one.origin)
