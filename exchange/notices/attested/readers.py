"""What a relay office has on record of its own authorities, against their receipts and answers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from exchange.messaging.attested.contradiction import RowAt, RowContradiction, withheld
from exchange.messaging.attested.rule import PaperRule, RowRule
from exchange.messaging.attested.view import RecordedPaper, RowsView
from exchange.messaging.tables import outbox_copy
from exchange.notices.attested.reading import notice_at, notice_row, passed_on, reader_at, reader_row
from exchange.notices.rules.states import NOT_SIGNED, NoticeState
from exchange.notices.rules.tally import received, returned
from exchange.notices.tables import notice_reader
from exchange.schemas import Reader, ReaderState, Receipt, ReceiptBatch, ReceiptOutcome, SignOff
from exchange.store.rows import Row
from exchange.store.types import printable

_ANSWERS = {True: ReaderState.SIGNED, False: ReaderState.RETURNED}


def _check(view: RowsView, at: RowAt, row: Row) -> Iterator[RowContradiction]:
    standing = notice_row(view, row["notice_id"])
    if standing is None:
        yield at.unproved("notice_id", row["notice_id"])
        return
    copies = view.rows.where(outbox_copy, "message_id", passed_on(view, standing), addressee=row["address"])
    if not copies and standing["state"] == NoticeState.OPEN:
        yield at.unproved("address", row["address"])
    receipts = [(one, receipt) for one in copies if (receipt := _receipt(view, one)) is not None]
    accepted = [receipt for _, receipt in receipts if receipt.outcome is ReceiptOutcome.ACCEPTED]
    has_at = min((one.signed_for_at for one in accepted), default=None)
    if row["has_at"] != has_at:
        batch = next((view.paper(row["address"], one["receipt_id"]) for one, _ in receipts), None)
        yield from at.differs("has_at", row["has_at"], has_at, batch.ref if batch is not None else None)
    yield from _rests_on(view, at, row, receipts)


def _rests_on(
    view: RowsView, at: RowAt, row: Row, receipts: list[tuple[Row, Receipt]]
) -> Iterator[RowContradiction]:  # fmt: skip
    if row["proof_id"] is None:
        if row["state"] != ReaderState.NONE:
            yield at.unproved("state", row["state"])
        for copy, receipt in receipts[:1]:
            batch = view.paper(row["address"], copy["receipt_id"])
            if batch is not None:
                yield at.left_out("state", row["state"], receipt.outcome.value, batch.ref)
        return
    paper = view.paper(row["address"], row["proof_id"])
    if paper is None:
        yield at.unproved("proof_id", row["proof_id"])
    elif isinstance(paper.body, SignOff):
        yield from _answered(at, row, paper, paper.body)
    elif isinstance(paper.body, ReceiptBatch):
        mine = [one for copy, one in receipts if copy["receipt_id"] == row["proof_id"]]
        yield from _by_receipt(at, row, paper, mine)
    elif paper.fault is None:
        yield at.unproved("proof_id", row["proof_id"], paper.ref)


def _answered(at: RowAt, row: Row, paper: RecordedPaper, body: SignOff) -> Iterator[RowContradiction]:
    if body.notice_id != row["notice_id"]:
        yield from at.differs("proof_id", row["proof_id"], body.notice_id, paper.ref)
        return
    yield from at.differs("state", row["state"], _ANSWERS[body.accepted].value, paper.ref)
    yield from at.differs("settled_at", row["settled_at"], body.at, paper.ref)
    yield from at.differs("proof", row["proof"], paper.ref.digest, paper.ref)
    if not body.accepted:
        short = returned(row["address"], body.at, body.reason.strip(), paper.ref.digest).reason
        kept = str(row["reason"] or "")
        if kept[:_SHORTER] != printable(short)[:_SHORTER]:
            yield from at.differs("reason", withheld(kept), withheld(printable(short)), paper.ref)


_SHORTER = 490
"""Characters of a reason that are compared: a long one is cut where it is kept."""


def _by_receipt(at: RowAt, row: Row, paper: RecordedPaper, receipts: list[Receipt]) -> Iterator[RowContradiction]:
    if not receipts:
        yield at.unproved("proof_id", row["proof_id"], paper.ref)
        return
    facts = [_fact(row, one) for one in receipts]
    if row["state"] not in {one.state for one in facts}:
        yield from at.differs("state", row["state"], facts[0].state.value, paper.ref)
    elif row["settled_at"] not in {one.signed_at for one in facts}:
        yield from at.differs("settled_at", row["settled_at"], facts[0].signed_at, paper.ref)


def _fact(row: Row, receipt: Receipt) -> Reader:
    if receipt.outcome is ReceiptOutcome.ACCEPTED:
        return received(row["address"], receipt.signed_for_at, receipt.digest)
    return returned(row["address"], receipt.signed_for_at, "-", receipt.digest)


def _receipt(view: RowsView, copy: Row) -> Receipt | None:
    if copy["receipt_id"] is None:
        return None
    return view.taken(copy["addressee"], copy["receipt_id"], copy["receipt_index"])


def _sign_off(view: RowsView, paper: RecordedPaper) -> Iterator[RowContradiction]:
    """An answer that this relay office has taken in stands with its reader; of two the earlier holds."""
    body = paper.body
    if not isinstance(body, SignOff) or not view.accepted(paper):
        return
    row, at = reader_row(view, body.notice_id, paper.ref.sender), reader_at(view, body.notice_id, paper.ref.sender)
    if row is None:
        yield at.left_out("address", None, paper.ref.sender, paper.ref)
    elif row["state"] in NOT_SIGNED:
        yield at.left_out("state", row["state"], _ANSWERS[body.accepted].value, paper.ref)
    elif row["proof_id"] != paper.ref.message_id and _is_earlier(body.at, row["settled_at"]):
        yield at.left_out("settled_at", row["settled_at"], body.at, paper.ref)


def _is_earlier(at: datetime, settled: datetime | None) -> bool:
    return settled is None or at < settled


def _own_answer(view: RowsView, paper: RecordedPaper) -> Iterator[RowContradiction]:
    """What this member has answered is about a notice here."""
    body = paper.body
    if not isinstance(body, SignOff):
        return
    if notice_row(view, body.notice_id) is None:
        yield notice_at(view, body.notice_id).left_out("notice_id", None, body.notice_id, paper.ref)


NOTICE_READERS = RowRule(notice_reader, ("notice_id", "address"), _check)
SIGN_OFFS = (PaperRule(SignOff.KIND, "received", _sign_off), PaperRule(SignOff.KIND, "sent", _own_answer))
