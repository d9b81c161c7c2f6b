"""What a department does besides opinions: end its special procedure early, announce a review after its silence."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from exchange.approval.department.desk import row_on_desk
from exchange.approval.department.procedures import end_procedure_in
from exchange.approval.department.supplementing import announce_in
from exchange.desk.cases.asked import asked_case, facts_of
from exchange.desk.faults import FormFault, FormFaults
from exchange.desk.permissions import DeskAction
from exchange.desk.section import DeskAct, DeskPage, DeskSection
from exchange.desk.seen import expect_seen
from exchange.desk.standing_in import place_of_act
from exchange.desk.visit import DeskVisit
from exchange.language import tr
from exchange.messaging.node import Step
from exchange.schemas import Role


def _form(visit: DeskVisit) -> Mapping[str, object]:
    case = asked_case(visit, visit.path["number"])
    shown = {"row": case.row, "number": case.row.case_number, "mark": case.mark}
    return {**shown, "reasons": visit.typed("reasons"), "until": visit.typed("until")}


def _seen(visit: DeskVisit, step: Step) -> str:
    number = visit.path["number"]
    expect_seen(visit, *facts_of(row_on_desk(step, number)))
    return number


def _end(visit: DeskVisit, step: Step) -> str:
    number = _seen(visit, step)
    end_procedure_in(step, number, visit.typed("reasons").strip(), visit.who)
    return f"/case/{number}?done=ended"


def _announce(visit: DeskVisit, step: Step) -> str:
    number = _seen(visit, step)
    announce_in(step, number, _day(visit), visit.who, visit.typed("reasons").strip())
    return f"/case/{number}?done=reviewing"


def _day(visit: DeskVisit) -> date:
    """Return the day that was typed. Raises FormFaults for what is none."""
    try:
        return date.fromisoformat(visit.typed("until").strip())
    except ValueError:
        label = visit.say("审查至", "Until")
        fault = FormFault("until", label, tr("this is no day"), tr("write it like 2026-03-31"))
        raise FormFaults([fault]) from None


ENDING = DeskPage(
    "/case/{number}/end-procedure", ("终结特别程序", "End the special procedure"), "end_procedure.html", _form,
    DeskAction.END_PROCEDURE, every=0,
)  # fmt: skip
REVIEW = DeskPage(
    "/case/{number}/review", ("告知补充审查", "Announce a supplementary review"), "review.html", _form,
    DeskAction.SUPPLEMENTARY_REVIEW, every=0,
)  # fmt: skip

SECTION = DeskSection(
    pages=(ENDING, REVIEW),
    acts=(
        DeskAct(ENDING.path, DeskAction.END_PROCEDURE, _end, ENDING, place=place_of_act),
        DeskAct(REVIEW.path, DeskAction.SUPPLEMENTARY_REVIEW, _announce, REVIEW, place=place_of_act),
    ),
    roles=frozenset({Role.DEPARTMENT}),
    done={
        "ended": ("特别程序已终结，期限继续计算。", "The procedure is over; the clock runs on."),
        "reviewing": ("补充审查已告知窗口。", "The window is told of the review."),
    },
)
