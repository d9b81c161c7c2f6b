"""The inbox as one sees it: what waits for the lead, for a department and for whoever else, with its due moments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from rich.table import Table
from rich.text import Text

from exchange.approval.department.desk import ANSWERABLE
from exchange.approval.department.records import DeskRow
from exchange.approval.rules.department_term import DeskTerm
from exchange.approval.rules.lead import LeadTask
from exchange.approval.rules.states import DeskState
from exchange.approval.window.lead_duties import LeadDuty
from exchange.cli.approval.term_views import desk_term_text, term_json, term_text
from exchange.cli.naming import called, in_full, matter_called
from exchange.cli.view import plain
from exchange.language import choose, listed, name_of, read_back, tr
from exchange.language.names import DESK_STATES, OUTCOMES
from exchange.messaging.records import OutboxView
from exchange.operations.said.terms import due_text, moment
from exchange.operations.tasks.duties import Duty, DutyKind
from exchange.schemas.titles import kind_name

TASKS = {
    LeadTask.CONFIRM: ("待确认", "confirm or decide otherwise", "yellow"),
    LeadTask.DECIDE: ("待决定", "decide", "yellow"),
    LeadTask.RULE_FAILED: ("规则出错，待决定", "the rule failed: decide", "red"),
    LeadTask.ESCALATED: ("已上报，其他部门未到期", "escalated; others still have time", "red"),
    LeadTask.SAFETY: (
        "迟到意见以安全为由不同意，请立即复核：decide 案号 --reviewed",
        "a late opinion objects on grounds of safety: look at once, then decide CASE --reviewed",
        "bold red",
    ),
    LeadTask.REVIEW: (
        "决定后收到按期意见、补充审查已到或逾期，或所依据的签名已吊销，请复核：decide 案号 --reviewed",
        "an opinion in time came after it, a supplementary review came or did not, or it rests on a revoked signature: "
        "review it, decide CASE --reviewed",
        "red",
    ),
    LeadTask.CORRECTION: (
        "意见有误已退回部门更正，请等待",
        "an opinion went back to be corrected: wait",
        "yellow",
    ),
    LeadTask.ADD_BODY: (
        "答复非其职责，请补充征求：add-body 案号 部门；或作出决定",
        "not competent: ask who is, add-body CASE DEPARTMENT; or decide",
        "yellow",
    ),
    LeadTask.HEARING: (
        "应举行听证：hearing call 案号；已举行的请登记笔录：hearing record 案号",
        "a hearing comes first: hearing call CASE; once it was held, hearing record CASE",
        "red",
    ),
    LeadTask.OVERRUN: (
        "已超过法定办理期限，请催办并尽快决定",
        "the term of the case is over by law: press the departments, and decide",
        "bold red",
    ),
    LeadTask.EXPLAIN: (
        "未在承诺期限内办结，请说明理由：explain 案号 --reasons 理由",
        "not decided within the promised days: say why, explain CASE --reasons WHY",
        "red",
    ),
    LeadTask.DELIVER: (
        "准予许可后十个工作日内未送达，请送达并登记：deliver 案号 --to 领取人",
        "granted, and not recorded as handed out in ten working days: deliver CASE --to WHOM",
        "red",
    ),
    LeadTask.NEAR: (
        "案件办理期限已过半或将届满，请留意并催办",
        "half or more of the term of the case has passed: press the departments, and keep the end in mind",
        "yellow",
    ),
    LeadTask.DELIVER_SOON: (
        "送达期限已过半或将届满，请送达并登记：deliver 案号 --to 领取人",
        "granted, and half or more of the days for the delivery has passed: deliver CASE --to WHOM",
        "yellow",
    ),
    LeadTask.UNSIGNED: ("部门未签收", "not signed for: ask why", "red"),
}
"""What the lead must do, in Chinese and English."""

DUTIES = {
    DutyKind.SIGN_JOINT: ("会签", "sign or refuse", "joint sign {id}"),
    DutyKind.COVER_NOTICE: ("转发", "cover, or pass on", "notice cover {id}"),
    DutyKind.SIGN_NOTICE: ("签收通知", "sign for or return", "notice sign {id}"),
    DutyKind.ANSWER_FORM: ("填报", "answer the form", "notice answer {id}"),
    DutyKind.ANSWER_REQUEST: ("批复或转报", "answer or pass on", "forward {id}"),
    DutyKind.LOOK_AT_RETURNED: ("被退回，请更正重发", "came back: correct, send anew", "show {id}"),
    DutyKind.LOOK_AT_REFUSED: (
        "以本机关名义的期限调整被拒，请知悉",
        "a change of a term in this member's name was refused",
        "show {id}",
    ),
    DutyKind.LOOK_INTO_RETURNED: (
        "系统所发报文被退回，请查明原因",
        "came back, sent by the exchange: see why",
        "show {id}",
    ),
}
"""What waits, in Chinese and English, and the command that deals with it."""


def decisions_table(duties: Sequence[LeadDuty]) -> Table:
    """Show what waits for the lead."""
    table = Table(header_style="bold", border_style="dim")
    for title in (tr("case"), tr("matter"), tr("project"), tr("to do"), tr("since"), tr("due")):
        table.add_column(title, overflow="fold")
    for duty in duties:
        due = term_text(duty.due_at, duty.days_left, overdue=duty.overdue, provisional=duty.provisional)
        since = moment(duty.since)
        table.add_row(
            plain(duty.case_number), plain(choose(duty.matter_names)), plain(duty.project), _task(duty), since, due
        )
    return table


def _task(duty: LeadDuty) -> Text:
    chinese, english, colour = TASKS[duty.task]
    what = ": " + name_of(OUTCOMES, duty.prepared) if duty.prepared else ""
    why = f"\n{listed(map(called, duty.departments))}" if duty.departments else ""
    return Text.assemble(
        (choose((chinese, english)) + what, colour), plain(why), plain(f"\n{read_back(duty.rule_error or '')}".rstrip())
    )


def desk_table(rows: Sequence[DeskRow], terms: Mapping[str, DeskTerm], now: datetime) -> Table:
    """Show the consultations on a department's desk."""
    table = Table(header_style="bold", border_style="dim")
    for title in (tr("case"), tr("matter"), tr("project"), tr("state"), tr("due"), tr("reminded")):
        table.add_column(title, overflow="fold")
    for row in rows:
        chased = tr("by hand {at}", at=moment(row.chased_at)) if row.chased_at else ""
        reminded = "\n".join(filter(None, (f"{row.reminded} %" if row.reminded else "", chased)))
        table.add_row(
            plain(row.case_number),
            plain(matter_called(row.matter)),
            plain(row.title),
            _state(row),
            _due(row, terms.get(row.case_number), now),
            reminded,
        )
    return table


