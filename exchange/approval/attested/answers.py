"""Opinions as a window has them on record: verdict, words and arrival against what was signed on both sides."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from exchange.approval.attested.reading import ledger_of, of_kind, part_at, part_row
from exchange.approval.rules.states import PartState
from exchange.messaging.attested.contradiction import RowAt, RowContradiction, withheld
from exchange.messaging.attested.rule import PaperRule
from exchange.messaging.attested.view import RecordedPaper, RowsView
from exchange.schemas import Opinion, OpinionRecall, Verdict
from exchange.store.rows import Row
from exchange.store.types import printable


def answered(view: RowsView, at: RowAt, row: Row) -> Iterator[RowContradiction]:
    """Hold what a part says of its department's opinion, in time or late, against the opinion."""
    if row["opinion_id"] is None:
        if row["state"] == PartState.ANSWERED:
            yield at.unproved("state", row["state"])
        for column in ("verdict", "answered_at", "given_by"):
            if row[column] is not None:
                yield at.unproved(column, row[column])
        for column in ("conditions", "reasons") if row["late_opinion_id"] is None else ():
            if row[column]:
                yield at.unproved(column, withheld(row[column]))
    else:
        paper = _opinion(view, row["opinion_id"], row["given_by"] or row["department"])
        yield from _said(view, at, row, "opinion_id", paper)
        if paper is not None and isinstance(paper.body, Opinion):
            yield from at.differs("state", row["state"], PartState.ANSWERED.value, paper.ref)
            if row["opinion_id"] != row["late_opinion_id"]:  # where a late one has counted after all, its words stay
                yield from _words(at, row, paper, paper.body)
            yield from _moments(view, at, row, paper, "answered_at")
    if row["late_opinion_id"] is None:
        for column in ("late_at", "late_verdict", "late_ground", "late_given_by"):
            if row[column] is not None:
                yield at.unproved(column, row[column])
    else:
        late = _opinion(view, row["late_opinion_id"], row["late_given_by"] or row["department"])
        yield from _said(view, at, row, "late_opinion_id", late)
        if late is not None and isinstance(late.body, Opinion):
            yield from _moments(view, at, row, late, "late_at")


def _opinion(view: RowsView, message_id: str, signer: str) -> RecordedPaper | None:
    return view.paper(signer, message_id) or next(iter(view.find(message_id)), None)


_COLUMNS = {
    "opinion_id": ("verdict", "given_by", None), "late_opinion_id": ("late_verdict", "late_given_by", "late_ground"),
}  # fmt: skip


def _said(view: RowsView, at: RowAt, row: Row, column: str, paper: RecordedPaper | None) -> Iterator[RowContradiction]:
    verdict, given_by, ground = _COLUMNS[column]
    if paper is None:
        yield at.unproved(column, row[column])
        return
    body = paper.body
    if paper.fault is not None:
        return
    here = (row["case_number"], row["department"])
    if not isinstance(body, Opinion) or (body.case_number, body.department) != here:
        yield at.unproved(column, row[column], paper.ref)
        return
    signer = paper.ref.sender
    yield from at.differs(verdict, row[verdict], body.verdict.value, paper.ref)
    yield from at.differs(given_by, row[given_by], signer if signer != row["department"] else None, paper.ref)
    if ground is not None:
        yield from at.differs(ground, row[ground], body.ground.value if body.ground is not None else None, paper.ref)


def _words(at: RowAt, row: Row, paper: RecordedPaper, body: Opinion) -> Iterator[RowContradiction]:
    for column, signed in (("conditions", body.conditions), ("reasons", body.reasons)):
        if (row[column] or "") != printable(signed):
            yield from at.differs(column, withheld(row[column]), withheld(printable(signed)), paper.ref)


def _moments(view: RowsView, at: RowAt, row: Row, paper: RecordedPaper, column: str) -> Iterator[RowContradiction]:
    """When it arrived, this member has signed itself, in its receipt for it."""
    given = view.own_receipt(paper.ref.sender, paper.ref.message_id)
    moment: datetime | None = row[column]
    if given is None:
        return
    arrived = given.arrived(row["issued_at"])
    if moment not in arrived:
        yield from at.differs(column, moment, min(arrived), given.batch)


def _given(view: RowsView, paper: RecordedPaper) -> Iterator[RowContradiction]:
    """An opinion that the window has signed for stands in the part that it was given on, unless it was recalled."""
    body = paper.body
    given = view.own_receipt(paper.ref.sender, paper.ref.message_id)
    if not isinstance(body, Opinion) or given is None or not given.accepted:
        return
    at, row = part_at(view, body.case_number, body.department), part_row(view, body.case_number, body.department)
    if row is None:
        yield at.left_out("department", None, body.department, paper.ref)
    elif body.consultation_id not in (row["consultation_id"], row["clearance_id"]):
        return  # of a round before the case was taken up again
    elif body.verdict is Verdict.SPECIAL_PROCEDURE:
        entries = [one.entry for one in ledger_of(view, body.case_number, body.department)]
        if not any(one is not None and one.notice == paper.ref.message_id for one in entries):
            yield at.left_out("ledger", None, paper.ref.message_id, paper.ref)
    elif not _stands(view, row, paper):
        yield at.left_out("opinion_id", row["opinion_id"], paper.ref.message_id, paper.ref)


def _stands(view: RowsView, row: Row, paper: RecordedPaper) -> bool:
    here = paper.ref.message_id
    if here in (row["opinion_id"], row["late_opinion_id"], row["recalled_id"]):
        return True
    recalled = {body.opinion_id for _, body in of_kind(view, row["case_number"], OpinionRecall)}
    later = row["late_opinion_id"]
    return here in recalled or (later is not None and _is_later(view, later, row, paper))


def _is_later(view: RowsView, message_id: str, row: Row, paper: RecordedPaper) -> bool:
    """Whether another late opinion has taken its place."""
    other = _opinion(view, message_id, row["late_given_by"] or row["department"])
    return other is not None and other.recorded_at >= paper.recorded_at


OPINIONS = PaperRule(Opinion.KIND, "received", _given)
