"""Pressing all departments that are late, in the cases that are chosen."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Any

from exchange.approval.records import PartRow
from exchange.approval.rules.lead import UNSIGNED
from exchange.approval.rules.reminders.chasing import is_late, why_not_chased
from exchange.approval.window.leading.chasing import chase_in
from exchange.approval.window.leading.store import LeadCases
from exchange.approval.window.store import Cases
from exchange.desk.looking import CHUNK
from exchange.desk.pages.lead.batch import Batch, BatchItem, LeftOut
from exchange.desk.pages.lead.seeing import LeadCase, case_facts, cases_ahead, lead_case_in
from exchange.desk.permissions import DeskAction
from exchange.desk.seen import expect_mark
from exchange.desk.visit import DeskVisit
from exchange.errors import Conflict
from exchange.language import Language, Words
from exchange.language.members import calling
from exchange.messaging.node import Step
from exchange.paging import every


def _candidates(visit: DeskVisit) -> Generator[str]:
    """Cases with a department whose term is over, the first one over in front; behind them, where one was escalated."""
    seen: set[str] = set()
    with visit.node.store.reading() as tx:
        cases = tx[Cases]
        for part in every(lambda last, most: cases.running(None, last, most), lambda one: one, CHUNK):
            if part.due_at is None or part.due_at >= visit.now:
                break
            if part.case_number not in seen:
                seen.add(part.case_number)
                yield part.case_number
        held_up = every(
            lambda last, most: tx[LeadCases].unready(visit.now - UNSIGNED, last, most), lambda one: one.place, CHUNK
        )
        for case in held_up:
            if case.number not in seen and any(is_late(one, visit.now) for one in cases.parts(case.number)):
                yield case.number


def _look(visit: DeskVisit, tx: Any, number: str) -> BatchItem | LeftOut:
    case = lead_case_in(tx, visit, number)
    late = _late(visit, case)
    pressed = [one for one in late if one.department in case.chaseable]
    path, title = f"/lead/case/{number}", case.row.project
    if not pressed:
        return LeftOut(path, number, title, _why(visit, case, late))
    names = visit.face.names()
    called = [visit.words(names.get(one.department, (one.department, one.department))) for one in pressed]
    return BatchItem(number, path, number, title, case.mark, [(("催办", "Pressed"), called)])


def _late(visit: DeskVisit, case: LeadCase) -> Sequence[PartRow]:
    return [one for one in case.docket.parts if is_late(one, visit.now)]


def _why(visit: DeskVisit, case: LeadCase, late: Sequence[PartRow]) -> Words:
    for one in late:
        found = why_not_chased(case.row.state, one, visit.now, visit.node.calendar)
        if found is not None:
            with calling(visit.face.names()):
                return found.why.written(Language.CHINESE), found.why.written(Language.ENGLISH)
    return "没有逾期的部门", "no department is late"


def _chase(visit: DeskVisit, step: Step, number: str, mark: str) -> None:
    expect_mark(mark, *case_facts(step.tx, step.node.address, number))
    late = [one.department for one in step.tx[Cases].parts(number) if _is_pressed(visit, step, number, one)]
    if not late:
        raise Conflict("no department of case {number} is to be pressed now", remedy="look at the case", number=number)
    for department in late:
        chase_in(step, number, department, visit.who, visit.typed("note").strip())


def _is_pressed(visit: DeskVisit, step: Step, number: str, part: PartRow) -> bool:
    case = step.tx[Cases].get(number)
    late = case is not None and is_late(part, step.now)
    return late and case is not None and why_not_chased(case.state, part, step.now, step.node.calendar) is None


CHASE_LATE = Batch(
    "chase", DeskAction.CHASE, ("催办逾期部门", "Press those that are late"),
    ("每个案件逾期的部门各收到一份签名的催办函；不改变任何期限。",
     "Each department that is late gets a signed message of its case; no clock is moved."),
    ("签名并催办", "Sign and press"),
    ("所选案件的逾期部门均已催办。", "In all that were chosen, those that are late are pressed."),
    _candidates, _look, _chase, ("附言", "What you add"), cases_ahead,
)  # fmt: skip
