"""A department's part against the request to it, its receipt, and what it was told of its end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from exchange.approval.attested.acting import acting
from exchange.approval.attested.answers import answered
from exchange.approval.attested.reading import asked, case_at, case_row, ledger_of, of_kind, part_at, part_row
from exchange.approval.attested.recalls import recalled
from exchange.approval.attested.silences import by_silence
from exchange.approval.attested.stages import part_staged
from exchange.approval.rules.deadline import reckon
from exchange.approval.rules.states import PartState
from exchange.approval.rules.stops import began
from exchange.approval.tables import part
from exchange.errors import ExchangeError
from exchange.messaging.attested.contradiction import DocumentRef, RowAt, RowContradiction
from exchange.messaging.attested.rule import PaperRule, RowRule
from exchange.messaging.attested.view import RecordedPaper, RowsView
from exchange.messaging.rules.moments import precedes
from exchange.schemas import CaseClosed, Consultation, EntryKind, LedgerEntry, Term
from exchange.store.rows import Row
from exchange.workdays import calendar_key

_UNASKED = (PartState.PLANNED, PartState.MOOT, PartState.ESCALATED)
"""States that a part may have though its department was never asked."""


def _check(view: RowsView, at: RowAt, row: Row) -> Iterator[RowContradiction]:
    if row["consultation_id"] is None:
        for column in ("issued_at", "signed_at", "due_at"):
            if row[column] is not None:
                yield at.unproved(column, row[column])
        if row["state"] not in _UNASKED:
            yield at.unproved("state", row["state"])
        return
    request = view.paper(view.member, row["consultation_id"])
    if request is not None and request.fault is not None:
        return
    found = asked(view, row["consultation_id"], row["department"])
    if found is None or found[1].case_number != row["case_number"]:
        yield at.unproved("consultation_id", row["consultation_id"], request.ref if request is not None else None)
        return
    paper, body, told = found
    yield from at.differs("issued_at", row["issued_at"], body.issued_at, paper.ref)
    yield from at.differs("fixed_due", row["fixed_due"], told.term.fixed, paper.ref)
    yield from part_staged(view, at, row, paper, body)
    yield from acting(view, at, row)
    yield from _signed_for(view, at, row)
    yield from _reckoned(view, at, row, told.term, paper.ref)
    yield from answered(view, at, row)
    yield from recalled(view, at, row)
    yield from by_silence(view, at, row)
    yield from _needed_no_more(view, at, row)


def _signed_for(view: RowsView, at: RowAt, row: Row) -> Iterator[RowContradiction]:
    if row["receipt_id"] is None:
        if row["state"] == PartState.SIGNED:
            yield at.unproved("state", row["state"])
        if row["signed_at"] is not None:
            yield at.unproved("signed_at", row["signed_at"])
        return
    batch = view.paper(row["department"], row["receipt_id"])
    if batch is not None and batch.fault is not None:
        return
    receipt = view.taken(row["department"], row["receipt_id"], row["receipt_index"])
    if batch is None or receipt is None or receipt.message_id != row["consultation_id"]:
        yield at.unproved("receipt_id", row["receipt_id"], batch.ref if batch is not None else None)
    elif row["signed_at"] is None or precedes(row["signed_at"], receipt.signed_for_at):
        yield from at.differs("signed_at", row["signed_at"], receipt.signed_for_at, batch.ref)


def _reckoned(view: RowsView, at: RowAt, row: Row, term: Term, request: DocumentRef) -> Iterator[RowContradiction]:
    """Due moments are derived: from the ledger, whose own rows are held against what was signed of them."""
    rows = ledger_of(view, row["case_number"], row["department"])
    entries = [one.entry for one in rows if one.position >= row["ledger_from"] and one.entry is not None]
    started = began(entries)
    ref = _told_by(view, row, entries) or request
    if entries and entries[-1].kind is EntryKind.RESTART and entries[-1].told is None:
        return  # begun anew by a message that its department has not signed for: what was reckoned before stands
    yield from at.differs("started_at", row["started_at"], started, ref)
    ends = _ends(view, row, term, entries)
    if ends and row["due_at"] not in ends:
        yield from at.differs("due_at", row["due_at"], max(ends, key=_late), ref)


def _ends(view: RowsView, row: Row, term: Term, entries: list[LedgerEntry]) -> set[datetime | None]:
    """The end that was told last, and the one that the present calendar gives where the row goes by that."""
    if began(entries) is None:
        return {None}
    told = entries[-1].told
    ends: set[datetime | None] = {told} if any(one.told is not None for one in entries) else set()
    if row["calendar"] == calendar_key(view.calendar):
        try:
            ends.add(reckon(term, entries, view.calendar, row["department"]).due_at)
        except ExchangeError:
            return ends
    return ends


def _late(end: datetime | None) -> float:
    return end.timestamp() if end is not None else 0.0


def _told_by(view: RowsView, row: Row, entries: list[LedgerEntry]) -> DocumentRef | None:
    """What was signed of the last entry: a notice, or the receipt that has begun the term."""
    notice = entries[-1].notice if entries else None
    paper = view.paper(view.member, notice) if notice is not None else None
    if paper is None and row["receipt_id"] is not None:
        paper = view.paper(row["department"], row["receipt_id"])
    return paper.ref if paper is not None else None


def _needed_no_more(view: RowsView, at: RowAt, row: Row) -> Iterator[RowContradiction]:
    """Whose opinion is not needed any more was told so, at that very moment."""
    if row["moot_at"] is None:
        return
    if row["state"] != PartState.MOOT:
        yield at.unproved("moot_at", row["moot_at"])
        return
    told = [(paper, body) for paper, body in of_kind(view, row["case_number"], CaseClosed)
            if paper.header is not None and row["department"] in paper.header.addressees]  # fmt: skip
    if told and row["moot_at"] not in {body.at for _, body in told}:
        yield from at.differs("moot_at", row["moot_at"], told[-1][1].at, told[-1][0].ref)


def _request(view: RowsView, paper: RecordedPaper) -> Iterator[RowContradiction]:
    """Whom a request names has a part that names it, or a later one."""
    body = paper.body
    if not isinstance(body, Consultation) or body.copy_of is not None:
        return
    if case_row(view, body.case_number) is None:
        yield case_at(view, body.case_number).left_out("number", None, body.case_number, paper.ref)
        return
    for one in body.departments:
        at, row = part_at(view, body.case_number, one.department), part_row(view, body.case_number, one.department)
        if row is None:
            yield at.left_out("department", None, one.department, paper.ref)
        elif row["consultation_id"] != paper.ref.message_id and not _asked_again(view, row, body.issued_at):
            yield at.left_out("consultation_id", row["consultation_id"], paper.ref.message_id, paper.ref)


def _asked_again(view: RowsView, row: Row, before: datetime) -> bool:
    """Whether the department was asked by a later request, or is to be: its case has been taken up again."""
    if row["consultation_id"] is None:
        case = case_row(view, row["case_number"])
        return row["state"] in _UNASKED and case is not None and _was_open_again(row, case)
    found = asked(view, row["consultation_id"], row["department"])
    return found is not None and found[1].issued_at > before


def _was_open_again(row: Row, case: Row) -> bool:
    return case["reopened_at"] is not None or row["state"] != PartState.PLANNED


PARTS = RowRule(part, ("case_number", "department"), _check, newest="issued_at", case="case_number")
REQUESTS = PaperRule(Consultation.KIND, "sent", _request)
