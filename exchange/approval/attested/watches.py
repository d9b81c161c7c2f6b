"""What a monitor watches against what the window has told it, and what it has fired against what it has signed."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import ValidationError

from exchange.approval.monitor.tables import reminder, watch
from exchange.approval.rules.deadline import project
from exchange.approval.rules.derived_ids import deemed_id, escalation_id
from exchange.approval.rules.states import WatchState
from exchange.errors import ExchangeError
from exchange.messaging.attested.contradiction import RowAt, RowContradiction
from exchange.messaging.attested.rule import PaperRule, RowRule
from exchange.messaging.attested.view import RecordedPaper, RowsView
from exchange.schemas import DeadlineNotice, DeadlineState, DeadlineStatus, DeemedConsent, Escalation, Reminder
from exchange.store.rows import Row
from exchange.workdays import calendar_key

_FIRED = {WatchState.DEEMED: deemed_id, WatchState.ESCALATED: escalation_id}


def _check(view: RowsView, at: RowAt, row: Row) -> Iterator[RowContradiction]:
    try:
        state = DeadlineState.model_validate_json(row["deadline"])
    except ValidationError:
        yield at.unproved("deadline", "-")
        return
    for column, said in (("case_number", state.case_number), ("department", state.department),
                         ("window", state.lead), ("revision", state.revision)):  # fmt: skip
        if row[column] != said:
            yield at.unproved(column, row[column])
    fired = _FIRED.get(row["state"])
    if fired is not None:
        message_id = fired(state.case_number, state.department, state.revision)
        if view.paper(view.member, message_id) is None:
            yield at.unproved("state", row["state"])


def _told(view: RowsView, paper: RecordedPaper) -> Iterator[RowContradiction]:
    """The row says what the window has told last; what it was told of later revisions stands in other documents."""
    body = paper.body
    if not isinstance(body, DeadlineNotice) or not _is_taken(view, paper):
        return
    for state in body.deadlines:
        at, row = _at(view, state.case_number, state.department), _row(view, state.case_number, state.department)
        if row is None:
            yield at.left_out("deadline", None, f"revision {state.revision}", paper.ref)
        elif row["revision"] == state.revision:
            yield from _as_told(at, row, state, paper)
            yield from _due(view, at, row, state, paper)
        elif row["revision"] < state.revision and row["state"] == WatchState.RUNNING:
            yield at.left_out("revision", row["revision"], state.revision, paper.ref)


def _as_told(at: RowAt, row: Row, state: DeadlineState, paper: RecordedPaper) -> Iterator[RowContradiction]:
    try:
        kept = DeadlineState.model_validate_json(row["deadline"])
    except ValidationError:
        return
    if kept != state:
        yield from at.differs("deadline", _shown(kept), _shown(state, kept), paper.ref)
    closed = state.status is DeadlineStatus.CLOSED
    if closed and row["state"] == WatchState.RUNNING:
        yield from at.differs("state", row["state"], WatchState.CLOSED.value, paper.ref)
    elif not closed and row["state"] == WatchState.CLOSED:
        yield from at.differs("state", row["state"], WatchState.RUNNING.value, paper.ref)


def _due(view: RowsView, at: RowAt, row: Row, state: DeadlineState, paper: RecordedPaper) -> Iterator[RowContradiction]:
    """The end is derived, by the calendar that the row names; what another one has given cannot be reckoned here."""
    if row["calendar"] == calendar_key(view.calendar):
        try:
            due_at = project(state, view.calendar).due_at
        except ExchangeError:
            return
        yield from at.differs("due_at", row["due_at"], due_at, paper.ref)


def _shown(state: DeadlineState, beside: DeadlineState | None = None) -> str:
    term = state.term.fixed.isoformat() if state.term.fixed is not None else f"{state.term.days} d"
    text = f"revision {state.revision}, {state.status.value}, {term}, {len(state.ledger)} entries"
    if beside is not None and _shown(beside) == text:
        return f"{text} (other entries)"
    return text


def _fired(view: RowsView, paper: RecordedPaper) -> Iterator[RowContradiction]:
    """What the monitor has signed of a term is where its row stands, or stood before the window told it more."""
    body, after = paper.body, WatchState.DEEMED
    state = body.state if isinstance(body, DeemedConsent) else None
    if isinstance(body, Escalation):
        state, after = body.state, WatchState.ESCALATED
    if state is None:
        return
    at, row = _at(view, state.case_number, state.department), _row(view, state.case_number, state.department)
    if row is None:
        yield at.left_out("state", None, after.value, paper.ref)
    elif row["revision"] == state.revision:
        yield from at.differs("state", row["state"], after.value, paper.ref)


def _reminder(view: RowsView, at: RowAt, row: Row) -> Iterator[RowContradiction]:
    paper = view.paper(view.member, row["message_id"])
    if paper is None:
        yield at.unproved("message_id", row["message_id"])
    elif isinstance(paper.body, Reminder):
        body = paper.body
        yield from at.differs("stage", row["stage"], body.stage, paper.ref)
        yield from at.differs("at", row["at"], paper.signed_at, paper.ref)
        if row["due_at"] is not None:
            yield from at.differs("due_at", row["due_at"], body.due_at, paper.ref)


def _reminded(view: RowsView, paper: RecordedPaper) -> Iterator[RowContradiction]:
    body = paper.body
    if isinstance(body, Reminder) and not view.rows.where(reminder, "message_id", (paper.ref.message_id,)):
        key = f"{body.case_number} · {body.department} · {paper.ref.message_id}"
        yield RowAt(view.member, reminder.name, key).left_out("message_id", None, paper.signed_at, paper.ref)


def _is_taken(view: RowsView, paper: RecordedPaper) -> bool:
    given = view.own_receipt(paper.ref.sender, paper.ref.message_id)
    return given is None or given.accepted


def _row(view: RowsView, number: str, department: str) -> Row | None:
    rows = view.rows.where(watch, "case_number", (number,))
    return next((one for one in rows if one["department"] == department), None)


def _at(view: RowsView, number: str, department: str) -> RowAt:
    return RowAt(view.member, watch.name, f"{number} · {department}")


WATCHES = RowRule(watch, ("case_number", "department"), _check, case="case_number")
REMINDERS = RowRule(reminder, ("case_number", "department", "message_id"), _reminder, case="case_number")
WATCH_PAPERS = (
    PaperRule(DeadlineNotice.KIND, "received", _told),
    PaperRule(DeemedConsent.KIND, "sent", _fired),
    PaperRule(Escalation.KIND, "sent", _fired),
    PaperRule(Reminder.KIND, "sent", _reminded),
)
