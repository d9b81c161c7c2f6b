"""The terms of what lies on a department's desk, from the signed messages it has on record."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from exchange.approval.department.consulted import consultation_of
from exchange.approval.department.records import DeskRow
from exchange.approval.rules.department_term import DeskTerm, Told, desk_term, in_the_windows_order
from exchange.approval.rules.entry_reasons import ARTICLE_45, special_procedure
from exchange.approval.rules.permitted import AmendedTerm, refusal_of
from exchange.approval.superiors import superiors_of
from exchange.envelope import verify_signed
from exchange.errors import NotFound, Returned, SenderError
from exchange.messaging.documents import Documents
from exchange.messaging.inbox import Inbox
from exchange.messaging.node import Node, Step
from exchange.messaging.outbox import Outbox
from exchange.messaging.records import OutboxState, StoredDocument
from exchange.schemas import Body, Clearance, EntryKind, LedgerEntry, Opinion, Term, TermNotice
from exchange.store.transaction import Transaction


def terms_of(node: Node, tx: Transaction, rows: Sequence[DeskRow]) -> dict[str, DeskTerm]:
    """Return how the terms stand, by case number, leaving out those whose documents do not tell (any more)."""
    found: dict[str, DeskTerm] = {}
    for row in rows:
        try:
            found[row.case_number] = term_of(node, tx, row)
        except (NotFound, SenderError):
            continue
    return found


def term_of(node: Node, tx: Transaction, row: DeskRow) -> DeskTerm:
    """Return how the term of one consultation stands.

    Raises NotFound, or SenderError where its documents do not tell.
    """
    return desk_term(told_of(node, tx, row), node.address, node.calendar, node.clock.now())


def due_from_now(step: Step, term: Term, asked_at: datetime) -> datetime | None:
    """Return when a term is over that begins as this department signs now; kept for lists only, which go by it."""
    told = Told(term, max(step.now, asked_at), asked_at=asked_at)
    return desk_term(told, step.node.address, step.node.calendar, step.now).due_at


def cleared_due(step: Step, row: DeskRow, asked_at: datetime) -> datetime | None:
    """Return the same of a term that a clearance begins; what is kept already where the request does not tell."""
    stored = step.tx[Documents].get(row.window, row.request_id)
    if stored is None or row.acts_for is not None:
        return row.due_at
    parts = consultation_of(step.node, stored).departments
    own = next((part for part in parts if part.department == step.node.address), None)
    return due_from_now(step, own.term, asked_at) if own is not None else row.due_at


def told_of(node: Node, tx: Transaction, row: DeskRow) -> Told:
    """Return what is on record of the term of one consultation. Raises as `term_of` does."""
    asked = tx[Documents].get(row.window, row.request_id)
    consultation = consultation_of(node, asked)
    conversation = asked.conversation_id if asked else ""
    address = row.acts_for or node.address
    own = next(part for part in consultation.departments if part.department == address)
    began = _cleared_at(node, tx, row, conversation) if own.after else row.received_at
    notices = _notices(node, row, _taken(tx, row, tx[Documents].of_conversation(conversation, TermNotice.KIND)))
    stops = list(_own_stops(node, tx, row, tx[Documents].of_conversation(conversation, Opinion.KIND)))
    last = notices[-1].said if notices else None
    asked_at: datetime | None = consultation.issued_at
    if row.acts_for is not None:  # the department's own receipt has begun the term, and the window tells of that
        begun = [notice.said.entry.at for notice in notices if notice.said.entry.kind is EntryKind.START]
        began = asked_at = begun[0] if begun else None
        notices = [notice for notice in notices if notice.said.entry.kind is not EntryKind.START]
    return Told(
        own.term,
        None if began is None or asked_at is None else max(began, asked_at),
        in_the_windows_order([(notice.at, notice.said.entry) for notice in notices], stops),
        last.due_at if last is not None else None,
        asked_at,
        provisional=last is not None and last.provisional,
        own_stop=not {stop.notice for stop in stops} <= {notice.said.entry.notice for notice in notices},
    )


@dataclass(frozen=True)
class _Notice:
    at: datetime
    """When the window signed it, and so entered what it tells of."""
    said: TermNotice


def expect_permitted(step: Step, row: DeskRow, notice: TermNotice) -> None:
    """Raise Returned for an amendment that the consultation of this department does not allow, whoever has signed it.

    Where its documents do not tell (any more), nothing is held against the window.
    """
    node = step.node
    try:
        told = told_of(node, step.tx, row)
        consultation = consultation_of(node, step.tx[Documents].get(row.window, row.request_id))
    except (NotFound, SenderError):
        return
    own = next(part for part in consultation.departments if part.department == node.address)
    before = [entry for entry in told.entries if entry.notice != notice.entry.notice]
    term = AmendedTerm(node.address, row.window, superiors_of(node.address, node.directory), own.amendments)
    refused = refusal_of(term, before, notice.entry)
    if refused is not None:
        raise Returned(refused.why, code="not-permitted", remedy=refused.remedy)


def _cleared_at(node: Node, tx: Transaction, row: DeskRow, conversation: str) -> datetime | None:
    """When the result came that it waited for; None while that is not in. Of an earlier round none counts."""
    stored = tx[Documents].of_conversation(conversation, Clearance.KIND)
    found = [one for one in stored if one.sender == row.window and _clears(_body(node, one), row)]
    return found[-1].recorded_at if found else None


def _clears(body: Body, row: DeskRow) -> bool:
    return isinstance(body, Clearance) and body.consultation_id == row.consultation_id


def _taken(tx: Transaction, row: DeskRow, stored: Sequence[StoredDocument]) -> list[StoredDocument]:
    """Without those that went back to the window."""
    returned = tx[Inbox].returned(row.window, {one.message_id for one in stored})
    return [one for one in stored if one.message_id not in returned]


def _notices(node: Node, row: DeskRow, stored: Sequence[StoredDocument]) -> list[_Notice]:
    """The window's notices in the order in which it signed them, however they came."""
    found: list[_Notice] = []
    for one in stored:
        verified = verify_signed(one.signed, node.directory)
        body = verified.body
        if isinstance(body, TermNotice) and one.sender == row.window and _is_of(node, row, body):
            found.append(_Notice(verified.header.created_at, body))
    return sorted(found, key=lambda notice: (notice.at, notice.said.entry.at))


def _is_of(node: Node, row: DeskRow, notice: TermNotice) -> bool:
    """Whether it changes the term on this desk: others are told of what they have ordered, or were refused."""
    own = notice.department == (row.acts_for or node.address) and notice.consultation_id == row.consultation_id
    return own and notice.refused is None


def _own_stops(node: Node, tx: Transaction, row: DeskRow, stored: Sequence[StoredDocument]) -> Iterator[LedgerEntry]:
    """Special procedures that the department has announced and the window has not sent back."""
    for one in stored:
        body = _body(node, one)
        if not isinstance(body, Opinion) or body.procedure is None or body.consultation_id != row.consultation_id:
            continue
        if all(copy.state is not OutboxState.RETURNED for copy in tx[Outbox].rows(one.message_id)):
            yield LedgerEntry(
                kind=EntryKind.STOP,
                at=one.recorded_at,
                days=body.procedure.days,
                reason=special_procedure(body.procedure.kind),
                basis=body.basis or ARTICLE_45,
                actor=node.address,
                notice=one.message_id,
            )


def _body(node: Node, stored: StoredDocument) -> Body:
    return verify_signed(stored.signed, node.directory).body
