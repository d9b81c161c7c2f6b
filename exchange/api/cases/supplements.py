"""What a department asks of an applicant, and what the window does with it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Response

from exchange.api.cases.conditions import IfMatch, expect_match
from exchange.api.cases.on_case import done_once, on_case
from exchange.api.cases.supplement_models import SupplementAnswered, SupplementAnswerIn, SupplementRequestIn
from exchange.api.content import body_of, json_of
from exchange.api.documents.models import SentOut
from exchange.api.door.auth import Deciding, Replying, Shared
from exchange.api.idempotency import Key, fingerprint_of, once
from exchange.api.problems import documented
from exchange.approval.department.requesting import request_supplement_in
from exchange.approval.window.supplementing.answering import decline_in, pass_on_in
from exchange.messaging.node import Step
from exchange.schemas import SupplementOutcome
from exchange.schemas.base import CaseNumber

router = APIRouter(tags=["window"])


@router.post(
    "/supplement-requests",
    status_code=202,
    response_model=SentOut,
    summary="提请补充材料 · Ask the applicant for a supplement",
    description="受理后通过窗口提请申请人补充，每案一次；期限照常进行，沉默的后果不变。 · Through the window, "
    "once in a case, before the opinion and while the term runs. It stops no term. Scope: reply.",
    responses=documented(404, 409, 413, 415),
    openapi_extra=body_of(SupplementRequestIn),
)
def ask_supplement(
    caller: Replying, api: Shared, asked: Annotated[SupplementRequestIn, json_of(SupplementRequestIn)], key: Key = None
) -> Response:
    def do(step: Step) -> SentOut:
        said = asked.wanted, asked.reasons, asked.basis, asked.officer
        return SentOut(message_id=request_supplement_in(step, asked.case_number, *said))

    return once(api.member(caller.member).node, api.clock, key, fingerprint_of("ask a supplement", asked), do)


@on_case(
    router,
    "supplement-answer",
    SupplementAnswerIn,
    SupplementAnswered,
    summary="转告或者不予转告补充材料 · Pass a supplement on, or decline it",
    description="将部门提请补充的材料逐字转告申请人，或者说明理由不予转告；均告知该部门。不影响任何期限。 · What a "
    "department asks of the applicant (`supplements` of the case) goes to it word for word, or is declined with "
    "reasons; the department is told. No term is moved. Scope: decide.",
)
def answer_supplement(
    caller: Deciding,
    api: Shared,
    number: CaseNumber,
    asked: Annotated[SupplementAnswerIn, json_of(SupplementAnswerIn)],
    key: Key = None,
    if_match: IfMatch = None,
) -> Response:
    def do(step: Step) -> SupplementAnswered:
        expect_match(step, number, if_match)
        if asked.outcome is SupplementOutcome.PASSED_ON:
            message_id = pass_on_in(step, number, asked.department, asked.officer)
        else:
            message_id = decline_in(step, number, asked.department, asked.reasons, asked.officer)
        return SupplementAnswered(number=number, department=asked.department, message_id=message_id)

    return done_once(api, caller, f"answer a supplement of {number}", asked, key, do)
