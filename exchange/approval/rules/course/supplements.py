"""When a department may ask, through the window, that the applicant hand something in: once, while its term runs. Pure.

What is missing is told once, before the acceptance (Administrative License Law, article 32). A request afterwards is
the exception, moves no clock (article 45 names all that does not count), and binds the applicant to nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from exchange.approval.rules.course.supplement_states import SupplementState
from exchange.approval.rules.states import CaseState, PartState
from exchange.language import Text
from exchange.language.names import CASE_STATES, coded
from exchange.language.supplements import SUPPLEMENT_STATES

STILL_TO_ANSWER = frozenset({PartState.ISSUED, PartState.SIGNED, PartState.ESCALATED})
"""States of parts in which the department's opinion may still use what the applicant hands in."""


@dataclass(frozen=True)
class NotNow:
    """Why something is not done now: the code under which a message goes back, the sentence, and what to do instead."""

    code: str
    why: Text
    remedy: Text


@dataclass(frozen=True)
class AskingFacts:
    """What it depends on whether a department may ask."""

    asked: bool
    """It has asked before in this case."""
    closed: bool
    """No opinion of it is wanted any more."""
    answered: bool
    waiting: bool
    """Its term has not begun: what it waits for is not in."""
    over: bool
    """Its term is over."""


def why_not_asked(facts: AskingFacts) -> NotNow | None:
    """Return what keeps a department from asking for a supplement; None where nothing does."""
    if facts.answered:
        return NotNow(
            "already-answered", Text("the opinion is given"), Text("recall it first, or leave the matter to the lead")
        )
    if facts.closed:
        return NotNow("case-closed", Text("no opinion is wanted any more"), Text("nothing is to be done"))
    if facts.asked:
        return NotNow(
            "already-asked",
            Text("a department asks for a supplement once in a case"),
            Text("say in the opinion what is lacking still (Administrative License Law, article 32)"),
        )
    if facts.waiting:
        return NotNow(
            "premature", Text("the term has not begun: another department's result is not in"), Text("ask once it is")
        )
    if facts.over:
        return NotNow("too-late", Text("the term is over"), Text("say in the opinion what is lacking"))
    return None


def why_not_settled(case: CaseState, state: SupplementState) -> NotNow | None:
    """Return what keeps the window from passing a request on or declining it; None where nothing does."""
    if state is not SupplementState.ASKED:
        words = {"state": coded(SUPPLEMENT_STATES, state.value)}
        return NotNow("settled", Text("the request is {state}", words), Text("look at the case: it says what was done"))
    if case not in (CaseState.OPEN, CaseState.READY):
        words = {"state": coded(CASE_STATES, case.value)}
        return NotNow("case-closed", Text("the case is {state}", words), Text("nothing is to be done"))
    return None


def why_not_passed_on(part: PartState, *, by_portal: bool) -> NotNow | None:
    """Return what keeps a request that is open from being passed on; None where nothing does."""
    if part not in STILL_TO_ANSWER:
        return NotNow(
            "already-answered",
            Text("the department has answered, or its silence has had effect"),
            Text("decline the request, with that for its reason"),
        )
    if not by_portal:
        return NotNow(
            "no-portal",
            Text("the application was handed in at the window itself: no portal has its applicant"),
            Text("decline the request, and say how you ask the applicant instead"),
        )
    return None
