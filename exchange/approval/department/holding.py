"""Who deals with a consultation: an officer takes it, hands it over, or gives it back. It keeps nobody from answering.

That somebody has a case is for the office to know; what binds is who signs. So a holder is a name beside the case, and
a second person that wants it learns whose it is, and asks, or has it handed over by whoever may do that for others.
"""

from __future__ import annotations

from exchange.approval.department.desk import ANSWERABLE, row_on_desk
from exchange.approval.department.records import DeskRow
from exchange.approval.department.store import DepartmentDesk
from exchange.errors import Conflict
from exchange.language.names import DESK_STATES, coded
from exchange.messaging.node import Node, Step
from exchange.messaging.rules.wording import check_reason
from exchange.store.types import printable


def take(node: Node, case_number: str, officer: str) -> None:
    """Note that an officer deals with a case. Raises NotFound, Conflict (over, or another's) or CallerError."""
    with node.step() as step:
        take_in(step, case_number, officer)


def take_in(step: Step, case_number: str, officer: str) -> None:
    """Do what `take` does, inside a step."""
    row = _open(step, case_number)
    _check_free(row, officer)
    _hold(step, row, officer, "taken")


def hand_over(node: Node, case_number: str, officer: str, to: str, *, of_others: bool = False) -> None:
    """Note that another officer deals with a case from now on. Raises NotFound, Conflict or CallerError.

    An officer hands over what is the own, or nobody's; who may act for others, ``of_others``, whoever has it.
    """
    with node.step() as step:
        hand_over_in(step, case_number, officer, to, of_others=of_others)


def hand_over_in(step: Step, case_number: str, officer: str, to: str, *, of_others: bool = False) -> None:
    """Do what `hand_over` does, inside a step."""
    row = _open(step, case_number)
    if not of_others:
        _check_free(row, officer)
    _hold(step, row, to, "handed-over", by=_name(officer))


def give_back(node: Node, case_number: str, officer: str, *, of_others: bool = False) -> None:
    """Note that nobody deals with a case any more. Raises NotFound, or Conflict where it is another's.

    Who may act for others, ``of_others``, gives back what they have.
    """
    with node.step() as step:
        give_back_in(step, case_number, officer, of_others=of_others)


def give_back_in(step: Step, case_number: str, officer: str, *, of_others: bool = False) -> None:
    """Do what `give_back` does, inside a step."""
    row = _open(step, case_number)
    if not of_others:
        _check_free(row, officer)
    step.tx[DepartmentDesk].move(case_number, {row.state}, row.state, holder=None)
    step.note("given-back", case_number, None, officer=_name(officer))


def _open(step: Step, case_number: str) -> DeskRow:
    row = row_on_desk(step, case_number)
    if row.state not in ANSWERABLE:
        raise Conflict(
            "case {case_number} is {state}: there is nothing to take on",
            remedy="`exchange inbox` lists what waits",
            case_number=case_number,
            state=coded(DESK_STATES, row.state.value),
        )
    return row


def _check_free(row: DeskRow, officer: str) -> None:
    if row.holder is not None and row.holder != _name(officer):
        raise Conflict(
            "{holder} deals with case {case_number}",
            remedy="ask {holder}, who can hand it over; or whoever may hand over what others have",
            holder=row.holder,
            case_number=row.case_number,
        )


def _hold(step: Step, row: DeskRow, officer: str, event: str, **more: str) -> None:
    name = _name(officer)
    step.tx[DepartmentDesk].move(row.case_number, {row.state}, row.state, holder=name)
    step.note(event, row.case_number, None, officer=name, **more)


def _name(officer: str) -> str:
    return printable(check_reason(officer, "no officer is named", "say who deals with it"))[:_LONGEST]


_LONGEST = 80
"""Characters of a name that are kept."""
