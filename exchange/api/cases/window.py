"""What a window's system does: hands applications in, withdraws them, decides them, amends terms."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter, Response

from exchange.api.cases.applications import application_asked, carried, content_pointer, with_files
from exchange.api.cases.conditions import IfMatch, expect_match
from exchange.api.cases.models import (
    CaseIn,
    CaseMade,
    ConfirmationIn,
    DecisionIn,
    DecisionMade,
    Reviewed,
    ReviewIn,
    TermIn,
    TermOut,
    WithdrawalIn,
)
from exchange.api.cases.on_case import done_once, on_case
from exchange.api.content import CaseForm, body_of, json_of, strictly
from exchange.api.documents.attachments import octets_of
from exchange.api.door.auth import Deciding, Shared, Submitting
from exchange.api.idempotency import Key, fingerprint_of, once
from exchange.api.problems import documented
from exchange.approval.rules.deadline import is_provisional
from exchange.approval.rules.states import CaseState
from exchange.approval.window import closing, conclude
from exchange.approval.window.after.reviewing import review_in
from exchange.approval.window.decision import Ruling
from exchange.approval.window.store import Cases
from exchange.approval.window.submit import submit_in
from exchange.approval.window.terms.amending import Amendment, amend_in, refusals_noted
from exchange.messaging.node import Step
from exchange.schemas.base import CaseNumber

router = APIRouter(tags=["window"])
LOCATION: dict[str, Any] = {"Location": {"description": "新案件 · the new case", "schema": {"type": "string"}}}


@router.post(
    "/cases",
    status_code=201,
    response_model=CaseMade,
    summary="收件 · Hand in an application",
    description="材料齐全即受理，同时送达第一阶段各部门。附件：JSON 中的 base64，或表单文件（材料的 `file` 写其名）。 "
    "· Accepted where it is complete, and put to all departments of the first stage at once. Attachments: base64 in "
    "the JSON, or files of a form beside the part `message`, which a material names in `file`. Scope: submit.",
    responses=documented(404, 409, 413, 415, headers={201: LOCATION}),
    openapi_extra=body_of(CaseIn, form=True),
)
def hand_in(caller: Submitting, api: Shared, form: CaseForm, key: Key = None) -> Response:
    data, files = form
    asked = with_files(strictly(CaseIn, data), files)
    node = api.member(caller.member).node
    contents = {place: octets_of(one, content_pointer(place)) for place, one in carried(asked)}

    def do(step: Step) -> CaseMade:
        application = application_asked(node, asked, contents)
        case = submit_in(step, application, enclosures=list(contents.values()))
        return CaseMade(number=case.number, state=case.state)

    answer = once(node, api.clock, key, fingerprint_of("hand in", asked), do, 201)
    answer.headers["location"] = f"/api/v1/cases/{json.loads(bytes(answer.body))['number']}"
    return answer


@on_case(
    router,
    "withdrawal",
    WithdrawalIn,
    CaseMade,
    summary="撤回 · Withdraw an application",
    description="决定作出前可撤回；尚未答复的部门不必再答复。 · Before the decision; whoever has not answered need not "
    "any more. Scope: submit.",
)
def withdraw(
    caller: Submitting,
    api: Shared,
    number: CaseNumber,
    asked: Annotated[WithdrawalIn, json_of(WithdrawalIn)],
    key: Key = None,
    if_match: IfMatch = None,
) -> Response:
    def do(step: Step) -> CaseMade:
        expect_match(step, number, if_match)
        closing.withdraw_in(step, number, asked.reason)
        return CaseMade(number=number, state=CaseState.WITHDRAWN)

    return done_once(api, caller, f"withdraw {number}", asked, key, do)


@on_case(
    router,
    "decision",
    DecisionIn,
    DecisionMade,
    summary="决定 · Decide a case",
    description="案件须已就绪（`GET /cases?state=ready`）；须说明理由。 · A case that is ready, "
    "or held up only by what was escalated; explicit, reasoned, signed, once. Scope: decide.",
)
def decide(
    caller: Deciding,
    api: Shared,
    number: CaseNumber,
    asked: Annotated[DecisionIn, json_of(DecisionIn)],
    key: Key = None,
    if_match: IfMatch = None,
) -> Response:
    ruling = Ruling(**{name: getattr(asked, name) for name in DecisionIn.model_fields})

    def do(step: Step) -> DecisionMade:
        expect_match(step, number, if_match)
        message_id = conclude.decide_in(step, number, ruling)
        return DecisionMade(number=number, outcome=asked.outcome, message_id=message_id)

    return done_once(api, caller, f"decide {number}", asked, key, do)


@on_case(
    router,
    "confirmation",
    ConfirmationIn,
    DecisionMade,
    summary="确认拟定的决定 · Confirm a prepared decision",
    description="按规则拟定的内容作出决定（案件的 `prepared`），由经办人负责。 · Decides as the window's rule has "
    "prepared it (`prepared` of the case), on the officer's responsibility. Scope: decide.",
)
def confirm(
    caller: Deciding,
    api: Shared,
    number: CaseNumber,
    asked: Annotated[ConfirmationIn, json_of(ConfirmationIn)],
    key: Key = None,
    if_match: IfMatch = None,
) -> Response:
    def do(step: Step) -> DecisionMade:
        expect_match(step, number, if_match)
        message_id, ruling = conclude.confirm_in(step, number, asked.officer, asked.outcome)
        return DecisionMade(number=number, outcome=ruling.outcome, message_id=message_id)

    return done_once(api, caller, f"confirm {number}", asked, key, do)


@on_case(
    router,
    "review",
    ReviewIn,
    Reviewed,
    summary="复核决定 · Review a decision",
    description="决定之后收到按期意见的（部门的 `review_since`），由经办人复核并说明决定是否维持。 "
    "· Where an opinion that was in time came in after the decision (`review_since` of the part), an officer says "
    "whether it stands; the decision stays as it was signed. Scope: decide.",
)
def review(
    caller: Deciding,
    api: Shared,
    number: CaseNumber,
    asked: Annotated[ReviewIn, json_of(ReviewIn)],
    key: Key = None,
    if_match: IfMatch = None,
) -> Response:
    def do(step: Step) -> Reviewed:
        expect_match(step, number, if_match)
        return Reviewed(number=number, departments=review_in(step, number, asked.officer, asked.reasons))

    return done_once(api, caller, f"review {number}", asked, key, do)


@on_case(
    router,
    "terms",
    TermIn,
    TermOut,
    summary="期限调整 · Amend a term",
    description="中止、恢复、重新起算或延长某部门的期限，记入台账并告知该部门与监督。 · Stops, resumes, restarts or "
    "extends a department's term, as an entry in its ledger; the department and the monitors are told. Scope: decide.",
)
def amend(
    caller: Deciding,
    api: Shared,
    number: CaseNumber,
    asked: Annotated[TermIn, json_of(TermIn)],
    key: Key = None,
    if_match: IfMatch = None,
) -> Response:
    by = asked.ordered_by or caller.member
    amendment = Amendment(asked.entry, asked.reason, asked.basis, by, asked.days, asked.procedure)

    def do(step: Step) -> TermOut:
        expect_match(step, number, if_match)
        entry = amend_in(step, number, asked.department, amendment)
        part = step.tx[Cases].part(number, asked.department)
        due_at, fixed = (part.due_at, part.fixed_due) if part else (None, None)
        provisional = is_provisional(due_at, step.node.calendar, fixed)
        return TermOut(number=number, department=asked.department, entry=entry, due_at=due_at, provisional=provisional)

    with refusals_noted(api.member(caller.member).node, number, asked.department, amendment):
        return done_once(api, caller, f"amend {number}", asked, key, do)
