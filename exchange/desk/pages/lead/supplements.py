"""What departments ask of applicants, at the lead's desk: the list of what waits, and what is done with one."""

from __future__ import annotations

from exchange.approval.rules.course.supplement_states import SupplementState
from exchange.approval.supplements.records import SupplementRow
from exchange.approval.supplements.store import SupplementRequests
from exchange.approval.window.store import Cases
from exchange.approval.window.supplementing.answering import decline_in, pass_on_in
from exchange.desk.basket import MOST_COUNTED, Basket, InboxLine, InboxPage, InboxWish
from exchange.desk.looking import CHUNK, having, key_of, looked_through, place_of
from exchange.desk.pages.lead.forms import REASONS, CaseField, CaseForm, one_of
from exchange.desk.pages.lead.seeing import LeadCase
from exchange.desk.permissions import DeskAction
from exchange.desk.urgency import DeskUrgency
from exchange.desk.visit import DeskVisit
from exchange.language import Words
from exchange.language.names import matter_name
from exchange.messaging.node import Step
from exchange.paging import every
from exchange.schemas import Role

_DEPARTMENT: Words = ("部门", "Department")


def _open(case: LeadCase) -> list[str]:
    asked = [one.row for one in case.supplements] if case.undecided else []
    return [row.department for row in asked if row.state is SupplementState.ASKED]


def _which(visit: DeskVisit, case: LeadCase) -> CaseField:
    names = visit.face.names()
    choices = [(one, names.get(one, (one, one))) for one in _open(case)]
    only = choices[0][0] if len(choices) == 1 else ""
    return CaseField("department", _DEPARTMENT, "choice", choices=choices, otherwise=only)


def _chosen(visit: DeskVisit, step: Step, number: str) -> str:
    asked = [one.department for one in step.tx[Cases].parts(number)]
    return one_of(visit, "department", _DEPARTMENT, asked)


def _pass_on(visit: DeskVisit, step: Step, number: str) -> None:
    pass_on_in(step, number, _chosen(visit, step, number), visit.who)


def _decline(visit: DeskVisit, step: Step, number: str) -> None:
    decline_in(step, number, _chosen(visit, step, number), visit.typed("reasons").strip(), visit.who)


PASS_ON = CaseForm(
    "supplement-pass", DeskAction.SUPPLEMENT_ON, ("转告申请人补充材料", "Pass a supplement on"),
    ("逐字转告申请人并告知该部门。不中止、不延长任何期限；申请人不因未予补充本身承担不利后果，告知书中写明。",
     "The applicant gets it word for word, and the department is told. It stops and extends no term, and not answering "
     "it has no adverse effect by itself; the invitation says so."),
    lambda visit, case: [_which(visit, case)], _pass_on, ("签名并转告", "Sign, and pass it on"),
    ("已转告申请人，并告知该部门。", "It is passed on to the applicant, and the department is told."),
    lambda case: bool(_open(case)), template="lead/supplement.html",
)  # fmt: skip
DECLINE = CaseForm(
    "supplement-decline", DeskAction.DECLINE_SUPPLEMENT, ("不予转告补充材料", "Decline a supplement"),
    ("签名告知该部门理由；申请人不会收到任何内容。",
     "The department is told why, by a signed message; the applicant gets nothing."),
    lambda visit, case: [_which(visit, case), REASONS], _decline, ("签名并告知", "Sign, and tell it"),
    ("已告知该部门。", "The department is told."),
    lambda case: bool(_open(case)), template="lead/supplement.html",
)  # fmt: skip


def _page(visit: DeskVisit, wish: InboxWish) -> InboxPage:
    start, matters = place_of(wish.after), visit.face.matters()
    with visit.node.store.reading() as tx:
        rows = every(
            lambda last, most: tx[SupplementRequests].waiting(most, last or start), lambda row: row.place, CHUNK
        )
        known = ((row, tx[Cases].get(row.case_number)) for row in rows)
        there = ((row, case) for row, case in known if case is not None)
        found, last, early = looked_through(
            there, having(wish.words, lambda one: f"{one[1].number}\n{one[1].project}\n{one[1].applicant}")
        )
        lines = [_line(visit, row, case.project, matter_name(case.matter, matters)) for row, case in found]
    return InboxPage(lines, key_of(last[0].place) if last is not None else "", early=early)


def _line(visit: DeskVisit, row: SupplementRow, project: str, matter: str) -> InboxLine:
    name = visit.words(visit.face.names().get(row.department, (row.department, row.department)))
    return InboxLine(
        path=f"/lead/case/{row.case_number}",
        number=row.case_number,
        title=project,
        matter=matter,
        urgency=DeskUrgency("warn", ("待转告或者不予转告", "pass it on, or decline it")),
        since=row.asked_at,
        tags=[("info", name)],
        told_as=matter,
    )


def _waiting(visit: DeskVisit) -> int:
    with visit.node.store.reading() as tx:
        return tx[SupplementRequests].how_many_wait(MOST_COUNTED + 1)


ASKED = Basket(
    "supplements", ("提请补充材料", "Supplements asked for"), _page, _waiting, roles=frozenset({Role.WINDOW})
)
