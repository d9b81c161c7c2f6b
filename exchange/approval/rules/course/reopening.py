"""Reopening: a closed case is taken up again. Nobody's silence decides anything in it, and no rule does."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from exchange.approval.rules.states import CaseState
from exchange.errors import CallerError, Conflict, NotFound
from exchange.language.names import CASE_STATES, coded
from exchange.messaging.rules.wording import check_reason
from exchange.schemas import Approver, Completion, DefaultMode, Matter, OrderedBy


def without_default(approver: Approver) -> Approver:
    """Return the approver as it is asked in a case that was reopened: its silence is escalated, whatever the matter."""
    return approver.model_copy(update={"default": DefaultMode.NONE, "default_basis": ()})


def waiting_for_all(matter: Matter) -> Matter:
    """Return the matter by which a reopened case goes on: all who are asked are heard, no quorum or veto ends it."""
    return matter.model_copy(update={"completion": Completion.ALL, "quorum": None})


def check_closed(number: str, state: CaseState) -> None:
    """Raise Conflict for a case that is not closed."""
    if state not in (CaseState.DECIDED, CaseState.WITHDRAWN):
        raise Conflict(
            "case {case_number} is {state}",
            remedy="only a case that is decided or withdrawn is reopened",
            case_number=number,
            state=coded(CASE_STATES, state.value),
        )


def check_order(ordered_by: OrderedBy, order: str | None) -> str | None:
    """Return the order that is named, without blanks around it. Raises CallerError for one too many or too few."""
    if ordered_by is OrderedBy.LEAD:
        if order:
            raise CallerError("the lead needs no order", remedy="leave out --order, or say who ordered it")
        return None
    return check_reason(order or "", "the order is not named", "name it: its number, or its date (--order)")


def check_basis(basis: Sequence[str]) -> tuple[str, ...]:
    """Return the legal bases. Raises CallerError where there is none, or one is blank."""
    if not basis:
        raise CallerError("reopening needs its legal basis", remedy="give --basis with the article")
    return tuple(
        check_reason(one, "a basis is blank", "name the article on which the case is reopened") for one in basis
    )


def check_asked(number: str, asked: Sequence[str], departments: Collection[str]) -> tuple[str, ...]:
    """Return who is asked again, each once. Raises NotFound for somebody who has no part in the case."""
    for department in asked:
        if department not in departments:
            raise NotFound(
                "{department} is not consulted in case {case_number}",
                remedy="name one of: {consulted}",
                department=department,
                case_number=number,
                consulted=", ".join(departments),
            )
    return tuple(dict.fromkeys(asked))
