"""What a window's system does about time: it amends the term of a case, presses a department, explains, delivers."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Response

from exchange.api.cases.clock_models import (
    CaseTermIn,
    CaseTermMade,
    Chased,
    ChaseIn,
    Delivered,
    DeliveryIn,
    Explained,
    ExplanationIn,
)
from exchange.api.cases.conditions import IfMatch, expect_match
from exchange.api.cases.on_case import done_once, on_case
from exchange.api.content import json_of
from exchange.api.door.auth import Deciding, Shared, Submitting
from exchange.api.idempotency import Key
from exchange.approval.window.clock.amending import CaseAmendment, amend_case_in, case_refusals_noted
from exchange.approval.window.clock.owed import deliver_in, explain_in
from exchange.approval.window.clock.reckoned import decide_by
from exchange.approval.window.leading.chasing import chase_in
from exchange.messaging.node import Step
from exchange.schemas.base import CaseNumber

router = APIRouter(tags=["window"])


@on_case(
    router,
    "case-term",
    CaseTermIn,
    CaseTermMade,
    summary="案件办理期限调整 · Amend the term of a case",
    description="延长一次（第四十二条），或因第四十五条所列程序停计、续计；告知各部门及申请人。 · Extends it once "
    "(article 42), stops it for a procedure of article 45, or lets it run on; the departments and the applicant are "
    "told. Scope: decide.",
)
def amend_case(
    caller: Deciding,
    api: Shared,
    number: CaseNumber,
    asked: Annotated[CaseTermIn, json_of(CaseTermIn)],
    key: Key = None,
    if_match: IfMatch = None,
) -> Response:
    by = asked.ordered_by or caller.member
    wanted = CaseAmendment(asked.entry, asked.reason, by, asked.basis, asked.days, asked.procedure)

    def do(step: Step) -> CaseTermMade:
        expect_match(step, number, if_match)
        entry = amend_case_in(step, number, wanted)
        due_at, provisional = decide_by(step, number)
        return CaseTermMade(number=number, entry=entry, due_at=due_at, provisional=provisional)

    with case_refusals_noted(api.member(caller.member).node, number, wanted):
        return done_once(api, caller, f"amend the term of {number}", asked, key, do)


@on_case(
    router,
    "explanation",
    ExplanationIn,
    Explained,
    summary="承诺超期说明 · Explain a promise that was not kept",
    description="未在承诺期限内办结的，说明理由，随案件公开。 · Where a case was not decided within the days that were "
    "promised: why; once, and shown with it. Scope: decide.",
)
def explain(
    caller: Deciding,
    api: Shared,
    number: CaseNumber,
    asked: Annotated[ExplanationIn, json_of(ExplanationIn)],
    key: Key = None,
    if_match: IfMatch = None,
) -> Response:
    def do(step: Step) -> Explained:
        expect_match(step, number, if_match)
        explain_in(step, number, asked.officer, asked.reasons)
        return Explained(number=number)

    return done_once(api, caller, f"explain {number}", asked, key, do)


@on_case(
    router,
    "delivery",
    DeliveryIn,
    Delivered,
    summary="送达登记 · Record a delivery",
    description="准予许可的，自决定之日起十个工作日内送达（第四十四条）。 · What was granted is handed out within ten "
    "working days of the decision (article 44). Scope: decide.",
)
def deliver(
    caller: Deciding,
    api: Shared,
    number: CaseNumber,
    asked: Annotated[DeliveryIn, json_of(DeliveryIn)],
    key: Key = None,
    if_match: IfMatch = None,
) -> Response:
    def do(step: Step) -> Delivered:
        expect_match(step, number, if_match)
        deliver_in(step, number, asked.officer, asked.to)
        return Delivered(number=number)

    return done_once(api, caller, f"deliver {number}", asked, key, do)


@on_case(
    router,
    "chase",
    ChaseIn,
    Chased,
    summary="催办 · Press a department",
    description="人工催办尚未答复的部门：签名送达，不改变期限，每个工作日一次。 · Reminds a department by hand of "
    "the answer that it owes: signed, once a working day; it moves no clock. Scope: submit.",
)
def chase(
    caller: Submitting,
    api: Shared,
    number: CaseNumber,
    asked: Annotated[ChaseIn, json_of(ChaseIn)],
    key: Key = None,
    if_match: IfMatch = None,
) -> Response:
    def do(step: Step) -> Chased:
        expect_match(step, number, if_match)
        message_id = chase_in(step, number, asked.department, asked.officer, asked.words)
        return Chased(number=number, department=asked.department, message_id=message_id)

    return done_once(api, caller, f"chase in {number}", asked, key, do)
