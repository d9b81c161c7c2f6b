"""Rounds that look at the clocks of cases, remind the lead, and tell what is over: by name, once, never as a grant.

A clock is marked in the very step in which it is told, so that a window that dies in between has told nothing and
marked nothing, and one that comes back tells it once.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial

from exchange.approval.clocks.records import ClockRow
from exchange.approval.clocks.store import CaseClocks
from exchange.approval.filings.changes import cases_changed
from exchange.approval.records import CaseRow
from exchange.approval.rules.clock.dates import CaseDates, deliver_by
from exchange.approval.rules.clock.reminding import ClockPoint, look_at_points
from exchange.approval.rules.clock.watching import CaseClock, look
from exchange.approval.superiors import superiors_of
from exchange.approval.window.clock.reckoned import dates_of
from exchange.approval.window.clock.telling import tell_above
from exchange.approval.window.closing import OPEN_PARTS
from exchange.approval.window.deadlines import matter_of
from exchange.approval.window.store import Cases
from exchange.messaging.failing.apart import each_together
from exchange.messaging.node import Node, Step
from exchange.schemas import CaseTermEvent
from exchange.store.transaction import Transaction

WORK = "clocks of cases"
"""What this work is called where it fails."""
_AT_ONCE = 200


def look_at_clocks(node: Node) -> int:
    """Look at the clocks that are due for it; returns how many cases that were."""
    done = 0
    while found := len(each_together(node, WORK, partial(_due, node), _look, _AT_ONCE)):
        done += found
        if found < _AT_ONCE:
            break
    return done


def _due(node: Node, tx: Transaction, limit: int) -> list[tuple[str, ClockRow]]:
    return [(row.case_number, row) for row in tx[CaseClocks].due(node.clock.now(), limit)]


def _look(step: Step, row: ClockRow) -> None:
    case, clocks = step.tx[Cases].get(row.case_number), step.tx[CaseClocks]
    if case is None:
        clocks.look(row.case_number, None)
        return
    calendar = step.node.calendar
    dates = dates_of(step.tx, case, calendar)
    matter = matter_of(step.tx, case)
    looked = look(case, matter, dates, row, step.now, calendar)
    for clock in looked.over:
        _TELL[clock](step, case, dates)
    points = look_at_points(case, matter, dates, row, step.now, calendar)
    if points.point is not None:
        _remind(step, case, points.point)
    clocks.look(case.number, min((at for at in (looked.again, points.again) if at is not None), default=None))


def _remind(step: Step, case: CaseRow, point: ClockPoint) -> None:
    """The lead has it among its duties from then on, until it is done or the end moves; nobody else is told."""
    clocks = step.tx[CaseClocks]
    if point.clock is CaseClock.DELIVERY:
        reminded = clocks.remind_of_delivery(case.number, point.stage, step.now)
    else:
        reminded = clocks.remind(case.number, point.stage, point.due_at, step.now)
    if reminded:
        facts = {"clock": point.clock.value, "stage": point.stage}
        _note(step, "lead-reminded", case, None, point.due_at, **facts)


def _overrun(step: Step, case: CaseRow, dates: CaseDates) -> None:
    """The lead has it among its duties from then on; departments that have not answered still have their own terms."""
    if step.tx[CaseClocks].overrun(case.number, step.now):
        waiting = [part.department for part in step.tx[Cases].parts(case.number) if part.state in OPEN_PARTS]
        told = tell_above(step, case, dates, CaseTermEvent.OVERRUN)
        cases_changed(step, [case.number])
        _note(step, "case-overrun", case, told, dates.decide_by, waiting=waiting)


def _promise_over(step: Step, case: CaseRow, dates: CaseDates) -> None:
    """The lead owes a reason for it, which is shown with the case."""
    if step.tx[CaseClocks].promise_over(case.number, step.now) and dates.promised_by is not None:
        _note(step, "promise-not-kept", case, None, dates.promised_by)


def _undelivered(step: Step, case: CaseRow, dates: CaseDates) -> None:
    due = deliver_by(case.decided_at, case.outcome, step.node.calendar)
    if due is not None and step.tx[CaseClocks].undelivered(case.number, step.now):
        told = tell_above(step, case, dates, CaseTermEvent.UNDELIVERED, due[0])
        _note(step, "undelivered", case, told, due[0])


_TELL = {
    CaseClock.DECISION: _overrun,
    CaseClock.PROMISE: _promise_over,
    CaseClock.DELIVERY: _undelivered,
}


def _note(step: Step, event: str, case: CaseRow, told: str | None, due_at: datetime, **facts: object) -> None:
    """Say in the journal whose clock it was, and who is told."""
    lead = step.node.address
    above = list(superiors_of(lead, step.node.directory)) if told is not None else []
    step.note(event, case.number, told, lead=lead, above=above, due_at=due_at.isoformat(), **facts)
