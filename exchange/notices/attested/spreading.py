"""The other way round: what was issued, passed on or taken back stands in rows."""

from __future__ import annotations

from collections.abc import Iterator

from exchange.directory.hierarchy import relay_of
from exchange.messaging.attested.contradiction import RowAt, RowContradiction
from exchange.messaging.attested.rule import PaperRule, RowRule
from exchange.messaging.attested.view import RecordedPaper, RowsView
from exchange.notices.attested.reading import carried, notice_at, notice_row, reader_at
from exchange.notices.rules.states import TAKEN_BACK, NoticeState
from exchange.notices.tables import notice_branch, notice_copy, notice_reader
from exchange.schemas import Forwarding, Notice, Recall
from exchange.store.rows import Row


def _issued(view: RowsView, paper: RecordedPaper) -> Iterator[RowContradiction]:
    if isinstance(paper.body, Notice):
        yield from _stands(view, paper, paper.ref.message_id)
        yield from _replaces(view, paper, paper.body, paper.ref.message_id)


def _came(view: RowsView, paper: RecordedPaper) -> Iterator[RowContradiction]:
    """What this member has signed for stands here, and what it replaces or recalls does not stand any more."""
    found = carried(view, paper)
    if found is None or not view.accepted(paper):
        return
    if isinstance(found.body, Notice):
        yield from _stands(view, paper, found.message_id)
        yield from _replaces(view, paper, found.body, found.message_id)
    elif isinstance(found.body, Recall):
        yield from _recalled(view, paper, found.body)


def _passed_on(view: RowsView, paper: RecordedPaper) -> Iterator[RowContradiction]:
    """Everybody to whom a relay office has passed a notice on is counted, an authority or a level below."""
    found = carried(view, paper)
    if found is None or not isinstance(found.body, Notice) or paper.header is None:
        return
    yield from _stands(view, paper, found.message_id)
    notice_id, addressees = found.message_id, paper.header.addressees
    here = {one["address"] for one in view.rows.where(notice_reader, "address", addressees, notice_id=notice_id)}
    below = {relay_of(one["domain"]) for one in view.rows.where(notice_branch, "notice_id", (notice_id,))}
    for address in addressees:
        if address not in here and address not in below:
            yield reader_at(view, notice_id, address).left_out("address", None, address, paper.ref)
    row = notice_row(view, notice_id)
    further = view.rows.where(notice_copy, "message_id", (paper.ref.message_id,))
    if row is not None and row["forwarding_id"] != paper.ref.message_id and not further:
        at = notice_at(view, notice_id)
        yield at.left_out("forwarding_id", row["forwarding_id"], paper.ref.message_id, paper.ref)


def _stands(view: RowsView, paper: RecordedPaper, notice_id: str) -> Iterator[RowContradiction]:
    if notice_row(view, notice_id) is None:
        yield notice_at(view, notice_id).left_out("notice_id", None, notice_id, paper.ref)


def _replaces(view: RowsView, paper: RecordedPaper, body: Notice, notice_id: str) -> Iterator[RowContradiction]:
    """What came before it, and is replaced by it, stands as such: one that comes afterwards is taken as it is."""
    before = notice_row(view, body.replaces) if body.replaces is not None else None
    row = notice_row(view, notice_id)
    if before is None or row is None or before["origin"] != row["origin"]:
        return
    if before["state"] not in TAKEN_BACK and before["received_at"] <= row["received_at"]:
        at = notice_at(view, before["notice_id"])
        yield from at.differs("state", before["state"], NoticeState.REPLACED.value, paper.ref)


def _recall(view: RowsView, paper: RecordedPaper) -> Iterator[RowContradiction]:
    if isinstance(paper.body, Recall):
        yield from _recalled(view, paper, paper.body)


def _recalled(view: RowsView, paper: RecordedPaper, body: Recall) -> Iterator[RowContradiction]:
    """A recall finds its notice; how that stands, its row's own rule says."""
    yield from _stands(view, paper, body.notice_id)


def _copy(view: RowsView, at: RowAt, row: Row) -> Iterator[RowContradiction]:
    paper = view.paper(view.member, row["message_id"])
    found = carried(view, paper) if paper is not None else None
    if paper is None:
        yield at.unproved("message_id", row["message_id"])
    elif found is not None and (not isinstance(found.body, Notice) or found.message_id != row["notice_id"]):
        yield from at.differs("notice_id", row["notice_id"], found.message_id, paper.ref)


NOTICE_COPIES = RowRule(notice_copy, ("notice_id", "message_id"), _copy)
SPREAD = (
    PaperRule(Notice.KIND, "sent", _issued),
    PaperRule(Notice.KIND, "received", _came),
    PaperRule(Recall.KIND, "sent", _recall),
    PaperRule(Recall.KIND, "received", _came),
    PaperRule(Forwarding.KIND, "received", _came),
    PaperRule(Forwarding.KIND, "sent", _passed_on),
)
