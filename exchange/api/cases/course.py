"""What changes the course of a case at its window: the competent body is asked in place of one that is not."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Response

from exchange.api.cases.conditions import IfMatch, expect_match
from exchange.api.cases.models import BodyAdded, BodyIn
from exchange.api.cases.on_case import done_once, on_case
from exchange.api.content import json_of
from exchange.api.door.auth import Deciding, Shared
from exchange.api.idempotency import Key
from exchange.approval.window.adding import Addition, add_body_in
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
