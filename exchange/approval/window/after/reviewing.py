"""Review: a decision over which an opinion came in that had been in time is looked at again by an officer."""

from __future__ import annotations

from exchange.approval.window.store import Cases
from exchange.errors import Conflict, NotFound
from exchange.messaging.checks import expect_window
from exchange.messaging.node import Node, Step
from exchange.messaging.rules.wording import check_reason


def review(node: Node, case_number: str, officer: str, reasons: str) -> tuple[str, ...]:
    """Record who has reviewed the decision and what came of it; returns the departments whose opinions it was about.

    The decision itself stays as it was signed; another one is a new case. Raises Denied (this is no window), NotFound,
    Conflict where nothing is to be reviewed, CallerError or BadText.
    """
    with node.step() as step:
        return review_in(step, case_number, officer, reasons)


def review_in(step: Step, case_number: str, officer: str, reasons: str) -> tuple[str, ...]:
    """Do what `review` does, inside a step."""
    reasons = check_reason(reasons, "a review needs its reasons", "say whether the decision stands, and why")
    officer = check_reason(officer, "no officer is named", "say who has reviewed it")
    expect_window(step.node)
    if step.tx[Cases].get(case_number) is None:
        raise NotFound(
            "no case {case_number} here", remedy="`exchange status` lists the cases", case_number=case_number
        )
    about = [part for part in step.tx[Cases].parts(case_number) if part.review_at is not None]
    if not about:
        raise Conflict(
            "nothing is to be reviewed in case {case_number}",
            remedy="`exchange inbox` lists what waits for the lead",
            case_number=case_number,
        )
    for part in about:
        step.tx[Cases].move_part(case_number, part.department, {part.state}, part.state, review_at=None)
    departments = tuple(part.department for part in about)
    step.note("decision-reviewed", case_number, None, by=officer, reasons=reasons, departments=list(departments))
    return departments