def _due(row: DeskRow, term: DeskTerm | None, now: datetime) -> Text:
    if row.state is DeskState.DEFAULTED and row.paper_by is not None:
        return term_text(row.paper_by, None, overdue=now > row.paper_by)
    return desk_term_text(term) if row.state in ANSWERABLE else Text("")


def _state(row: DeskRow) -> Text:
    if row.state == DeskState.DEFAULTED and row.paper_by is not None:
        owed = Text(tr("default took effect; the paper is owed"), style="bold magenta")
        if row.supplement_until is not None:
            owed.append("\n" + tr("supplementary review until") + " " + due_text(row.supplement_until))
        return owed
    state = Text(name_of(DESK_STATES, row.state) if row.cleared else tr("prepare"))
    if row.acts_for is not None:
        state.append("\n" + tr("for {department}", department=called(row.acts_for)), style="yellow")
    if row.recall_id is not None and row.state == DeskState.WAITING:
        state.append("\n" + tr("recalled: an officer answers"), style="yellow")
    if row.rule_error and row.state == DeskState.WAITING:
        state.append("\n" + tr("the rule failed: ") + plain(read_back(row.rule_error)).plain, style="red")
    return state


def duties_table(duties: Sequence[Duty], as_: str | None) -> Table:
    """Show what else waits for somebody here, each with its command."""
    table = Table(header_style="bold", border_style="dim")
    for title in (tr("to do"), tr("title"), tr("since"), tr("due"), tr("command")):
        table.add_column(title, overflow="fold")
    for duty in duties:
        chinese, english, command = DUTIES[duty.kind]
        what = _returned(duty) if duty.kind in _RETURNED else plain(_titled(duty.title, duty.detail))
        due = term_text(duty.due_at, None, overdue=duty.overdue, provisional=duty.provisional)
        suffix = f" --as {as_}" if as_ else ""
        told = plain(f"exchange {command.format(id=duty.id)}{suffix}")
        table.add_row(choose((chinese, english)), what, moment(duty.since), due, told)
    return table


