"""Taking a case, giving it back, and handing it over to another account of the office."""

from __future__ import annotations

from exchange.approval.department.desk import row_on_desk
from exchange.approval.department.holding import give_back_in, hand_over_in, take_in
from exchange.desk.cases.asked import facts_of
from exchange.desk.permissions import DeskAction
from exchange.desk.section import DeskAct, DeskSection
from exchange.desk.seen import expect_seen
from exchange.desk.standing_in import place_of_act
from exchange.desk.visit import DeskVisit
from exchange.errors import NotFound
from exchange.messaging.node import Step
from exchange.schemas import Role
from exchange.web.door.store import Accounts


def colleagues(visit: DeskVisit) -> list[str]:
    """Return the accounts to whom something can be handed over."""
    with visit.node.store.reading() as tx:
        return [row.name for row in tx[Accounts].all() if row.locked_at is None and row.name != visit.who]


def _seen(visit: DeskVisit, step: Step) -> str:
    number = visit.path["number"]
    expect_seen(visit, *facts_of(row_on_desk(step, number)))
    return number


def _take(visit: DeskVisit, step: Step) -> str:
    number = _seen(visit, step)
    take_in(step, number, visit.who)
    return f"/case/{number}?done=taken"


def _give_back(visit: DeskVisit, step: Step) -> str:
    number = _seen(visit, step)
    give_back_in(step, number, visit.who, of_others=bool(place_of_act(visit, step.tx)))
    return f"/case/{number}?done=given-back"


def _hand_over(visit: DeskVisit, step: Step) -> str:
    """A supervisor hands over what others have; everybody else the own, nobody's, or that of whom one stands in for."""
    number, to = _seen(visit, step), visit.typed("to")
    account = step.tx[Accounts].get(to)
    if account is None or account.locked_at is not None:
        raise NotFound("there is no account {name!r} here", remedy="choose one of the list", name=to)
    of_others = visit.may(DeskAction.ACCOUNTS) or bool(place_of_act(visit, step.tx))
    hand_over_in(step, number, visit.who, to, of_others=of_others)
    return f"/case/{number}?done=handed-over"


SECTION = DeskSection(
    acts=(
        DeskAct("/case/{number}/take", DeskAction.TAKE, _take),
        DeskAct("/case/{number}/give-back", DeskAction.TAKE, _give_back, place=place_of_act),
        DeskAct("/case/{number}/hand-over", DeskAction.HAND_OVER, _hand_over, place=place_of_act),
    ),
    roles=frozenset({Role.DEPARTMENT}),
    done={
        "taken": ("您已承办本案。", "You deal with this case now."),
        "given-back": ("已退回，无人承办。", "It is given back; nobody deals with it now."),
        "handed-over": ("已移交。", "It is handed over."),
    },
)
