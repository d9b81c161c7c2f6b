"""Pressing a department by hand for the answer that it owes."""

from __future__ import annotations

from exchange.approval.window.leading.chasing import chase_in
from exchange.approval.window.store import Cases
from exchange.desk.pages.lead.forms import CaseField, CaseForm, one_of
from exchange.desk.pages.lead.seeing import LeadCase
from exchange.desk.permissions import DeskAction
from exchange.desk.visit import DeskVisit
from exchange.language import Words
from exchange.messaging.node import Step

_DEPARTMENT: Words = ("部门", "Department")


def _fields(visit: DeskVisit, case: LeadCase) -> list[CaseField]:
    names = visit.face.names()
    choices = [(one, names.get(one, (one, one))) for one in case.chaseable]
    return [
        CaseField("department", _DEPARTMENT, "choice", choices=choices),
        CaseField("words", ("附言", "What you add"), "long-text", required=False,
                  hint=("部门会看到；不超过 500 字。", "The department reads it; up to 500 characters.")),
    ]  # fmt: skip


def _chase(visit: DeskVisit, step: Step, number: str) -> None:
    asked = [one.department for one in step.tx[Cases].parts(number)]
    chase_in(step, number, one_of(visit, "department", _DEPARTMENT, asked), visit.who, visit.typed("words").strip())


CHASE = CaseForm(
    "chase", DeskAction.CHASE, ("催办", "Press a department"),
    ("签名送达部门，并记入案件；不改变任何期限，每个工作日一次。",
     "A signed message that stays with the case. It moves no clock, and is sent once a working day."),
    _fields, _chase, ("签名并催办", "Sign and press"), ("已催办。", "The department is pressed for its answer."),
    lambda case: bool(case.chaseable),
)  # fmt: skip