_RETURNED = frozenset({DutyKind.LOOK_AT_RETURNED, DutyKind.LOOK_INTO_RETURNED, DutyKind.LOOK_AT_REFUSED})


def _returned(duty: Duty) -> Text:
    """What came back, from whom, and in which words."""
    addressee, _, why = duty.detail.partition(": ")
    return plain(_titled(kind_name(duty.title), f"{in_full(addressee)}: {read_back(why)}"))


def _titled(title: str, detail: str) -> str:
    return f"{title} ({detail})" if detail else title


def decision_json(duty: LeadDuty) -> dict[str, Any]:
    """Return what waits for the lead, for machines."""
    return {
        "case": duty.case_number, "matter": duty.matter_names[0], "project": duty.project, "task": duty.task.value,
        "since": duty.since.isoformat(), "departments": list(duty.departments),
        "due_at": duty.due_at.isoformat() if duty.due_at else None, "provisional": duty.provisional,
        "working_days_left": duty.days_left, "overdue": duty.overdue,
        "prepared": duty.prepared.value if duty.prepared else None, "rule_error": duty.rule_error,
    }  # fmt: skip


def consultation_json(
    row: DeskRow, term: DeskTerm | None, returned: Sequence[OutboxView], correct_by: datetime | None = None
) -> dict[str, Any]:
    """Return a consultation on the desk, for machines.

    ``returned``: what the window has sent back in its case; ``correct_by``: until when such an opinion is corrected.
    """
    return {
        "case": row.case_number, "state": row.state, "matter": row.matter, "project": row.title,
        "received_at": row.received_at.isoformat(), "cleared": row.cleared, "reminded": row.reminded,
        "message_id": row.consultation_id, "rule_error": row.rule_error,
        "recall_id": row.recall_id, "acts_for": row.acts_for, "holder": row.holder,
        "chased_at": row.chased_at.isoformat() if row.chased_at else None,
        "supplement_until": row.supplement_until.isoformat() if row.supplement_until else None,
        "term": term_json(term) if term else None,
        "correct_by": correct_by.isoformat() if correct_by else None,
        "paper_owed_by": row.paper_by.isoformat() if row.paper_by else None,
        "returned": [
            {"message_id": copy.message_id, "kind": copy.kind, "reason": copy.last_error,
             "returned_at": copy.returned_at.isoformat() if copy.returned_at else None}
            for copy in returned
        ],
    }  # fmt: skip


def duty_json(duty: Duty) -> dict[str, Any]:
    """Return what else waits, for machines."""
    return {
        "kind": duty.kind.value, "id": duty.id, "title": duty.title, "since": duty.since.isoformat(),
        "due_at": duty.due_at.isoformat() if duty.due_at else None, "provisional": duty.provisional,
        "overdue": duty.overdue, "detail": duty.detail,
    }  # fmt: skip
