"""Calling a hearing, putting it off, calling it off, and its record: each a signed message to all whom it concerns."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from exchange.approval.filings.store import Filings
from exchange.approval.hearings.records import HearingRow
from exchange.approval.hearings.states import HearingState
from exchange.approval.hearings.store import Hearings
from exchange.approval.records import CaseRow
from exchange.approval.rules.clock.watching import UNDECIDED
from exchange.approval.rules.hearings import check_call, check_none_called
from exchange.approval.window.clock.amending import CaseAmendment, amend_case_in
from exchange.approval.window.clock.reckoned import dates_of
from exchange.approval.window.closing import own_case
from exchange.approval.window.hearing.owed import requested_in_time
from exchange.approval.window.store import Cases
from exchange.clock import CST
from exchange.errors import BadHearing, Conflict
from exchange.language.names import CASE_STATES, coded
from exchange.messaging.node import Node, Step
from exchange.messaging.rules.wording import check_reason
from exchange.schemas import (
    Body,
    EntryKind,
    FiledFile,
    HearingEvent,
    HearingNotice,
    HearingRecord,
    ProcedureKind,
)
from exchange.workdays import working_days_between

BASIS = ("行政许可法第四十六条至第四十八条",)
_STOPS = "the hearing is held"
_OVER = "the hearing is over"


@dataclass(frozen=True)
class CalledHearing:
    """When, where and under whom a hearing is to be held, and why."""

    held_at: datetime
    place: str
    chair: str
    officer: str
    """Who reviews the application."""
    reasons: str


def call(node: Node, case_number: str, wanted: CalledHearing) -> str:
    """Call a hearing: applicant and departments are told, and the clock of the case stops until it is held.

    Returns the notice's message id. Raises Denied (this is no window), NotFound, Conflict (decided, called already) or
    BadHearing (too soon, too late, by its own reviewer).
    """
    with node.step() as step:
        return call_in(step, case_number, wanted)


def call_in(step: Step, case_number: str, wanted: CalledHearing) -> str:
    """Do what `call` does, inside a step."""
    case = _undecided(step, case_number)
    check_none_called(case_number, step.tx[Hearings].of_case(case_number))
    return _tell_held(step, case, wanted, HearingEvent.CALLED)


def hearings_of(node: Node, case_number: str) -> tuple[HearingRow, ...]:
    """Return the hearings of a case, in the order in which they were called."""
    with node.store.reading() as tx:
        return tx[Hearings].of_case(case_number)


def put_off(node: Node, case_number: str, wanted: CalledHearing) -> str:
    """Put a hearing that was called off to another day; returns the notice's message id. Raises as `call` does."""
    with node.step() as step:
        return put_off_in(step, case_number, wanted)


def put_off_in(step: Step, case_number: str, wanted: CalledHearing) -> str:
    """Do what `put_off` does, inside a step."""
    case, row = _called(step, case_number)
    step.tx[Hearings].move(row, HearingState.CALLED_OFF, ended_at=step.now)
    _run_on(step, case)  # it stops anew, until the new day
    return _tell_held(step, case, wanted, HearingEvent.PUT_OFF)


def call_off(node: Node, case_number: str, reasons: str) -> str:
    """Call a hearing off, with reasons; the clock runs on. Returns the notice's message id.

    Raises Denied, NotFound or Conflict (none is called).
    """
    with node.step() as step:
        return call_off_in(step, case_number, reasons)


def call_off_in(step: Step, case_number: str, reasons: str) -> str:
    """Do what `call_off` does, inside a step."""
    check_reason(reasons, "a hearing is called off with reasons", "say why")
    case, row = _called(step, case_number)
    step.tx[Hearings].move(row, HearingState.CALLED_OFF, ended_at=step.now)
    notice = HearingNotice(
        case_number=case.number, filing=_filing(step, case), event=HearingEvent.CALLED_OFF,
        requested_at=row.requested_at, reasons=reasons, basis=BASIS, at=step.now,
    )  # fmt: skip
    _run_on(step, case)
    step.note("hearing-called-off", case_number)
    return _tell(step, case, notice)


def filed_file(name: str, content: bytes) -> FiledFile:
    """Return a paper as the record of a hearing names it."""
    return FiledFile(name=name, size=len(content), digest=hashlib.sha256(content).hexdigest())


def record(
    node: Node, case_number: str, held_on: date, text: str, file: FiledFile | None = None, content: bytes = b""
) -> str:
    """Put the record of a hearing on the case: the decision is made on it. Returns its message id.

    ``file`` with its ``content`` is the paper that was signed. Raises Denied, NotFound, Conflict (none is called) or
    BadHearing (before the day for which it was called).
    """
    with node.step() as step:
        return record_in(step, case_number, held_on, text, file, content)


