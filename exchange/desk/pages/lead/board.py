"""The lead's lists: what waits for it, and the board of parallel cases, by the department whose term ends first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from exchange.approval.records import CaseRow, PartRow
from exchange.approval.rules.completion import SETTLED
from exchange.approval.rules.lead import UNSIGNED, LeadTask
from exchange.approval.rules.reminders.chasing import is_late
from exchange.approval.rules.states import CaseState
from exchange.approval.window.deadlines import RUNNING
from exchange.approval.window.lead_duties import LeadDuty, duties_among, how_many_wait
from exchange.approval.window.leading.store import LeadCases
from exchange.approval.window.store import Cases
from exchange.desk.basket import MOST_COUNTED, Basket, InboxLine, InboxPage, InboxWish
from exchange.desk.looking import CHUNK, SEARCHED, having, key_of, looked_through, place_of
from exchange.desk.permissions import DeskAction
from exchange.desk.urgency import NOT_BEGUN, DeskUrgency, urgency_of
from exchange.desk.visit import DeskVisit
from exchange.errors import CallerError
from exchange.language import Words
from exchange.language.names import CASE_STATES, OUTCOMES, matter_name
from exchange.paging import every, pages
from exchange.schemas import Role

TASKS: dict[LeadTask, tuple[str, Words]] = {
    LeadTask.CONFIRM: ("warn", ("拟定的决定待确认", "confirm what was prepared")),
    LeadTask.DECIDE: ("warn", ("待决定", "decide")),
    LeadTask.RULE_FAILED: ("bad", ("规则出错，待决定", "the rule failed: decide")),
    LeadTask.ESCALATED: ("bad", ("有部门逾期，已上报", "a department is silent beyond its term")),
    LeadTask.SAFETY: ("bad", ("迟到意见以安全为由不同意，请立即复核", "a late objection on grounds of safety: review")),
    LeadTask.REVIEW: ("bad", ("决定后收到意见，请复核", "an opinion came after the decision: review")),
    LeadTask.CORRECTION: ("warn", ("意见退回更正，请等待", "an opinion went back to be corrected: wait")),
    LeadTask.ADD_BODY: ("warn", ("非其职责，请补充征求", "not competent: ask who is")),
    LeadTask.HEARING: ("bad", ("应举行听证或登记笔录", "a hearing comes first")),
    LeadTask.OVERRUN: ("bad", ("已超过法定期限", "over its term by law")),
    LeadTask.EXPLAIN: ("bad", ("承诺超期，请说明", "explain the broken promise")),
    LeadTask.DELIVER: ("bad", ("逾期未送达", "delivery overdue")),
    LeadTask.NEAR: ("warn", ("期限已过半或将届满", "its term nears its end")),
    LeadTask.DELIVER_SOON: ("warn", ("请送达并登记", "deliver it")),
    LeadTask.UNSIGNED: ("warn", ("有部门未签收", "a department has not signed for it")),
}
"""Tone and words of what waits for the lead."""
_FILTERS = (
    ("late", ("有部门逾期", "A department is late")),
    ("ready", ("待决定", "Ready to decide")),
    ("decided", ("已办结", "Decided")),
    ("withdrawn", ("已撤回", "Withdrawn")),
)
_CLOSED = {"ready": CaseState.READY, "decided": CaseState.DECIDED, "withdrawn": CaseState.WITHDRAWN}


def _text(case: CaseRow) -> str:
    return f"{case.number}\n{case.project}\n{case.applicant}"


def _duties(visit: DeskVisit, wish: InboxWish) -> InboxPage:
    """What waits for the lead; of those, cases that have been open longest first."""
    node, start, has_words = visit.node, place_of(wish.after), having(wish.words, _text)
    with node.store.reading() as tx:
        cases = every(
            lambda last, most: tx[LeadCases].awaiting(visit.now - UNSIGNED, last or start, most),
            lambda one: one.place,
            SEARCHED if wish.words else CHUNK,
        )
        due = duties_among(tx, cases, node.calendar, visit.now, has_words)
        found, last, early = looked_through(due, lambda one: one[1] is not None)
        lines = [_duty_line(visit, case, duty, tx[Cases].parts(case.number)) for case, duty in found if duty]
    return InboxPage(lines, key_of(last[0].place) if last is not None else "", early=early)


def _duty_line(visit: DeskVisit, case: CaseRow, duty: LeadDuty, parts: Sequence[PartRow]) -> InboxLine:
    tone, words = TASKS[duty.task]
    return InboxLine(
        path=f"/lead/case/{case.number}",
        number=case.number,
        title=case.project,
        matter=visit.words(duty.matter_names),
        urgency=DeskUrgency(tone, words),
        due_at=duty.due_at,
        provisional=duty.provisional,
        since=duty.since,
        tags=[("", _answered(visit, parts)), *_lateness(visit, parts)],
        told_as=visit.words(duty.matter_names),
    )


def _board(visit: DeskVisit, wish: InboxWish) -> InboxPage:
    if wish.only in _CLOSED:
        return _closed(visit, wish, _CLOSED[wish.only])
    if wish.only not in ("", "late"):
        raise CallerError("there is no filter {only!r}", remedy="choose one of the list", only=wish.only)
    matters = visit.face.matters()
    has_words = having(wish.words, _text)
    with visit.node.store.reading() as tx:
        parts = _parts(visit, tx, wish)
        found, last, early = looked_through(parts, lambda one: has_words(one[0]) and _is_first(tx, one[1]))
        lines = [_line(visit, case, tx[Cases].parts(case.number), matters, part.due_at) for case, part in found]
    return InboxPage(lines, _part_key(last[1]) if last is not None else "", early=early)


def _parts(visit: DeskVisit, tx: Any, wish: InboxWish) -> Iterator[tuple[CaseRow, PartRow]]:
    """Parts by the ends of their terms, each with its case; those without an end stand behind all others."""
    cases: Cases = tx[Cases]
    after, most_at_once = _part_of(cases, wish.after), SEARCHED if wish.words else CHUNK
    for parts in pages(lambda last, most: cases.running(None, last or after, most), lambda one: one, most_at_once):
        cases.read_ahead({one.case_number for one in parts}, with_parts=not wish.words)
        for part in parts:
            if wish.only == "late" and (part.due_at is None or part.due_at >= visit.now):
                return
            case = cases.get(part.case_number)
            if case is not None:
                yield case, part


def _is_first(tx: Any, part: PartRow) -> bool:
    """Whether no part of its case ends earlier: by that one the case is listed, once."""
    cases: Cases = tx[Cases]
    waiting = [one for one in cases.parts(part.case_number) if one.state in RUNNING]
    return min(waiting, key=_urgent).department == part.department


def _urgent(part: PartRow) -> tuple[bool, float, str]:
    return part.due_at is None, part.due_at.timestamp() if part.due_at is not None else 0.0, part.department


def _part_key(part: PartRow) -> str:
    return f"{part.case_number} {part.department}"


def _part_of(cases: Cases, key: str) -> PartRow | None:
    """The part behind which a page begins, where it stands now; the beginning for what is no key."""
    number, _, department = key.partition(" ")
    return cases.part(number, department) if department else None


def _closed(visit: DeskVisit, wish: InboxWish, state: CaseState) -> InboxPage:
    start, matters = place_of(wish.after), visit.face.matters()
    with visit.node.store.reading() as tx:
        rows = every(lambda last, most: tx[Cases].recent(state, most, last or start), lambda one: one.place, CHUNK)
        found, last, early = looked_through(rows, having(wish.words, _text))
        lines = [_line(visit, case, tx[Cases].parts(case.number), matters, None) for case in found]
    return InboxPage(lines, key_of(last.place) if last is not None else "", early=early)


def _line(
    visit: DeskVisit, case: CaseRow, parts: Sequence[PartRow], matters: object, due_at: datetime | None
) -> InboxLine:
    return InboxLine(
        path=f"/lead/case/{case.number}",
        number=case.number,
        title=case.project,
        matter=f"{matter_name(case.matter, matters)} · {case.applicant}",  # type: ignore[arg-type]
        urgency=_urgency(visit, case, due_at),
        due_at=due_at,
        since=case.decided_at or case.withdrawn_at or case.ready_at or case.opened_at,
        tags=[("", _answered(visit, parts)), *_lateness(visit, parts)],
    )


def _urgency(visit: DeskVisit, case: CaseRow, due_at: datetime | None) -> DeskUrgency:
    if case.state is CaseState.OPEN:
        return NOT_BEGUN if due_at is None else urgency_of(due_at, visit.node.calendar, visit.now)
    words = OUTCOMES[case.outcome] if case.outcome else CASE_STATES[case.state.value]
    return DeskUrgency("warn" if case.state is CaseState.READY else "", words)


def _answered(visit: DeskVisit, parts: Sequence[PartRow]) -> str:
    """How many departments' parts are settled, of how many: "2 of 5 in"."""
    done = sum(1 for one in parts if one.state in SETTLED)
    return visit.say(f"{len(parts)} 个部门，已定 {done}", f"{done} of {len(parts)} in")


