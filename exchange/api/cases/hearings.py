"""What a window's system does about hearings: it calls them, puts them off, calls them off, puts them on record."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Response

from exchange.api.cases.conditions import IfMatch, expect_match
from exchange.api.cases.hearing_models import HearingEndIn, HearingIn, HearingRecordIn, HearingTold
from exchange.api.cases.on_case import done_once, on_case
from exchange.api.content import json_of
from exchange.api.documents.attachments import content_of
from exchange.api.door.auth import Deciding, Shared
from exchange.api.idempotency import Key
from exchange.approval.window.hearing.holding import (
    CalledHearing,
    call_in,
    call_off_in,
    filed_file,
    put_off_in,
    record_in,
)
from exchange.messaging.node import Step
from exchange.schemas.base import CaseNumber

router = APIRouter(tags=["window"])


@on_case(
    router,
    "hearing",
    HearingIn,
    HearingTold,
    summary="通知听证 · Call a hearing",
    description="告知申请人和各部门；至少提前七个工作日，自申请之日起二十个工作日内举行；案件停计至举行之日。 "
    "· The applicant and the departments are told, seven working days ahead at least; the clock of the case stops "
    "until it is held. Scope: decide.",
)
def call_hearing(
    caller: Deciding,
    api: Shared,
    number: CaseNumber,
    asked: Annotated[HearingIn, json_of(HearingIn)],
    key: Key = None,
    if_match: IfMatch = None,
) -> Response:
    def do(step: Step) -> HearingTold:
        expect_match(step, number, if_match)
        return HearingTold(number=number, message_id=call_in(step, number, _wanted(asked)))

    return done_once(api, caller, f"call a hearing of {number}", asked, key, do)


@on_case(
    router,
    "hearing/postponement",
    HearingIn,
    HearingTold,
    summary="听证改期 · Put a hearing off",
    description="改到另一天，重新告知。 · To another day, told anew. Scope: decide.",
)
def put_hearing_off(
    caller: Deciding,
    api: Shared,
    number: CaseNumber,
    asked: Annotated[HearingIn, json_of(HearingIn)],
    key: Key = None,
    if_match: IfMatch = None,
) -> Response:
    def do(step: Step) -> HearingTold:
        expect_match(step, number, if_match)
        return HearingTold(number=number, message_id=put_off_in(step, number, _wanted(asked)))

    return done_once(api, caller, f"put the hearing of {number} off", asked, key, do)


@on_case(
    router,
    "hearing/cancellation",
    HearingEndIn,
    HearingTold,
    summary="取消听证 · Call a hearing off",
    description="须说明理由；期限继续计算。 · With reasons; the clock runs on. Scope: decide.",
)
def call_hearing_off(
    caller: Deciding,
    api: Shared,
    number: CaseNumber,
    asked: Annotated[HearingEndIn, json_of(HearingEndIn)],
    key: Key = None,
    if_match: IfMatch = None,
) -> Response:
    def do(step: Step) -> HearingTold:
        expect_match(step, number, if_match)
        return HearingTold(number=number, message_id=call_off_in(step, number, asked.reasons))

    return done_once(api, caller, f"call the hearing of {number} off", asked, key, do)


@on_case(
    router,
    "hearing/record",
    HearingRecordIn,
    HearingTold,
    summary="登记听证笔录 · Put a hearing on record",
    description="决定须根据听证笔录作出（第四十八条）；可附签字笔录。 · The decision is made on it (article 48); the "
    "paper that was signed may be enclosed. Scope: decide.",
)
def record_hearing(
    caller: Deciding,
    api: Shared,
    number: CaseNumber,
    asked: Annotated[HearingRecordIn, json_of(HearingRecordIn)],
    key: Key = None,
    if_match: IfMatch = None,
) -> Response:
    content = content_of(asked.paper.content, "/paper/content") if asked.paper is not None else b""
    file = filed_file(asked.paper.name, content) if asked.paper is not None else None

    def do(step: Step) -> HearingTold:
        expect_match(step, number, if_match)
        return HearingTold(
            number=number, message_id=record_in(step, number, asked.held_on, asked.record, file, content)
        )

    return done_once(api, caller, f"record the hearing of {number}", asked, key, do)


def _wanted(asked: HearingIn) -> CalledHearing:
    return CalledHearing(asked.held_at, asked.place, asked.chair, asked.officer, asked.reasons)
