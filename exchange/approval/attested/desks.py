"""What lies on a department's desk against the request, its own opinion, and what it was told of the case."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from exchange.approval.attested.recalls import recalling
from exchange.approval.attested.reminded import reminded
from exchange.approval.department.tables import desk
from exchange.approval.rules.department_term import Told, desk_term
from exchange.approval.rules.states import DeskState
from exchange.messaging.attested.contradiction import RowAt, RowContradiction, withheld
from exchange.messaging.attested.rule import PaperRule, RowRule
from exchange.messaging.attested.view import RecordedPaper, RowsView
from exchange.messaging.records import OutboxState
from exchange.messaging.tables import outbox_copy
from exchange.schemas import (
    Body,
    CaseClosed,
    Consultation,
    Decision,
    DefaultMode,
    DefaultNotice,
    Opinion,
    OpinionRecall,
    TermNotice,
    Verdict,
)
from exchange.schemas.consultation import ConsultedDepartment
from exchange.store.rows import Row
from exchange.store.types import printable

B = TypeVar("B", bound=Body)


def _check(view: RowsView, at: RowAt, row: Row) -> Iterator[RowContradiction]:
    request = view.paper(row["window"], row["copy_id"] or row["consultation_id"])
    if request is None:
        yield at.unproved("consultation_id", row["consultation_id"])
        return
    body = request.body
    if not isinstance(body, Consultation) or request.header is None:
        return  # the document's own row says so
    conversation = request.header.conversation_id
    yield from _as_asked(view, at, row, request, body)
    yield from _answered(view, at, row, conversation)
    yield from _state(view, at, row, conversation)
    yield from _due(view, at, row, body, conversation)
    yield from recalling(view, at, row)
    yield from reminded(view, at, row)


def _as_asked(
    view: RowsView, at: RowAt, row: Row, request: RecordedPaper, body: Consultation
) -> Iterator[RowContradiction]:
    yield from at.differs("case_number", row["case_number"], body.case_number, request.ref)
    yield from at.differs("matter", row["matter"], body.matter, request.ref)
    of = body.departments[0].department if body.copy_of is not None else None
    yield from at.differs("acts_for", row["acts_for"], of, request.ref)
    title = printable(body.application.project)
    yield from at.differs("title", withheld(row["title"]), withheld(title), request.ref)
    given = view.own_receipt(row["window"], request.ref.message_id)
    if given is not None and not given.spans(row["received_at"]):
        yield from at.differs("received_at", row["received_at"], given.receipt.signed_for_at, given.batch)


def _answered(view: RowsView, at: RowAt, row: Row, conversation: str) -> Iterator[RowContradiction]:
    if row["opinion_id"] is None:
        return
    paper = view.paper(view.member, row["opinion_id"])
    if paper is None:
        if not any(body.opinion_id == row["opinion_id"] for _, body in _of(view, conversation, row, CaseClosed)):
            yield at.unproved("opinion_id", row["opinion_id"])
        return
    body = paper.body
    if isinstance(body, Opinion) and body.case_number == row["case_number"]:
        yield from at.differs("answered_at", row["answered_at"], paper.signed_at, paper.ref)
    elif body is not None:  # bytes that do not verify are named by themselves
        yield at.unproved("opinion_id", row["opinion_id"], paper.ref)


def _state(view: RowsView, at: RowAt, row: Row, conversation: str) -> Iterator[RowContradiction]:
    state = row["state"]
    if state == DeskState.DEFAULTED:
        told = [(paper, body) for paper, body in _of(view, conversation, row, DefaultNotice)
                if body.mode is not DefaultMode.NONE]  # fmt: skip
        if not told:
            yield at.unproved("state", state)
        elif row["acts_for"] is None and row["paper_by"] not in {body.paper_owed_by for _, body in told}:
            yield from at.differs("paper_by", row["paper_by"], told[-1][1].paper_owed_by, told[-1][0].ref)
    elif state == DeskState.CLOSED:
        ended = [*_of(view, conversation, row, CaseClosed), *_of(view, conversation, row, Decision)]
        if not ended and not _went_back(view, row["opinion_id"]):
            yield at.unproved("state", state)
    elif state == DeskState.ANSWERED and row["opinion_id"] is None:
        yield at.unproved("state", state)


def _due(view: RowsView, at: RowAt, row: Row, body: Consultation, conversation: str) -> Iterator[RowContradiction]:
    """The end of a term that waits: what the window has told last, or what follows from the own receipt.

    Where the term is over, the calendar may be another by now than the one by which it was reckoned.
    """
    own = next((one for one in body.departments if one.department == view.member), None)
    if row["state"] != DeskState.WAITING or row["acts_for"] is not None or own is None:
        return
    told = [(paper, notice) for paper, notice in _of(view, conversation, row, TermNotice)
            if notice.consultation_id == row["consultation_id"] and notice.refused is None
            and not view.sent_back(paper)]  # fmt: skip
    if told:
        if row["due_at"] not in {notice.due_at for _, notice in told}:
            yield from at.differs("due_at", row["due_at"], told[-1][1].due_at, told[-1][0].ref)
    elif not own.after:
        yield from _from_receipt(view, at, row, body, own)


def _from_receipt(
    view: RowsView, at: RowAt, row: Row, body: Consultation, own: ConsultedDepartment
) -> Iterator[RowContradiction]:
    began = max(row["received_at"], body.issued_at)
    due_at = desk_term(Told(own.term, began, asked_at=body.issued_at), view.member, view.calendar, began).due_at
    given = view.own_receipt(row["window"], row["consultation_id"])
    if given is not None:
        yield from at.differs("due_at", row["due_at"], due_at, given.batch)


def _of(view: RowsView, conversation: str, row: Row, kind: type[B]) -> Iterator[tuple[RecordedPaper, B]]:
    """The window's documents of a kind about a case, in the order recorded."""
    for paper in view.papers_of(conversation):
        if isinstance(paper.body, kind) and paper.ref.sender == row["window"]:
            yield paper, paper.body


