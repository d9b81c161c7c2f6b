"""Requests for supplements at window and department, against the request, its answer and what came in."""

from __future__ import annotations

from collections.abc import Iterator

from exchange.approval.attested.reading import case_row
from exchange.approval.rules.course.supplement_states import SupplementState
from exchange.approval.rules.states import CaseState
from exchange.approval.supplements.tables import supplement_request
from exchange.approval.tables import reopening
from exchange.messaging.attested.contradiction import RowAt, RowContradiction, withheld
from exchange.messaging.attested.rule import PaperRule, RowRule
from exchange.messaging.attested.view import RecordedPaper, RowsView
from exchange.messaging.records import OutboxState
from exchange.messaging.tables import outbox_copy
from exchange.schemas import CaseAddition, FilingSupplement, SupplementAnswer, SupplementRequest
from exchange.schemas.instants import CLOCK_SKEW
from exchange.store.rows import Row
from exchange.store.types import printable

_UNDER_WAY = (CaseState.OPEN, CaseState.READY)
_AFTER_ANSWER = (SupplementState.PASSED_ON, SupplementState.DECLINED, SupplementState.COME_IN)


def _check(view: RowsView, at: RowAt, row: Row) -> Iterator[RowContradiction]:
    paper = view.paper(row["department"], row["request_id"])
    if paper is None:
        yield at.unproved("request_id", row["request_id"])
        return
    if isinstance(paper.body, SupplementRequest):
        body = paper.body
        yield from at.differs("case_number", row["case_number"], body.case_number, paper.ref)
        yield from at.differs("department", row["department"], body.department, paper.ref)
        yield from _asked(view, at, row, paper)
    elif paper.fault is None:
        yield at.unproved("request_id", row["request_id"], paper.ref)
    yield from _answered(view, at, row)
    yield from _otherwise(view, at, row)
    yield from _came_in(view, at, row, paper)


def _asked(view: RowsView, at: RowAt, row: Row, paper: RecordedPaper) -> Iterator[RowContradiction]:
    """When it was signed, at the department; at the window between that and its receipt."""
    if paper.ref.sender == view.member:
        yield from at.differs("asked_at", row["asked_at"], paper.signed_at, paper.ref)
        return
    given = view.own_receipt(paper.ref.sender, paper.ref.message_id)
    if given is None or paper.signed_at is None:
        return
    if not paper.signed_at - CLOCK_SKEW <= row["asked_at"] <= given.receipt.signed_for_at:
        yield from at.differs("asked_at", row["asked_at"], given.receipt.arrived_at, given.batch)


def _answered(view: RowsView, at: RowAt, row: Row) -> Iterator[RowContradiction]:
    if row["answer_id"] is None:
        if row["state"] in _AFTER_ANSWER:
            yield at.unproved("state", row["state"])
        if row["invitation_id"] is not None:
            yield at.unproved("invitation_id", row["invitation_id"])
        return
    paper = view.paper(row["window"], row["answer_id"])
    if paper is None:
        yield at.unproved("answer_id", row["answer_id"])
    elif isinstance(paper.body, SupplementAnswer):
        body = paper.body
        yield from at.differs("request_id", row["request_id"], body.request_id, paper.ref)
        if row["state"] != SupplementState.COME_IN or body.outcome.value != SupplementState.PASSED_ON:
            yield from at.differs("state", row["state"], body.outcome.value, paper.ref)
        yield from at.differs("invitation_id", row["invitation_id"], body.invitation_id, paper.ref)
        yield from at.differs("reasons", withheld(row["reasons"]), withheld(printable(body.reasons)), paper.ref)
        if paper.ref.sender == view.member:
            yield from at.differs("answered_at", row["answered_at"], body.at, paper.ref)
            return
        given = view.own_receipt(paper.ref.sender, paper.ref.message_id)
        if given is not None and (row["answered_at"] is None or not given.spans(row["answered_at"])):
            yield from at.differs("answered_at", row["answered_at"], given.receipt.signed_for_at, given.batch)
    elif paper.fault is None:
        yield at.unproved("answer_id", row["answer_id"], paper.ref)


