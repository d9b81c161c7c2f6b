"""Recalls of opinions, on both sides, against the recalls that were signed."""

from __future__ import annotations

from collections.abc import Iterator

from exchange.approval.attested.reading import part_at, part_row
from exchange.approval.department.tables import desk
from exchange.messaging.attested.contradiction import RowAt, RowContradiction
from exchange.messaging.attested.rule import PaperRule
from exchange.messaging.attested.view import RecordedPaper, RowsView
from exchange.messaging.records import OutboxState
from exchange.messaging.tables import outbox_copy
from exchange.schemas import Opinion, OpinionRecall
from exchange.store.rows import Row


def recalled(view: RowsView, at: RowAt, row: Row) -> Iterator[RowContradiction]:
    """Hold what a part says of the last recall against it, and against the window's own receipt for it."""
    if row["recall_id"] is None:
        for column in ("recalled_id", "recalled_at"):
            if row[column] is not None:
                yield at.unproved(column, row[column])
        return
    paper = view.paper(row["department"], row["recall_id"])
    body = paper.body if paper is not None else None
    if paper is not None and paper.fault is not None:
        return
    here = (row["case_number"], row["department"])
    if paper is None or not isinstance(body, OpinionRecall) or (body.case_number, body.department) != here:
        yield at.unproved("recall_id", row["recall_id"], paper.ref if paper is not None else None)
        return
    yield from at.differs("recalled_id", row["recalled_id"], body.opinion_id, paper.ref)
    given = view.own_receipt(paper.ref.sender, paper.ref.message_id)
    if given is not None and (row["recalled_at"] is None or not given.spans(row["recalled_at"])):
        yield from at.differs("recalled_at", row["recalled_at"], given.receipt.signed_for_at, given.batch)


def recalling(view: RowsView, at: RowAt, row: Row) -> Iterator[RowContradiction]:
    """Hold the recall that a desk names against what this department has signed."""
    if row["recall_id"] is None:
        return
    paper = view.paper(view.member, row["recall_id"])
    body = paper.body if paper is not None else None
    if paper is not None and paper.fault is not None:
        return
    if paper is None or not isinstance(body, OpinionRecall) or body.case_number != row["case_number"]:
        yield at.unproved("recall_id", row["recall_id"], paper.ref if paper is not None else None)


def _taken(view: RowsView, paper: RecordedPaper) -> Iterator[RowContradiction]:
    """A recall that the window has taken in stands in the part that it was on, or a later one does."""
    body = paper.body
    if not isinstance(body, OpinionRecall) or not view.accepted(paper):
        return
    row = part_row(view, body.case_number, body.department)
    opinion = view.paper(body.department, body.opinion_id)
    given_on = opinion.body.consultation_id if opinion is not None and isinstance(opinion.body, Opinion) else None
    if row is None or given_on not in (row["consultation_id"], row["clearance_id"]):
        return  # of a round before the department was asked again
    if not _stands(view, row, paper, body.department):
        at = part_at(view, body.case_number, body.department)
        yield at.left_out("recall_id", row["recall_id"], paper.ref.message_id, paper.ref)


def _signed(view: RowsView, paper: RecordedPaper) -> Iterator[RowContradiction]:
    """A recall that the window has taken in stands on the desk, until another opinion was given or asked for."""
    body = paper.body
    if not isinstance(body, OpinionRecall):
        return
    row = next(iter(view.rows.where(desk, "case_number", (body.case_number,))), None)
    copies = view.rows.where(outbox_copy, "message_id", (paper.ref.message_id,))
    opinion = view.paper(view.member, body.opinion_id)
    if row is None or opinion is None or not isinstance(opinion.body, Opinion):
        return
    if opinion.body.consultation_id != row["consultation_id"] or row["opinion_id"] not in (None, body.opinion_id):
        return
    if any(one["state"] == OutboxState.DELIVERED for one in copies) and not _stands(view, row, paper, view.member):
        at = RowAt(view.member, desk.name, body.case_number)
        yield at.left_out("recall_id", row["recall_id"], paper.ref.message_id, paper.ref)


def _stands(view: RowsView, row: Row, paper: RecordedPaper, signer: str) -> bool:
    if row["recall_id"] is None:
        return False
    later = view.paper(signer, row["recall_id"])
    return row["recall_id"] == paper.ref.message_id or (later is not None and later.recorded_at > paper.recorded_at)


RECALL_PAPERS = (
    PaperRule(OpinionRecall.KIND, "received", _taken), PaperRule(OpinionRecall.KIND, "sent", _signed),
)  # fmt: skip
