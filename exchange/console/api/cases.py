"""Cases: at a window with all their parts, at a department what lies on its desk."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from exchange.bootstrap.home import Opened
from exchange.console.api.auth import Reading, Shared
from exchange.console.api.models import CaseLineOut, CaseOut, CasePage, PartOut
from exchange.console.api.pagination import Cursor, Limit, cursor_of, moment_of, page_of
from exchange.console.api.problems import documented
from exchange.errors import NotFound
from exchange.flow.ports import CaseRow, DeskRow
from exchange.flow.status import CaseStatus, PartStatus, case_status
from schemas import Role
from schemas.base import CaseNumber

router = APIRouter(tags=["cases"])


@router.get(
    "/cases",
    response_model=CasePage,
    summary="案件列表 · Cases",
    description="本单位的案件，新的在前。 · The window's cases or the department's desk, newest first. Scope: read.",
    responses=documented(),
)
def cases(
    caller: Reading, api: Shared, request: Request, response: Response, limit: Limit = 50, cursor: Cursor = None
) -> CasePage:
    before, opened = moment_of(cursor), api.member(caller.member)
    with opened.store.reading() as tx:
        if Role.WINDOW in opened.profile.roles:
            rows = [_case_line(row) for row in tx.pages.cases(before, limit + 1)]
        else:
            rows = [_desk_line(row) for row in tx.pages.desk(before, limit + 1)]
    shown, following = page_of(request, response, rows, limit, lambda row: cursor_of(row.opened_at, row.number))
    return CasePage(items=tuple(shown), next=following)


@router.get(
    "/cases/{number}",
    response_model=CaseOut,
    summary="案件状态 · One case",
    description="案件及各部门办理情况。 · How a case stands, with its parts at the window. Scope: read.",
    responses=documented(404),
)
def case(caller: Reading, api: Shared, number: CaseNumber) -> CaseOut:
    opened = api.member(caller.member)
    if Role.WINDOW in opened.profile.roles:
        return _window_case(case_status(opened.node, number))
    return _desk_case(opened, number)


def _desk_case(opened: Opened, number: str) -> CaseOut:
    with opened.store.reading() as tx:
        row = tx.desk.get(number)
    if row is None:
        raise NotFound(f"case {number} is not on this desk", mend="`GET /cases` lists those that are")
    line = _desk_line(row)
    fields = {name: getattr(line, name) for name in CaseLineOut.model_fields}
    return CaseOut(**fields, consultation_id=row.consultation_id, opinion_id=row.opinion_id)


def _window_case(found: CaseStatus) -> CaseOut:
    return CaseOut(
        number=found.number,
        seat="window",
        matter=found.matter,
        state=found.state.value,
        opened_at=found.opened_at,
        decided_at=found.decided_at,
        outcome=found.outcome,
        decision_id=found.decision_id,
        parts=tuple(map(_part, found.parts)),
    )


def _part(part: PartStatus) -> PartOut:
    return PartOut(
        department=part.department,
        stage=part.stage,
        state=part.state.value,
        verdict=part.verdict,
        due_at=part.due_at,
        reminded=part.reminded,
        late=part.late,
        message_id=part.message_id,
    )


def _case_line(row: CaseRow) -> CaseLineOut:
    return CaseLineOut(
        number=row.number,
        seat="window",
        matter=row.matter,
        state=row.state.value,
        opened_at=row.opened_at,
        decided_at=row.decided_at,
        outcome=row.outcome,
    )


def _desk_line(row: DeskRow) -> CaseLineOut:
    return CaseLineOut(
        number=row.case_number,
        seat="department",
        matter=row.matter,
        state=row.state,
        opened_at=row.received_at,
        due_at=row.due_at,
    )
