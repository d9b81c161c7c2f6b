"""What was signed of filings, looked up, and held against their rows the other way round."""

from __future__ import annotations

from collections.abc import Iterator

from exchange.approval.attested.reading import case_row
from exchange.approval.filings.states import FilingState
from exchange.approval.filings.tables import filing
from exchange.approval.tables import reopening
from exchange.messaging.attested.contradiction import RowAt, RowContradiction
from exchange.messaging.attested.rule import PaperRule
from exchange.messaging.attested.view import RecordedPaper, RowsView
from exchange.schemas import (
    Acceptance,
    AcceptanceOutcome,
    DecisionServed,
    Filing,
    FilingReceipt,
    FilingSupplement,
    FilingWithdrawal,
)
from exchange.store.rows import Row


def acceptances(view: RowsView, row: Row) -> list[RecordedPaper]:
    """Return the window's documents on a filing, in their order."""
    papers = (view.paper(*one) for one in view.named(row["filing_id"], Acceptance.KIND, view.member))
    return [one for one in papers if one is not None and isinstance(one.body, Acceptance)]


def confirmed(view: RowsView, row: Row, message_id: str) -> Iterator[tuple[RecordedPaper, FilingReceipt]]:
    """Yield the window's signed confirmation of what came in by a message, if there is one."""
    for named in view.named(row["filing_id"], FilingReceipt.KIND, view.member):
        paper = view.paper(*named)
        if paper is not None and isinstance(paper.body, FilingReceipt) and paper.body.filing_id == message_id:
            yield paper, paper.body


def told_state(paper: RecordedPaper | None, last_id: str) -> FilingState:
    """Return where a filing stands by the window's last document on it, and what came in last."""
    body = paper.body if paper is not None else None
    if not isinstance(body, Acceptance):
        return FilingState.RECEIVED
    if body.opens:
        return FilingState.ACCEPTED
    if body.outcome is AcceptanceOutcome.INCOMPLETE:
        return FilingState.INCOMPLETE if body.filing_id == last_id else FilingState.RECEIVED
    return FilingState.NOT_ACCEPTED


def _row(view: RowsView, portal: str, number: str) -> Row | None:
    return next(iter(view.rows.where(filing, "number", (number,), portal=portal)), None)


def _at(view: RowsView, portal: str, number: str) -> RowAt:
    return RowAt(view.member, filing.name, f"{portal} · {number}")


def _came(view: RowsView, paper: RecordedPaper) -> Iterator[RowContradiction]:
    """What a portal has handed in, and this window has signed for, stands; of two completions the later one."""
    body, portal = paper.body, paper.ref.sender
    if not isinstance(body, Filing | FilingSupplement) or not view.accepted(paper):
        return
    row, at = _row(view, portal, body.filing), _at(view, portal, body.filing)
    if row is None:
        yield at.left_out("number", None, body.filing, paper.ref)
    elif isinstance(body, FilingSupplement) and row["last_id"] != paper.ref.message_id:
        last = view.paper(portal, row["last_id"])
        if last is None or last.recorded_at < paper.recorded_at:
            yield at.left_out("last_id", row["last_id"], paper.ref.message_id, paper.ref)


def _withdrawn(view: RowsView, paper: RecordedPaper) -> Iterator[RowContradiction]:
    """An application that was taken back is, or the case that it had become."""
    body, portal = paper.body, paper.ref.sender
    if not isinstance(body, FilingWithdrawal) or not view.accepted(paper):
        return
    row, at = _row(view, portal, body.filing), _at(view, portal, body.filing)
    if row is None:
        yield at.left_out("number", None, body.filing, paper.ref)
    elif row["case_number"] is None:
        yield from at.differs("state", row["state"], FilingState.WITHDRAWN.value, paper.ref)
        given = view.own_receipt(portal, paper.ref.message_id)
        if given is not None and (row["ended_at"] is None or not given.spans(row["ended_at"])):
            yield from at.differs("ended_at", row["ended_at"], given.receipt.signed_for_at, given.batch)
    else:
        case = case_row(view, row["case_number"])
        anew = view.rows.where(reopening, "case_number", (row["case_number"],))
        if case is not None and case["withdrawn_at"] is None and not anew:
            yield RowAt(view.member, "case_file", case["number"]).left_out("withdrawn_at", None, body.at, paper.ref)


def _accepted(view: RowsView, paper: RecordedPaper) -> Iterator[RowContradiction]:
    """A document of the window on a filing belongs to one; which of them counts, its row's own rule says."""
    body = paper.body
    if isinstance(body, Acceptance) and paper.header is not None and len(paper.header.addressees) == 1:
        portal = paper.header.addressees[0]
        if _row(view, portal, body.filing) is None:
            yield _at(view, portal, body.filing).left_out("number", None, body.filing, paper.ref)


def _served(view: RowsView, paper: RecordedPaper) -> Iterator[RowContradiction]:
    """A decision that was served stands as served, or a later one does."""
    body = paper.body
    if not isinstance(body, DecisionServed) or paper.header is None or len(paper.header.addressees) != 1:
        return
    portal = paper.header.addressees[0]
    row, at = _row(view, portal, body.filing), _at(view, portal, body.filing)
    if row is None:
        yield at.left_out("number", None, body.filing, paper.ref)
    elif row["served_id"] is None:
        yield at.left_out("served_id", None, body.decision_id, paper.ref)


FILING_PAPERS = (
    PaperRule(Filing.KIND, "received", _came),
    PaperRule(FilingSupplement.KIND, "received", _came),
    PaperRule(FilingWithdrawal.KIND, "received", _withdrawn),
    PaperRule(Acceptance.KIND, "sent", _accepted),
    PaperRule(DecisionServed.KIND, "sent", _served),
)
