"""Hearings against the notices and records that were signed; who chairs one, against the journal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from exchange.approval.attested.reading import of_kind, parts_of
from exchange.approval.filings.tables import filing
from exchange.approval.hearings.states import HearingState
from exchange.approval.hearings.tables import hearing
from exchange.messaging.attested.contradiction import RowAt, RowContradiction
from exchange.messaging.attested.rule import PaperRule, RowRule
from exchange.messaging.attested.view import RecordedPaper, RowsView
from exchange.schemas import HearingNotice, HearingRecord
from exchange.schemas.filings.hearing import HearingEvent
from exchange.store.rows import Row
from exchange.store.types import printable


def _check(view: RowsView, at: RowAt, row: Row) -> Iterator[RowContradiction]:
    paper = view.paper(view.member, row["notice_id"])
    if paper is None:
        if _is_told(view, row["case_number"]):
            yield at.unproved("notice_id", row["notice_id"])
    elif isinstance(paper.body, HearingNotice):
        body = paper.body
        yield from at.differs("case_number", row["case_number"], body.case_number, paper.ref)
        yield from at.differs("held_at", row["held_at"], body.held_at, paper.ref)
        yield from at.differs("place", row["place"], printable(body.place or ""), paper.ref)
        yield from at.differs("called_at", row["called_at"], body.at, paper.ref)
        yield from at.differs("requested_at", row["requested_at"], body.requested_at, paper.ref)
    elif paper.fault is None:
        yield at.unproved("notice_id", row["notice_id"], paper.ref)
    yield from _chaired(view, at, row)
    yield from _ended(view, at, row)


def _is_told(view: RowsView, number: str) -> bool:
    """Whether there is anybody who is told of a case's hearing."""
    asked = any(one["consultation_id"] is not None for one in parts_of(view, number))
    return asked or bool(view.rows.where(filing, "case_number", (number,)))


def _chaired(view: RowsView, at: RowAt, row: Row) -> Iterator[RowContradiction]:
    lines = [one for one in view.journaled(row["case_number"], "hearing-called") if one.at == row["called_at"]]
    for line in lines:
        yield from at.differs("chair", row["chair"], printable(str(line.detail.get("chair"))), line.ref)


def _ended(view: RowsView, at: RowAt, row: Row) -> Iterator[RowContradiction]:
    if row["state"] != HearingState.HELD and row["record_id"] is not None:
        yield at.unproved("record_id", row["record_id"])
    if row["state"] == HearingState.HELD:
        paper = view.paper(view.member, row["record_id"]) if row["record_id"] is not None else None
        if paper is None:
            if row["record_id"] is None or _is_told(view, row["case_number"]):
                yield at.unproved("record_id", row["record_id"])
        elif isinstance(paper.body, HearingRecord):
            yield from at.differs("case_number", row["case_number"], paper.body.case_number, paper.ref)
            yield from at.differs("ended_at", row["ended_at"], paper.body.at, paper.ref)
        elif paper.fault is None:
            yield at.unproved("record_id", row["record_id"], paper.ref)
    elif row["state"] == HearingState.CALLED_OFF:
        if row["ended_at"] not in _called_off(view, row["case_number"]):
            yield at.unproved("ended_at", row["ended_at"])
    elif row["ended_at"] is not None:
        yield at.unproved("ended_at", row["ended_at"])


def _called_off(view: RowsView, number: str) -> set[datetime]:
    """When hearings of a case were put off or called off, as was told; or by the journal, where nobody was told."""
    filed = view.rows.where(filing, "case_number", (number,))
    papers = [paper for paper, _ in of_kind(view, number, HearingNotice)]
    for one in filed:
        named = view.named(one["filing_id"], HearingNotice.KIND, view.member)
        papers += [paper for each in named if (paper := view.paper(*each)) is not None]
    bodies = [one.body for one in papers if isinstance(one.body, HearingNotice)]
    told = {one.at for one in bodies if one.event is not HearingEvent.CALLED}
    return told or {one.at for one in view.journaled(number, "hearing-called-off")}


def _notice(view: RowsView, paper: RecordedPaper) -> Iterator[RowContradiction]:
    """A hearing that was called stands; one that was put off or called off does not stand as called."""
    body = paper.body
    if not isinstance(body, HearingNotice):
        return
    rows = view.rows.where(hearing, "case_number", (body.case_number,))
    if body.event is not HearingEvent.CALLED_OFF and all(one["called_at"] != body.at for one in rows):
        known = RowAt(view.member, hearing.name, body.case_number)
        if all(one["notice_id"] != paper.ref.message_id for one in rows):
            yield known.left_out("called_at", None, body.at, paper.ref)
    if body.event is not HearingEvent.CALLED:
        for row in rows:
            if row["state"] == HearingState.CALLED and row["called_at"] < body.at:
                at = RowAt(view.member, hearing.name, f"{row['case_number']} · {row['position']}")
                yield from at.differs("state", row["state"], HearingState.CALLED_OFF.value, paper.ref)


def _record(view: RowsView, paper: RecordedPaper) -> Iterator[RowContradiction]:
    """A hearing of which there is a record was held."""
    body = paper.body
    if not isinstance(body, HearingRecord):
        return
    rows = view.rows.where(hearing, "case_number", (body.case_number,))
    held = (view.paper(view.member, one["record_id"]) for one in rows if one["state"] == HearingState.HELD)
    bodies = [one.body for one in held if one is not None]
    if all(not isinstance(one, HearingRecord) or one.at != body.at for one in bodies):
        at = RowAt(view.member, hearing.name, body.case_number)
        yield at.left_out("record_id", None, paper.ref.message_id, paper.ref)


HEARINGS_HELD = RowRule(hearing, ("case_number", "position"), _check, case="case_number")
HEARING_PAPERS = (PaperRule(HearingNotice.KIND, "sent", _notice), PaperRule(HearingRecord.KIND, "sent", _record))
