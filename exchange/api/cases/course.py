"""What changes the course of a case at its window: the competent body is asked, or a closed case is reopened."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Response

from exchange.api.cases.conditions import IfMatch, expect_match
from exchange.api.cases.models import BodyAdded, BodyIn, CaseMade, ReopeningIn
from exchange.api.cases.on_case import done_once, on_case
from exchange.api.content import json_of
from exchange.api.door.auth import Deciding, Shared
from exchange.api.idempotency import Key
from exchange.approval.window.adding import Addition, add_body_in
from exchange.approval.window.after.reopening import Reopening, reopen_in
from exchange.messaging.node import Step
from exchange.schemas.base import CaseNumber

router = APIRouter(tags=["window"])


@on_case(
    router,
    "bodies",
    BodyIn,
    BodyAdded,
    summary="补充征求意见 · Ask the competent body",
    description="部门答复非其职责的（案件的 `proposals`），将案件送其所指的部门，期限完整起算。 "
    "· Where a department is not competent (`proposals` of the case), the case is put to the body that is, with its "
    "own full term. Scope: decide.",
)
def add_body(
    caller: Deciding,
    api: Shared,
    number: CaseNumber,
    asked: Annotated[BodyIn, json_of(BodyIn)],
    key: Key = None,
    if_match: IfMatch = None,
) -> Response:
    addition = Addition(**{name: getattr(asked, name) for name in BodyIn.model_fields})

    def do(step: Step) -> BodyAdded:
        expect_match(step, number, if_match)
        part = add_body_in(step, number, addition)
        placed, message_id = part.instead_of or "", part.consultation_id or ""
        return BodyAdded(number=number, department=part.department, instead_of=placed, message_id=message_id)

    return done_once(api, caller, f"add a body to {number}", asked, key, do)


@on_case(
    router,
    "reopening",
    ReopeningIn,
    CaseMade,
    summary="重新办理 · Reopen a case",
    description="已办结或已撤回的案件重新办理；原决定保持原签名，案件中任何部门的逾期均不产生效力。 "
    "· Takes a decided or withdrawn case up again; what was decided stays as it was signed, and nobody's silence means "
    "anything in it. Scope: decide.",
)
def reopen(
    caller: Deciding,
    api: Shared,
    number: CaseNumber,
    asked: Annotated[ReopeningIn, json_of(ReopeningIn)],
    key: Key = None,
    if_match: IfMatch = None,
) -> Response:
    wanted = Reopening(**{name: getattr(asked, name) for name in ReopeningIn.model_fields})

    def do(step: Step) -> CaseMade:
        expect_match(step, number, if_match)
        return CaseMade(number=number, state=reopen_in(step, number, wanted).state)

    return done_once(api, caller, f"reopen {number}", asked, key, do)
