"""How far a department was reminded, as its desk has it, against the monitor's signed reminders."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from exchange.approval.department.tables import desk
from exchange.approval.rules.states import DeskState
from exchange.messaging.attested.contradiction import RowAt, RowContradiction
from exchange.messaging.attested.rule import PaperRule
from exchange.messaging.attested.view import RecordedPaper, RowsView
from exchange.schemas import Consultation, Reminder, TermNotice
from exchange.store.rows import Row

_ALWAYS = datetime(9000, 1, 1, tzinfo=UTC)


def reminded(view: RowsView, at: RowAt, row: Row) -> Iterator[RowContradiction]:
    """Hold the stage of a desk's last reminder against the reminders that came while it was to answer."""
    if not row["reminded"]:
        return
    until = row["answered_at"] or _ALWAYS
    came = view.recorded(row["case_number"], "received", Reminder.KIND, row["received_at"], until)
    of = row["acts_for"] or view.member
    stages = {one.body.stage: one for one in came if isinstance(one.body, Reminder) and _is_of(one.body, row, of)}
    if row["reminded"] not in stages:
        last = stages[max(stages)] if stages else None
        if last is None:
            yield at.unproved("reminded", row["reminded"])
        else:
            yield from at.differs("reminded", row["reminded"], max(stages), last.ref)


def _is_of(body: Reminder, row: Row, department: str) -> bool:
    here = (row["case_number"], row["consultation_id"], department)
    return (body.case_number, body.consultation_id, body.department) == here


def _reminder(view: RowsView, paper: RecordedPaper) -> Iterator[RowContradiction]:
    """A reminder that was taken in has been put down on a desk that waits, unless another end was told since."""
    body = paper.body
    if not isinstance(body, Reminder) or not view.accepted(paper):
        return
    row = next(iter(view.rows.where(desk, "case_number", (body.case_number,))), None)
    if row is None or row["state"] != DeskState.WAITING or row["reminded"] >= body.stage:
        return
    if not _is_of(body, row, row["acts_for"] or view.member) or _told_since(view, row, paper.recorded_at):
        return
    at = RowAt(view.member, desk.name, body.case_number)
    yield at.left_out("reminded", row["reminded"], body.stage, paper.ref)


def _told_since(view: RowsView, row: Row, moment: datetime) -> bool:
    """Whether the window has told another end since: the department is reminded anew of that."""
    request = view.paper(row["window"], row["copy_id"] or row["consultation_id"])
    if request is None or request.header is None or not isinstance(request.body, Consultation):
        return False
    named = view.named(request.header.conversation_id, TermNotice.KIND, row["window"])
    papers = (view.paper(*one) for one in named)
    return any(one is not None and one.recorded_at >= moment for one in papers)


REMINDED_PAPERS = (PaperRule(Reminder.KIND, "received", _reminder),)
