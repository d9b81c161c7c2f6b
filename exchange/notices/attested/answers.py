"""What a notice asks for, and the answers that came to it, against what was signed."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import ValidationError

from exchange.messaging.attested.contradiction import RowAt, RowContradiction, withheld
from exchange.messaging.attested.rule import PaperRule, RowRule
from exchange.messaging.attested.view import RecordedPaper, RowsView
from exchange.notices.attested.reading import brought, carried, notice_row
from exchange.notices.rules.states import NoticeSeat
from exchange.notices.tables import collection, collection_answer
from exchange.schemas import Aggregate, Form, FormAnswer, Notice
from exchange.store.rows import Row


def _check(view: RowsView, at: RowAt, row: Row) -> Iterator[RowContradiction]:
    standing = notice_row(view, row["notice_id"])
    if standing is None:
        yield at.unproved("notice_id", row["notice_id"])
        return
    origin = standing["seat"] == NoticeSeat.ORIGIN
    paper = view.paper(view.member, row["notice_id"]) if origin else brought(view, standing)
    found = carried(view, paper) if paper is not None else None
    if paper is not None and found is not None and isinstance(found.body, Notice):
        form = found.body.form
        if _form(row["form"]) != form:
            signed = form.model_dump_json() if form is not None else None
            yield from at.differs("form", withheld(row["form"]), withheld(signed), paper.ref)
    yield from _told(view, at, row)


def _told(view: RowsView, at: RowAt, row: Row) -> Iterator[RowContradiction]:
    sent = view.named(row["notice_id"], Aggregate.KIND, view.member)
    paper = view.paper(*sent[-1]) if sent else None
    if paper is None and row["serial"]:
        yield at.unproved("serial", row["serial"])
    elif paper is not None and isinstance(paper.body, Aggregate):
        yield from at.differs("serial", row["serial"], paper.body.serial, paper.ref)


def _form(text: str) -> Form | None:
    try:
        return Form.model_validate_json(text)
    except ValidationError:
        return None


def _answer(view: RowsView, at: RowAt, row: Row) -> Iterator[RowContradiction]:
    paper = view.paper(row["body"], row["proof_id"])
    if paper is None:
        yield at.unproved("proof_id", row["proof_id"])
    elif isinstance(paper.body, FormAnswer):
        yield from at.differs("notice_id", row["notice_id"], paper.body.notice_id, paper.ref)
        yield from at.differs("at", row["at"], paper.signed_at, paper.ref)
        yield from at.differs("proof", row["proof"], paper.ref.digest, paper.ref)
        if _read(row["answer"]) != paper.body:
            signed = paper.body.model_dump_json()
            yield from at.differs("answer", withheld(row["answer"]), withheld(signed), paper.ref)
    elif paper.fault is None:
        yield at.unproved("proof_id", row["proof_id"], paper.ref)


def _read(text: str) -> FormAnswer | None:
    try:
        return FormAnswer.model_validate_json(text)
    except ValidationError:
        return None


def _given(view: RowsView, paper: RecordedPaper) -> Iterator[RowContradiction]:
    """An answer that was taken in stands, or one that was signed later does."""
    body = paper.body
    if not isinstance(body, FormAnswer) or not view.accepted(paper) or paper.signed_at is None:
        return
    sender = paper.ref.sender
    at = RowAt(view.member, collection_answer.name, f"{body.notice_id} · {sender}")
    row = next(iter(view.rows.where(collection_answer, "body", (sender,), notice_id=body.notice_id)), None)
    if row is None:
        yield at.left_out("body", None, sender, paper.ref)
    elif row["at"] < paper.signed_at:
        yield at.left_out("at", row["at"], paper.signed_at, paper.ref)


def _sent(view: RowsView, paper: RecordedPaper) -> Iterator[RowContradiction]:
    """What this member has answered is not awaited any more."""
    body = paper.body
    if not isinstance(body, FormAnswer):
        return
    row = next(iter(view.rows.where(collection, "notice_id", (body.notice_id,))), None)
    at = RowAt(view.member, collection.name, body.notice_id)
    if row is None:
        yield at.left_out("notice_id", None, body.notice_id, paper.ref)
    elif row["answer_by"] is not None:
        yield from at.differs("answer_by", row["answer_by"], None, paper.ref)


COLLECTIONS = RowRule(collection, ("notice_id",), _check)
COLLECTION_ANSWERS = RowRule(collection_answer, ("notice_id", "body"), _answer)
ANSWERS = (PaperRule(FormAnswer.KIND, "received", _given), PaperRule(FormAnswer.KIND, "sent", _sent))
