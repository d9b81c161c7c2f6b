"""Cases: at a window with all their parts, at a department what lies on its desk."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from exchange.api.cases.clock_models import case_term_out, clock_out
from exchange.api.cases.conditions import ETAG, etag_of
from exchange.api.cases.hearing_models import hearing_out
from exchange.api.cases.models import MatterPage
from exchange.api.cases.records import (
    CaseLineOut,
    CaseOut,
    CasePage,
    DeskTermOut,
    PaperOut,
    PartOut,
    PreparedOut,
    ProposalOut,
    ReopeningOut,
)
from exchange.api.cases.supplement_models import supplement_out
from exchange.api.documents.returns import latest_first
from exchange.api.door.auth import Reading, Shared
from exchange.api.pagination import Cursor, Limit, cursor_of, moment_of, name_of, page_of
from exchange.api.problems import documented
from exchange.approval.department.desk import ANSWERABLE
from exchange.approval.department.outcomes import paper_on_desk
from exchange.approval.department.protesting import last_protest
from exchange.approval.department.records import DeskRow
from exchange.approval.department.returned import correct_until, returned_in
from exchange.approval.department.store import DepartmentDesk
from exchange.approval.department.terms import terms_of
from exchange.approval.records import CaseRow, ReopeningRow
from exchange.approval.rules.after.paper import OwedPaper
from exchange.approval.rules.department_term import DeskTerm
from exchange.approval.rules.states import CaseState
from exchange.approval.supplements.shown import supplements_of
from exchange.approval.window.case_file import CaseFile, case_file
from exchange.approval.window.decision import Ruling
from exchange.approval.window.lead_duties import terms_to_decide
from exchange.approval.window.status import PartStatus
from exchange.errors import NotFound
from exchange.messaging.checks import expect_window
from exchange.operations.systems.member.store import InboxPages
from exchange.runtime.home import OpenedMember
from exchange.schemas import LedgerEntry, Role
from exchange.schemas.base import CaseNumber

router = APIRouter(tags=["cases"])
State = Annotated[
    CaseState | None, Query(description="仅窗口：只列此状态 · at a window: only those in this state, e.g. ready")
]


@router.get(
    "/matters",
    response_model=MatterPage,
    summary="事项目录 · Matters",
    description="窗口可受理的事项：材料、表单、相关部门、时限与缺席后果；网上窗口只列公开事项。 "
    "· What can be applied for at the window: materials, fields, departments, terms, and what their silence means; "
    "by code. At a portal, what is offered to the public. Scope: read.",
    responses=documented(),
)
def matters(
    caller: Reading, api: Shared, request: Request, response: Response, limit: Limit = 50, cursor: Cursor = None
) -> MatterPage:
    after, opened = name_of(cursor), api.member(caller.member)
    public = Role.PORTAL in opened.profile.roles
    if not public:
        expect_window(opened.node)
    catalogue = opened.node.catalogue
    codes = [code for code in sorted(catalogue) if after is None or code > after]
    rows = [matter for code in codes if (matter := catalogue.get(code)) is not None]  # its files may change meanwhile
    rows = [matter for matter in rows if matter.guide is not None or not public]
    shown, following = page_of(request, response, rows[: limit + 1], limit, lambda row: cursor_of(row.code))
    return MatterPage(items=tuple(shown), next=following)


@router.get(
    "/cases",
    response_model=CasePage,
    summary="案件列表 · Cases",
    description="本单位的案件，新的在前。 · The window's cases or the department's desk, newest first. Scope: read.",
    responses=documented(),
)
def cases(
    caller: Reading,
    api: Shared,
    request: Request,
    response: Response,
    state: State = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> CasePage:
    before, opened = moment_of(cursor), api.member(caller.member)
    if state is not None:
        expect_window(opened.node)
    with opened.store.reading() as tx:
        if Role.WINDOW in opened.profile.roles:
            kept_here = tx[InboxPages].cases(before, limit + 1, state)
            to_decide = terms_to_decide(tx, kept_here, opened.node.calendar)
            rows = [_case_line(row, *to_decide[row.number]) for row in kept_here]
        else:
            on_desk = list(tx[InboxPages].desk(before, limit + 1))
            terms = terms_of(opened.node, tx, [row for row in on_desk if row.state in ANSWERABLE])
            rows = [_desk_line(row, terms.get(row.case_number)) for row in on_desk]
    kept = {"state": state.value} if state is not None else {}
    shown, following = page_of(request, response, rows, limit, lambda row: cursor_of(row.opened_at, row.number), **kept)
    return CasePage(items=tuple(shown), next=following)


@router.get(
    "/cases/{number}",
    response_model=CaseOut,
    summary="案件状态 · One case",
    description="案件、各部门意见、期限台账及决定。 · How a case stands: at the window with every opinion, the "
    "days of its term, and the decision. Scope: read.",
    responses=documented(404, headers={200: ETAG}),
)
def case(caller: Reading, api: Shared, response: Response, number: CaseNumber) -> CaseOut:
    opened = api.member(caller.member)
    if Role.WINDOW not in opened.profile.roles:
        return _desk_case(opened, number)
    found = case_file(opened.node, number)
    response.headers["etag"] = etag_of(found.revision)
    return _window_case(found)


def _desk_case(opened: OpenedMember, number: str) -> CaseOut:
    with opened.store.reading() as tx:
        row, (protest_id, ground) = tx[DepartmentDesk].get(number), last_protest(tx, number)
        if row is None:
            raise NotFound(
                "case {number} is not on this desk", remedy="`GET /cases` lists those that are", number=number
            )
        term = terms_of(opened.node, tx, [row] if row.state in ANSWERABLE else ()).get(number)
        asked = supplements_of(tx, row.window, number)
        back, until = latest_first(returned_in(tx, row)), correct_until(opened.node, tx, row)
    line = _desk_line(row, term)
    fields = {name: getattr(line, name) for name in CaseLineOut.model_fields}
    told = _desk_term(term) if term is not None else None
    return CaseOut(
        **fields, consultation_id=row.consultation_id, opinion_id=row.opinion_id, protest_id=protest_id,
        protest_ground=ground, term=told, paper=_paper(paper_on_desk(opened.node, row)), returned=back,
        correct_by=until, acts_for=row.acts_for, supplements=tuple(map(supplement_out, asked)),
    )  # fmt: skip


def _desk_term(term: DeskTerm) -> DeskTermOut:
    return DeskTermOut(
        due_at=term.due_at,
        told=term.told,
        provisional=term.provisional,
        days_left=term.days_left,
        overdue=term.overdue,
        stopped=clock_out(term.stopped),
        amendments=term.amendments,
    )


def _window_case(found: CaseFile) -> CaseOut:
    status = found.status
    return CaseOut(
        number=status.number,
        seat="window",
        matter=status.matter,
        matter_name=status.matter_names[0],
        matter_name_en=status.matter_names[1],
        project=status.project,
        applicant=status.applicant,
        state=status.state.value,
        stage=status.stage,
        opened_at=status.opened_at,
        due_at=status.due_at,
        provisional=status.provisional,
        decided_at=status.decided_at,
        withdrawn_at=found.withdrawn_at,
        outcome=status.outcome,
        decision_id=status.decision_id,
        decision=found.decision,
        by_rule=status.by_rule,
        prepared=_prepared(status.prepared),
        rule_error=status.rule_error,
        lacking=found.lacking,
        case_term=case_term_out(status.term) if status.term is not None else None,
        proposals=tuple(
            ProposalOut(department=one.department, named=one.named, body=one.body) for one in status.proposals
        ),
        hearings=tuple(hearing_out(one) for one in found.hearings),
        supplements=tuple(map(supplement_out, found.supplements)),
        reopenings=tuple(_reopening(one) for one in status.reopenings),
        parts=tuple(_part(part, found.ledgers[part.department]) for part in status.parts),
        revision=found.revision,
    )


def _reopening(row: ReopeningRow) -> ReopeningOut:
    return ReopeningOut(
        at=row.at,
        ordered_by=row.ordered_by,
        order=row.order_named,
        reasons=row.reasons,
        basis=tuple(row.basis.split("\n")),
        officer=row.officer,
        former_state=row.former_state,
        former_outcome=row.former_outcome,
        former_id=row.former_id,
        former_at=row.former_at,
        message_id=row.notice_id,
    )


def _prepared(ruling: Ruling | None) -> PreparedOut | None:
    if ruling is None:
        return None
    return PreparedOut(**{name: getattr(ruling, name) for name in PreparedOut.model_fields})


def _part(part: PartStatus, ledger: tuple[LedgerEntry, ...]) -> PartOut:
    return PartOut(
        department=part.department,
        name=part.names[0],
        name_en=part.names[1],
        stage=part.stage,
        state=part.state,
        default=part.default,
        verdict=part.verdict,
        reasons=part.reasons,
        conditions=part.conditions,
        due_at=part.due_at,
        provisional=part.provisional,
        stopped=clock_out(part.stopped),
        reminded=part.reminded,
        late=part.late,
        consultation_id=part.consultation_id,
        message_id=part.message_id,
        late_opinion_id=part.late_opinion_id,
        late_ground=part.late_ground,
        review_since=part.review_at,
        protest_id=part.protest_id,
        protest_ground=part.protest_ground,
        contested=part.contested,
        faulty_id=part.faulty_id,
        correct_by=part.correct_by,
        instead_of=part.instead_of,
        recalled_id=part.recalled_id,
        recalled_at=part.recalled_at,
        paper=_paper(part.paper),
        substitute=part.substitute,
        given_by=part.given_by,
        late_given_by=part.late_given_by,
        supplement_until=part.supplement_until,
        chased_at=part.chased_at,
        ledger=ledger,
    )


def _paper(paper: OwedPaper | None) -> PaperOut | None:
    if paper is None:
        return None
    return PaperOut(
        state=paper.state,
        owed_by=paper.owed_by,
        came_at=paper.came_at,
        days_late=paper.days_late,
        reminded_at=paper.reminded_at,
    )


def _case_line(row: CaseRow, due_at: datetime | None, provisional: bool) -> CaseLineOut:
    return CaseLineOut(
        number=row.number,
        seat="window",
        matter=row.matter,
        state=row.state.value,
        opened_at=row.opened_at,
        due_at=due_at,
        provisional=provisional,
        decided_at=row.decided_at,
        outcome=row.outcome,
        project=row.project,
    )


def _desk_line(row: DeskRow, term: DeskTerm | None) -> CaseLineOut:
    return CaseLineOut(
        number=row.case_number,
        seat="department",
        matter=row.matter,
        state=row.state,
        opened_at=row.received_at,
        due_at=term.due_at if term is not None else row.due_at,
        provisional=term is not None and term.provisional,
        project=row.title,
    )
