"""What the lead owes about its clocks: the reason for a promise that was not kept, and the delivery of a licence."""

from __future__ import annotations

from exchange.approval.clocks.store import CaseClocks
from exchange.approval.filings.changes import cases_changed
from exchange.approval.records import CaseRow
from exchange.approval.rules.clock.dates import deliver_by
from exchange.approval.rules.states import WITHOUT_DECISION, CaseState
from exchange.approval.window.clock.reckoned import dates_of
from exchange.approval.window.store import Cases
from exchange.errors import Conflict, NotFound
from exchange.messaging.checks import expect_window
from exchange.messaging.node import Node, Step
from exchange.messaging.rules.moments import moment_text
from exchange.messaging.rules.wording import check_reason


def explain(node: Node, number: str, officer: str, reasons: str) -> None:
    """Record why a case was not decided within the days that were promised; shown with the case.

    Raises Denied (this is no window), NotFound, Conflict (the promise was kept, or explained before) or CallerError.
    """
    with node.step() as step:
        explain_in(step, number, officer, reasons)


def explain_in(step: Step, number: str, officer: str, reasons: str) -> None:
    """Do what `explain` does, inside a step."""
    officer = check_reason(officer, "no officer is named", "say who explains it (--officer)")
    reasons = check_reason(reasons, "an explanation says why", "say why the promise was not kept (--reasons)")
    case = _own_case(step, number)
    dates, clocks = dates_of(step.tx, case, step.node.calendar), step.tx[CaseClocks]
    ended = step.now if case.decided_at is None else case.decided_at
    late = dates.promised_by is not None and not dates.promise_provisional and ended > dates.promised_by
    if case.state in WITHOUT_DECISION or not late:
        raise Conflict(
            "no promise of case {number} is broken",
            remedy="nothing is to be explained; `exchange status {number}` shows the dates",
            number=number,
        )
    clocks.promise_over(number, step.now)  # where no round has looked yet
    if not clocks.explain(number, step.now, officer, reasons):
        raise Conflict(
            "it is explained already why case {number} took longer", remedy="it is explained once", number=number
        )
    cases_changed(step, [number])
    step.note("promise-explained", number, None, by=officer, reasons=reasons)


def deliver(node: Node, number: str, officer: str, to: str) -> None:
    """Record that what was granted was handed out or sent: to whom, and how.

    Raises Denied (this is no window), NotFound, Conflict (nothing was granted, or it is recorded) or CallerError.
    """
    with node.step() as step:
        deliver_in(step, number, officer, to)


def deliver_in(step: Step, number: str, officer: str, to: str) -> None:
    """Do what `deliver` does, inside a step."""
    officer = check_reason(officer, "no officer is named", "say who hands it out (--officer)")
    to = check_reason(to, "a delivery says to whom", "say to whom and how (--to)")
    case = _own_case(step, number)
    if case.state is not CaseState.DECIDED or deliver_by(case.decided_at, case.outcome, step.node.calendar) is None:
        raise Conflict(
            "nothing is granted in case {number}",
            remedy="what is granted is delivered; `exchange status {number}` shows how it stands",
            number=number,
        )
    if not step.tx[CaseClocks].deliver(number, step.now, officer, to):
        before = step.tx[CaseClocks].get(number)
        raise Conflict(
            "the delivery of case {number} is on record since {since}",
            remedy="it is recorded once",
            number=number,
            since=moment_text(before.delivered_at) if before.delivered_at else "",
        )
    cases_changed(step, [number])
    step.note("delivered", number, case.decision_id, by=officer, to=to)


def _own_case(step: Step, number: str) -> CaseRow:
    expect_window(step.node)
    case = step.tx[Cases].get(number)
    if case is None:
        raise NotFound("no case {case_number} here", remedy="`exchange status` lists the cases", case_number=number)
    return case
