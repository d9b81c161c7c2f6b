"""Discarding a dead letter takes two people and a reason, and never takes a department's answer from it."""

from __future__ import annotations

from exchange.approval.rules.states import CaseState, PartState
from exchange.audit.people import same_person
from exchange.errors import Conflict, Denied
from exchange.messaging.rules import wording

_UNSETTLED = frozenset({PartState.PLANNED, PartState.ISSUED, PartState.SIGNED, PartState.ESCALATED})


def check_reason(why: str) -> str:
    """Return the reason without blanks around it. Raises CallerError when nothing is left."""
    return wording.check_reason(why, "discarding needs a reason", "say why nobody needs this message any more")


def check_second(proposed_by: str | None, confirmed_by: str) -> None:
    """Raise Conflict for what nobody proposed, Denied for somebody who would confirm an own proposal."""
    if proposed_by is None:
        raise Conflict("nobody has proposed that for this letter", remedy="propose it first, with a reason")
    if same_person(proposed_by, confirmed_by):
        raise Denied("a proposal is confirmed by another person", remedy="ask a colleague to look at it and confirm")


def protects(case: CaseState, part: PartState) -> bool:
    """Return whether an opinion that was set aside still keeps its department's silence from counting, or could count
    itself.
    """
    return case in (CaseState.OPEN, CaseState.READY) and part in _UNSETTLED


def refuse_protecting(id: str, case_number: str, department: str) -> Conflict:
    """Return the error that tells why a letter that protects its department is not discarded."""
    return Conflict(
        "dead letter {id} is the opinion of {department} on {case_number}, which nothing else "
        "answers: while it is here no silence counts against the department",
        code="protects-department",
        remedy="repair what it failed on and redrive it, or have the department answer anew; then it can be discarded",
        id=id,
        department=department,
        case_number=case_number,
    )