def record_in(
    step: Step, case_number: str, held_on: date, text: str, file: FiledFile | None = None, content: bytes = b""
) -> str:
    """Do what `record` does, inside a step."""
    check_reason(text, "the record of a hearing says what was said", "write it, or enclose the signed paper")
    case, row = _called(step, case_number)
    if held_on < row.held_at.astimezone(CST).date() or held_on > step.now.astimezone(CST).date():
        raise BadHearing(
            "the hearing was called for {day}",
            remedy="record it on that day or after; put it off to hold it on another",
            day=row.held_at.astimezone(CST).date(),
        )
    body = HearingRecord(
        case_number=case.number, filing=_filing(step, case), held_on=held_on, record=text, file=file, at=step.now
    )
    message_id = _tell(step, case, body, (content,) if file is not None else ())
    step.tx[Hearings].move(row, HearingState.HELD, record_id=message_id, ended_at=step.now)
    _run_on(step, case)
    step.note("hearing-held", case_number, message_id)
    return message_id


def _tell_held(step: Step, case: CaseRow, wanted: CalledHearing, event: HearingEvent) -> str:
    requested = requested_in_time(step.tx, case.number, step.node.calendar)
    check_reason(wanted.reasons, "a hearing is called with reasons", "say what it is about (--reasons)")
    check_call(wanted.held_at, wanted.place, wanted.chair, wanted.officer, requested, step.now, step.node.calendar)
    notice = HearingNotice(
        case_number=case.number, filing=_filing(step, case), event=event, held_at=wanted.held_at, place=wanted.place,
        requested_at=requested, reasons=wanted.reasons, basis=BASIS, at=step.now,
    )  # fmt: skip
    message_id = _tell(step, case, notice)
    position = len(step.tx[Hearings].of_case(case.number)) + 1
    step.tx[Hearings].add(
        HearingRow(
            case_number=case.number,
            position=position,
            state=HearingState.CALLED,
            held_at=wanted.held_at,
            place=wanted.place,
            chair=wanted.chair,
            called_at=step.now,
            requested_at=requested,
            notice_id=message_id,
        )
    )
    _stop(step, case, wanted.held_at)
    step.tx[Cases].hold_up(case.number)
    step.note("hearing-called", case.number, message_id, chair=wanted.chair, by=wanted.officer)
    return message_id


def _stop(step: Step, case: CaseRow, held_at: datetime) -> None:
    """The time of the hearing is not counted (article 45); a term that is over stops no more."""
    if step.now > dates_of(step.tx, case, step.node.calendar).decide_by:
        return
    today, last = step.now.astimezone(CST).date(), held_at.astimezone(CST).date()
    days = max(1, working_days_between(step.node.calendar, today, last)[0])
    stop = CaseAmendment(EntryKind.STOP, _STOPS, step.node.address, days=days, procedure=ProcedureKind.HEARING)
    amend_case_in(step, case.number, stop)


def _run_on(step: Step, case: CaseRow) -> None:
    if case.state not in UNDECIDED:
        return
    try:
        amend_case_in(step, case.number, CaseAmendment(EntryKind.RESUME, _OVER, step.node.address))
    except Conflict:
        return  # its announced length is over: the clock runs already


def _tell(step: Step, case: CaseRow, body: Body, enclosures: Sequence[bytes] = ()) -> str:
    """Tell the departments that were asked in the case's conversation, and the applicant's portal in the filing's."""
    asked = [one for part in step.tx[Cases].parts(case.number) if part.consultation_id for one in part.hearing]
    departments = step.node.reachable(tuple(dict.fromkeys(asked)))
    told = step.send(body, departments, conversation_id=case.conversation_id, enclosures=enclosures)
    filing = step.tx[Filings].of_case(case.number)
    if filing is None:
        return told
    return step.send(body, (filing.portal,), conversation_id=filing.filing_id, enclosures=enclosures)


def _filing(step: Step, case: CaseRow) -> str | None:
    filing = step.tx[Filings].of_case(case.number)
    return filing.number if filing is not None else None


def _undecided(step: Step, case_number: str) -> CaseRow:
    case = own_case(step, case_number)
    if case.state not in UNDECIDED:
        raise Conflict(
            "case {case_number} is {state}",
            remedy="a hearing is held before the decision",
            case_number=case_number,
            state=coded(CASE_STATES, case.state.value),
        )
    return case


def _called(step: Step, case_number: str) -> tuple[CaseRow, HearingRow]:
    case = _undecided(step, case_number)
    called = [one for one in step.tx[Hearings].of_case(case_number) if one.state is HearingState.CALLED]
    if not called:
        raise Conflict("no hearing of case {number} is called", remedy="call it first", number=case_number)
    return case, called[-1]
