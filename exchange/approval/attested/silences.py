"""What a window has made of silence: against the monitor's deemed consent, and what was told of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from exchange.approval.attested.reading import ledger_of, of_kind, part_at, part_row
from exchange.approval.rules.derived_ids import clock_reminder_id, reminder_id
from exchange.approval.rules.states import BY_SILENCE, PartState
from exchange.messaging.attested.contradiction import RowAt, RowContradiction
from exchange.messaging.attested.rule import PaperRule
from exchange.messaging.attested.view import RecordedPaper, RowsView
from exchange.messaging.rules.reminder_stages import STAGES
from exchange.schemas import DeemedConsent, DefaultMode, DefaultNotice, EntryKind, LedgerEntry, Reminder
from exchange.store.rows import Row

_BECOMES = {DefaultMode.CONSENT: PartState.DEEMED, DefaultMode.REFUSAL: PartState.REFUSED}


def by_silence(view: RowsView, at: RowAt, row: Row) -> Iterator[RowContradiction]:
    """Hold what a part says of its department's silence against what was signed of it."""
    if row["deemed_id"] is None:
        if row["state"] in BY_SILENCE:
            yield at.unproved("state", row["state"])
        if row["deemed_at"] is not None:
            yield at.unproved("deemed_at", row["deemed_at"])
    else:
        yield from _deemed(view, at, row)
    told = [(paper, body) for paper, body in of_kind(view, row["case_number"], DefaultNotice)
            if body.department == row["department"] and body.mode is DefaultMode.NONE]  # fmt: skip
    if row["escalated_at"] is not None and told and row["escalated_at"] not in {body.effective_at for _, body in told}:
        yield from at.differs("escalated_at", row["escalated_at"], told[-1][1].effective_at, told[-1][0].ref)
    if row["reminded_at"] is not None:
        yield from _reminded(view, at, row)


def _deemed(view: RowsView, at: RowAt, row: Row) -> Iterator[RowContradiction]:
    paper = next(iter(view.find(row["deemed_id"])), None)
    if paper is not None and paper.fault is not None:
        return
    body = paper.body if paper is not None else None
    here = (row["case_number"], row["department"])
    if not isinstance(body, DeemedConsent) or (body.state.case_number, body.state.department) != here:
        yield at.unproved("deemed_id", row["deemed_id"], paper.ref if paper is not None else None)
        return
    if row["state"] in BY_SILENCE and paper is not None:
        yield from at.differs("state", row["state"], _BECOMES[body.mode].value, paper.ref)
    for notice, said in of_kind(view, row["case_number"], DefaultNotice):
        if said.deemed_consent == row["deemed_id"] and not said.reminder:
            yield from at.differs("deemed_at", row["deemed_at"], said.effective_at, notice.ref)
            if row["state"] in BY_SILENCE:
                yield from at.differs("paper_by", row["paper_by"], said.paper_owed_by, notice.ref)


def _reminded(view: RowsView, at: RowAt, row: Row) -> Iterator[RowContradiction]:
    """A reminder was recorded at that very moment, which lies between its arrival and the receipt for it."""
    moment: datetime = row["reminded_at"]
    here = (row["case_number"], row["department"])
    for paper in view.recorded(row["case_number"], "received", Reminder.KIND, moment):
        if isinstance(paper.body, Reminder) and (paper.body.case_number, paper.body.department) == here:
            given = view.own_receipt(paper.ref.sender, paper.ref.message_id)
            if given is None or given.receipt.arrived_at <= moment <= given.receipt.signed_for_at:
                return
    known = [paper for message_id in _possible(view, row) for paper in view.find(message_id)]
    if not known:
        yield at.unproved("reminded_at", moment)
        return
    last = max(known, key=lambda one: one.recorded_at)
    yield from at.differs("reminded_at", moment, last.signed_at, last.ref)


def _possible(view: RowsView, row: Row) -> Iterator[str]:
    """The ids that reminders of this term can have: they are derived from what the ledger says."""
    entries = [one.entry for one in ledger_of(view, row["case_number"], row["department"]) if one.entry is not None]
    number, department = row["case_number"], row["department"]
    for began in {row["started_at"], row["issued_at"], *_beginnings(entries)} - {None}:
        for stage in STAGES:
            yield clock_reminder_id(number, department, stage, began)
            for due_at in {row["due_at"], *(one.told for one in entries)} - {None}:
                yield reminder_id(number, department, stage, began, due_at)


def _beginnings(entries: list[LedgerEntry]) -> set[datetime]:
    return {one.at for one in entries if one.kind in (EntryKind.START, EntryKind.RESTART)}


def _told(view: RowsView, paper: RecordedPaper) -> Iterator[RowContradiction]:
    """A default that the window has told of stands in the part, unless its department was asked anew since."""
    body = paper.body
    if not isinstance(body, DefaultNotice) or body.deemed_consent is None or body.reminder:
        return
    at, row = part_at(view, body.case_number, body.department), part_row(view, body.case_number, body.department)
    deemed = next((one.body for one in view.find(body.deemed_consent) if isinstance(one.body, DeemedConsent)), None)
    if row is None:
        yield at.left_out("department", None, body.department, paper.ref)
    elif row["deemed_id"] != body.deemed_consent and (
        deemed is None or deemed.state.consultation_id == row["consultation_id"]
    ):
        yield at.left_out("deemed_id", row["deemed_id"], body.deemed_consent, paper.ref)


DEFAULTS = PaperRule(DefaultNotice.KIND, "sent", _told)
