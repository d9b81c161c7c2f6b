"""Asking, once in a case and through the window, that the applicant hand something in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from exchange.approval.department.desk import row_on_desk
from exchange.approval.department.requesting import request_supplement_in
from exchange.approval.supplements.store import SupplementRequests
from exchange.catalogue.wanted import wanted_of
from exchange.desk.cases.asked import AskedCase, asked_case, facts_of
from exchange.desk.cases.supplement_lines import SupplementLine, supplement_line
from exchange.desk.cases.supplement_reading import may_ask, own_supplement
from exchange.desk.cases.term_words import countdown, silence_words
from exchange.desk.faults import FormFault, FormFaults
from exchange.desk.permissions import DeskAction
from exchange.desk.section import DeskAct, DeskPage, DeskSection
from exchange.desk.seen import expect_seen, mark_of
from exchange.desk.standing_in import place_of_act
from exchange.desk.visit import DeskVisit
from exchange.language import Words
from exchange.messaging.node import Step
from exchange.schemas import LONGEST_WHY, MOST_WANTED, Material, Role

_MATERIALS: Words = ("事项所列材料", "Materials of the matter")
_WHAT: Words = ("另外需要的材料或者说明", "What is needed besides")
_REASONS: Words = ("理由", "Reasons")
_BASIS: Words = ("依据", "Legal basis")
_LONGEST = 500
"""Characters of one thing that is wanted, or of one rule."""


def _form(visit: DeskVisit) -> Mapping[str, object]:
    case = asked_case(visit, visit.path["number"])
    shown, own = own_supplement(visit, case.row), case.own(visit.node.address)
    facts = (*facts_of(case.row), shown.row if shown is not None else None)
    return {
        "row": case.row,
        "number": case.row.case_number,
        "materials": [(one.code, visit.words(one.names)) for one in _materials(visit, case.row.matter)],
        "ticked": visit.chosen("material"),
        "typed": {name: visit.typed(name) for name in ("what", "reasons", "basis")},
        "labels": {"material": visit.words(_MATERIALS), "what": visit.words(_WHAT),
                   "reasons": visit.words(_REASONS), "basis": visit.words(_BASIS)},
        "countdown": countdown(visit, case.term),
        "silence": silence_words(visit, own, case.term) if own is not None and case.term is not None else "",
        "former": _former(visit, case),
        "may_ask": may_ask(visit, case.row),
        "mark": mark_of(*facts),
    }  # fmt: skip


def _former(visit: DeskVisit, case: AskedCase) -> SupplementLine | None:
    shown = own_supplement(visit, case.row)
    return supplement_line(visit, shown) if shown is not None else None


def _ask(visit: DeskVisit, step: Step) -> str:
    number = visit.path["number"]
    row = row_on_desk(step, number)
    former = step.tx[SupplementRequests].get(row.window, number, step.node.address)
    expect_seen(visit, *facts_of(row), former)
    listed = _materials(visit, row.matter)
    codes = [code for code in visit.chosen("material") if code in {one.code for one in listed}]
    words, basis = _lines(visit, "what"), _lines(visit, "basis")
    faults = list(_faults(visit, codes, words, basis))
    if faults:
        raise FormFaults(faults)
    wanted = wanted_of(listed, codes, words)
    request_supplement_in(step, number, wanted, visit.typed("reasons").strip(), basis, visit.who)
    return f"/case/{number}?done=supplement-asked"


def _faults(visit: DeskVisit, codes: list[str], words: list[str], basis: list[str]) -> Iterator[FormFault]:
    """All that is wrong with what was typed, each with its field."""
    if not codes and not words:
        yield _fault(visit, "what", _WHAT, ("没有写明要补充什么", "nothing is asked for"),
                     ("选择材料，或者写明需要什么", "choose materials, or say what is needed"))  # fmt: skip
    if len(codes) + len(words) > MOST_WANTED:
        yield _fault(visit, "what", _WHAT, (f"超过 {MOST_WANTED} 项", f"more than {MOST_WANTED} things"),
                     ("只要必需的", "ask for what is needed"))  # fmt: skip
    if words and not basis:
        yield _fault(visit, "basis", _BASIS, ("要求事项未列的材料，须有法律依据",
                     "what the matter does not list needs a legal basis"), ("写明依据", "name it"))  # fmt: skip
    for name, label, lines in (("what", _WHAT, words), ("basis", _BASIS, basis)):
        if any(len(line) > _LONGEST for line in lines):
            yield _fault(visit, name, label, ("有一行过长", "a line is too long"),
                         (f"每行不超过 {_LONGEST} 字", f"use up to {_LONGEST} characters a line"))  # fmt: skip
    reasons = visit.typed("reasons").strip()
    if not reasons or len(reasons) > LONGEST_WHY:
        yield _fault(visit, "reasons", _REASONS, ("没有填写，或者过长", "it is empty, or too long"),
                     (f"写明为什么需要，不超过 {LONGEST_WHY} 字",
                      f"say why it is needed, in up to {LONGEST_WHY} characters"))  # fmt: skip


def _fault(visit: DeskVisit, name: str, label: Words, what: Words, remedy: Words) -> FormFault:
    return FormFault(name, visit.words(label), visit.words(what), visit.words(remedy))


def _lines(visit: DeskVisit, name: str) -> list[str]:
    return [line.strip() for line in visit.typed(name).splitlines() if line.strip()]


def _materials(visit: DeskVisit, code: str) -> tuple[Material, ...]:
    matter = visit.face.matter(code)
    return matter.materials if matter is not None else ()


PAGE = DeskPage(
    "/case/{number}/supplement", ("提请补充材料", "Ask for a supplement"), "supplement.html", _form,
    DeskAction.ASK_SUPPLEMENT, every=0,
)  # fmt: skip

SECTION = DeskSection(
    pages=(PAGE,),
    acts=(DeskAct(PAGE.path, DeskAction.ASK_SUPPLEMENT, _ask, PAGE, place=place_of_act),),
    roles=frozenset({Role.DEPARTMENT}),
    done={
        "supplement-asked": (
            "已提请窗口；期限照常进行，沉默的后果不变。",
            "The window is asked. Your term runs on, and your silence means what it did.",
        )
    },
)
