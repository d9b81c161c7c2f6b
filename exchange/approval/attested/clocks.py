"""The clocks of whole cases and their ledgers: against what was told of them, and else against the journal.

That a promise was not kept, why, and to whom a licence was handed out, no message says; the journal does, and the
member's log seals it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from exchange.approval.attested.reading import case_row, entry_of, of_kind, parts_of
from exchange.approval.clocks.tables import case_clock, case_ledger
from exchange.approval.tables import reopening
from exchange.messaging.attested.contradiction import RowAt, RowContradiction, withheld
from exchange.messaging.attested.rule import PaperRule, RowRule
from exchange.messaging.attested.view import JournalLine, RecordedPaper, RowsView
from exchange.schemas import CaseTermEvent, CaseTermNotice
from exchange.store.rows import Row
from exchange.store.types import printable

_TOLD = {CaseTermEvent.OVERRUN: "overrun_at", CaseTermEvent.UNDELIVERED: "undelivered_at"}
_JOURNALED = {"promise_over_at": "promise-not-kept", "explained_at": "promise-explained", "delivered_at": "delivered"}


def _check(view: RowsView, at: RowAt, row: Row) -> Iterator[RowContradiction]:
    number = row["case_number"]
    if case_row(view, number) is None:
        yield at.unproved("case_number", number)
        return
    anew = begun_anew(view, number)
    for event, column in _TOLD.items():
        yield from _told(view, at, row, event, column, anew)
    for column, line in _JOURNALED.items():
        lines = [one for one in view.journaled(number, line) if anew is None or one.at >= anew]
        yield from _journaled(at, row, column, lines)
    yield from _by_whom(view, at, row, anew)
    yield from _reminded(view, at, row, anew)


def begun_anew(view: RowsView, number: str) -> datetime | None:
    """Return when a case was taken up again last: nothing was told of its present round before."""
    return max((one["at"] for one in view.rows.where(reopening, "case_number", (number,))), default=None)


def _told(
    view: RowsView, at: RowAt, row: Row, event: CaseTermEvent, column: str, anew: datetime | None
) -> Iterator[RowContradiction]:
    """Told to the authority above the lead, where there is one."""
    told = [(paper, body) for paper, body in of_kind(view, row["case_number"], CaseTermNotice)
            if body.event is event and (anew is None or body.at >= anew)]  # fmt: skip
    if told:
        if row[column] not in {body.at for _, body in told}:
            yield from at.differs(column, row[column], told[-1][1].at, told[-1][0].ref)
        return
    journal = "case-overrun" if event is CaseTermEvent.OVERRUN else "undelivered"
    lines = [one for one in view.journaled(row["case_number"], journal) if anew is None or one.at >= anew]
    yield from _journaled(at, row, column, lines)


def _journaled(at: RowAt, row: Row, column: str, lines: list[JournalLine]) -> Iterator[RowContradiction]:
    """An explanation marks that the promise was not kept, too, without a line of its own."""
    if lines:
        yield from at.differs(column, row[column], lines[-1].at, lines[-1].ref)
    elif row[column] is not None and (column != "promise_over_at" or row["explained_at"] is None):
        yield at.unproved(column, row[column])


def _by_whom(view: RowsView, at: RowAt, row: Row, anew: datetime | None) -> Iterator[RowContradiction]:
    """Who has explained what, and who has handed it out to whom."""
    for event, columns in (
        ("promise-explained", {"explained_by": "by", "explanation": "reasons"}),
        ("delivered", {"delivered_by": "by", "delivered_to": "to"}),
    ):
        lines = [one for one in view.journaled(row["case_number"], event) if anew is None or one.at >= anew]
        for column, name in columns.items():
            if lines:
                said = printable(str(lines[-1].detail.get(name)))
                yield from at.differs(column, withheld(row[column]), withheld(said), lines[-1].ref)
            elif row[column] is not None:
                yield at.unproved(column, withheld(row[column]))


def _reminded(view: RowsView, at: RowAt, row: Row, anew: datetime | None) -> Iterator[RowContradiction]:
    """Of which share of the term, and of the delivery, the lead was reminded last."""
    lines = [one for one in view.journaled(row["case_number"], "lead-reminded") if anew is None or one.at >= anew]
    for moment, stage, delivery in (
        ("reminded_at", "reminded_stage", False), ("delivery_reminded_at", "delivery_reminded_stage", True),
    ):  # fmt: skip
        mine = [one for one in lines if (one.detail.get("clock") == "delivery") is delivery]
        if mine:
            yield from at.differs(moment, row[moment], mine[-1].at, mine[-1].ref)
            yield from at.differs(stage, row[stage], mine[-1].detail.get("stage"), mine[-1].ref)
            if not delivery and row["reminded_due_at"] is not None:
                due = row["reminded_due_at"].isoformat()
                yield from at.differs("reminded_due_at", due, mine[-1].detail.get("due_at"), mine[-1].ref)
        else:
            for column in (moment, stage):
                if row[column] is not None:
                    yield at.unproved(column, row[column])


def _entry(view: RowsView, at: RowAt, row: Row) -> Iterator[RowContradiction]:
    """An entry in the term of a case, which the departments consulted were told word for word."""
    entry = entry_of(row["entry"])
    if entry is None:
        yield at.unproved("entry", "-")
        return
    paper = view.paper(view.member, entry.notice) if entry.notice is not None else None
    if paper is None:
        asked = any(one["consultation_id"] is not None for one in parts_of(view, row["case_number"]))
        lines = view.journaled(row["case_number"], "case-term-amended")
        if asked or not any(one.at == entry.at for one in lines):
            yield at.unproved("entry", entry.kind.value)
    elif isinstance(paper.body, CaseTermNotice) and paper.body.entry != entry:
        signed = paper.body.entry.model_dump_json() if paper.body.entry is not None else None
        yield from at.differs("entry", withheld(row["entry"]), withheld(signed), paper.ref)


def _notice(view: RowsView, paper: RecordedPaper) -> Iterator[RowContradiction]:
    """What was told stands: an amendment in the ledger, an overrun or a missing delivery in the case's clocks."""
    body = paper.body
    if not isinstance(body, CaseTermNotice) or case_row(view, body.case_number) is None:
        return
    if body.event is CaseTermEvent.AMENDED:
        rows = view.rows.where(case_ledger, "case_number", (body.case_number,))
        if all(entry_of(one["entry"]) != body.entry for one in rows):
            known = any(_names(one, paper.ref.message_id) for one in rows)
            if not known:  # else the row's own rule says so
                at = RowAt(view.member, case_ledger.name, body.case_number)
                yield at.left_out("entry", None, body.event.value, paper.ref)
    elif body.event in _TOLD and not view.rows.where(case_clock, "case_number", (body.case_number,)):
        at = RowAt(view.member, case_clock.name, body.case_number)
        yield at.left_out("case_number", None, body.event.value, paper.ref)


def _names(row: Row, notice: str) -> bool:
    entry = entry_of(row["entry"])
    return entry is not None and entry.notice == notice


CLOCKS_HELD = RowRule(case_clock, ("case_number",), _check, case="case_number")
CASE_LEDGERS = RowRule(case_ledger, ("case_number", "position"), _entry, case="case_number")
CLOCK_PAPERS = (PaperRule(CaseTermNotice.KIND, "sent", _notice),)