def _went_back(view: RowsView, message_id: str | None) -> bool:
    copies = view.rows.where(outbox_copy, "message_id", (message_id,)) if message_id is not None else ()
    return any(one["state"] == OutboxState.RETURNED for one in copies)


def _opinion(view: RowsView, paper: RecordedPaper) -> Iterator[RowContradiction]:
    """An opinion that this department has signed is on its desk, unless it went back or was recalled."""
    body = paper.body
    if not isinstance(body, Opinion) or body.verdict is Verdict.SPECIAL_PROCEDURE:
        return
    row = next(iter(view.rows.where(desk, "case_number", (body.case_number,))), None)
    at = RowAt(view.member, desk.name, body.case_number)
    if row is None:
        yield at.left_out("case_number", None, paper.ref.message_id, paper.ref)
    elif body.consultation_id != row["consultation_id"] or _went_back(view, paper.ref.message_id):
        return
    elif row["opinion_id"] != paper.ref.message_id:
        if not _has_been_replaced(view, row, paper):
            yield at.left_out("opinion_id", row["opinion_id"], paper.ref.message_id, paper.ref)
    elif row["state"] not in (DeskState.ANSWERED, DeskState.CLOSED):
        yield from at.differs("state", row["state"], DeskState.ANSWERED.value, paper.ref)


def _has_been_replaced(view: RowsView, row: Row, paper: RecordedPaper) -> bool:
    """By a later one, or recalled."""
    header = paper.header
    others = view.papers_of(header.conversation_id) if header is not None else []
    recalled = {one.body.opinion_id for one in others if isinstance(one.body, OpinionRecall)}
    later = view.paper(view.member, row["opinion_id"]) if row["opinion_id"] is not None else None
    return paper.ref.message_id in recalled or (later is not None and later.recorded_at >= paper.recorded_at)


def _request(view: RowsView, paper: RecordedPaper) -> Iterator[RowContradiction]:
    """A request that this department has signed for lies on its desk, or a later one of the same case does."""
    body = paper.body
    given = view.own_receipt(paper.ref.sender, paper.ref.message_id)
    if not isinstance(body, Consultation) or given is None or not given.accepted:
        return
    row = next(iter(view.rows.where(desk, "case_number", (body.case_number,))), None)
    at = RowAt(view.member, desk.name, body.case_number)
    if row is None:
        yield at.left_out("case_number", None, paper.ref.message_id, paper.ref)
    elif paper.ref.message_id not in (row["consultation_id"], row["copy_id"]):
        present = view.paper(row["window"], row["copy_id"] or row["consultation_id"])
        if present is None or present.recorded_at < paper.recorded_at:
            yield at.left_out("consultation_id", row["consultation_id"], paper.ref.message_id, paper.ref)


DESKS = RowRule(desk, ("case_number",), _check, newest="received_at", case="case_number")
DESK_PAPERS = (PaperRule(Opinion.KIND, "sent", _opinion), PaperRule(Consultation.KIND, "received", _request))
