"""Recalling the department's own opinion, until the lead decides."""

from __future__ import annotations

from collections.abc import Mapping

from exchange.approval.department.desk import row_on_desk
from exchange.approval.department.recalling import recall_in
from exchange.desk.cases.asked import asked_case, facts_of
from exchange.desk.faults import reason_given
from exchange.desk.permissions import DeskAction
from exchange.desk.section import DeskAct, DeskPage, DeskSection
from exchange.desk.seen import expect_seen
from exchange.desk.standing_in import place_of_act
from exchange.desk.visit import DeskVisit
from exchange.language import Words
from exchange.messaging.node import Step
from exchange.schemas import Role

_REASONS: Words = ("理由", "Reasons")


def _form(visit: DeskVisit) -> Mapping[str, object]:
    case = asked_case(visit, visit.path["number"])
    return {"row": case.row, "number": case.row.case_number, "reasons": visit.typed("reasons"), "mark": case.mark}


def _recall(visit: DeskVisit, step: Step) -> str:
    number = visit.path["number"]
    reasons = reason_given(visit, "reasons", _REASONS, "a recall needs its reasons", "say why the opinion is recalled")
    expect_seen(visit, *facts_of(row_on_desk(step, number)))
    recall_in(step, number, visit.who, reasons)
    return f"/case/{number}?done=recalling"


PAGE = DeskPage("/case/{number}/recall", ("撤回意见", "Recall the opinion"), "recall.html", _form, every=0)

SECTION = DeskSection(
    pages=(PAGE,),
    acts=(DeskAct("/case/{number}/recall", DeskAction.RECALL, _recall, PAGE, place=place_of_act),),
    roles=frozenset({Role.DEPARTMENT}),
    done={
        "recalling": (
            "撤回已签发；窗口签收后生效。",
            "The recall is signed and on its way; it counts once the window has signed for it.",
        )
    },
)