def _otherwise(view: RowsView, at: RowAt, row: Row) -> Iterator[RowContradiction]:
    """It went back by the window's receipt, or the case was over before anything was said."""
    if row["state"] == SupplementState.RETURNED:
        copies = view.rows.where(outbox_copy, "message_id", (row["request_id"],))
        if not any(one["state"] == OutboxState.RETURNED for one in copies):
            yield at.unproved("state", row["state"])
    elif row["state"] == SupplementState.LAPSED:
        case = case_row(view, row["case_number"])
        anew = view.rows.where(reopening, "case_number", (row["case_number"],))
        if case is None or (case["state"] in _UNDER_WAY and not anew):
            yield at.unproved("state", row["state"])


def _came_in(view: RowsView, at: RowAt, row: Row, request: RecordedPaper) -> Iterator[RowContradiction]:
    """By a paper of the applicant; a department has it as its window has shown it."""
    if row["state"] != SupplementState.COME_IN:
        for column in ("paper_id", "came_at"):
            if row[column] is not None:
                yield at.unproved(column, row[column])
        return
    here = row["window"] == view.member
    shown = view.find(row["paper_id"]) if here and row["paper_id"] is not None else []
    if not here and request.header is not None:
        named = view.named(request.header.conversation_id, CaseAddition.KIND, row["window"])
        papers = (view.paper(*one) for one in named)
        shown = [one for one in papers if one is not None and isinstance(one.body, CaseAddition)
                 and one.body.paper_id == row["paper_id"]]  # fmt: skip
    if not any(isinstance(one.body, FilingSupplement | CaseAddition) for one in shown):
        yield at.unproved("paper_id", row["paper_id"])
        return
    given = view.own_receipt(shown[0].ref.sender, shown[0].ref.message_id)
    if given is not None and (row["came_at"] is None or not given.spans(row["came_at"])):
        yield from at.differs("came_at", row["came_at"], given.receipt.signed_for_at, given.batch)


def _request(view: RowsView, paper: RecordedPaper) -> Iterator[RowContradiction]:
    """A request that was made, or taken in, stands, or a later one of this department does."""
    body = paper.body
    if not isinstance(body, SupplementRequest) or (paper.direction == "received" and not view.accepted(paper)):
        return
    row, at = _row(view, body.case_number, body.department), _at(view, body.case_number, body.department)
    if row is None:
        yield at.left_out("department", None, body.department, paper.ref)
    elif row["request_id"] != paper.ref.message_id and (paper.direction == "received" or row["asked_at"] < body.at):
        yield at.left_out("request_id", row["request_id"], paper.ref.message_id, paper.ref)


def _answer(view: RowsView, paper: RecordedPaper) -> Iterator[RowContradiction]:
    body = paper.body
    if not isinstance(body, SupplementAnswer) or (paper.direction == "received" and not view.accepted(paper)):
        return
    row, at = _row(view, body.case_number, body.department), _at(view, body.case_number, body.department)
    if row is None:
        yield at.left_out("department", None, body.department, paper.ref)
    elif row["answer_id"] != paper.ref.message_id:
        yield at.left_out("answer_id", row["answer_id"], paper.ref.message_id, paper.ref)


def _row(view: RowsView, number: str, department: str) -> Row | None:
    return next(iter(view.rows.where(supplement_request, "case_number", (number,), department=department)), None)


def _at(view: RowsView, number: str, department: str) -> RowAt:
    return RowAt(view.member, supplement_request.name, f"{number} · {department}")


SUPPLEMENTS_HELD = RowRule(supplement_request, ("case_number", "department"), _check, case="case_number")
SUPPLEMENT_PAPERS = (
    *(PaperRule(SupplementRequest.KIND, way, _request) for way in ("sent", "received")),
    *(PaperRule(SupplementAnswer.KIND, way, _answer) for way in ("sent", "received")),
)