def _lateness(visit: DeskVisit, parts: Sequence[PartRow]) -> Iterator[tuple[str, str]]:
    names = visit.face.names()
    late = [one.department for one in parts if is_late(one, visit.now)]
    if late:
        called = visit.say("、", ", ").join(visit.words(names.get(one, (one, one))) for one in late)
        yield "bad", visit.say(f"逾期：{called}", f"late: {called}")


def _waiting(visit: DeskVisit) -> int:
    with visit.node.store.reading() as tx:
        return how_many_wait(tx, visit.node.calendar, visit.now, MOST_COUNTED + 1)


def _running(visit: DeskVisit) -> int:
    with visit.node.store.reading() as tx:
        return tx[Cases].how_many(CaseState.OPEN, MOST_COUNTED + 1)


_LEAD = frozenset({Role.WINDOW})
_CHASE = ("/lead/several/chase", ("催办逾期部门…", "Press those that are late…"), DeskAction.CHASE)
_CONFIRM = ("/lead/several/confirm", ("一并确认拟定的决定…", "Confirm several…"), DeskAction.DECIDE)
DUTIES = Basket(
    "lead", ("待决定", "To decide"), _duties, _waiting, (), _LEAD, {"": ("决定或送达", "decide or deliver")},
    (_CONFIRM, _CHASE),
)  # fmt: skip
BOARD = Basket("parallel", ("并联审批", "Parallel cases"), _board, _running, _FILTERS, _LEAD, several=(_CHASE,))
