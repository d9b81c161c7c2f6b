"""Opinions: an answer to a consultation, its recall, procedures and reviews; who of a department deals with one."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import ValidationError

from exchange.api.content import body_of, invalid_request, json_of
from exchange.api.documents.models import SentOut
from exchange.api.door.auth import Replying, Shared
from exchange.api.idempotency import Key, fingerprint_of, once
from exchange.api.models import (
    EndedProcedureIn,
    HolderIn,
    HolderOut,
    OpinionIn,
    RecallIn,
    SupplementaryReviewIn,
)
from exchange.api.problems import documented
from exchange.approval.department.desk import reply_in
from exchange.approval.department.holding import give_back_in, hand_over_in, take_in
from exchange.approval.department.procedures import end_procedure_in
from exchange.approval.department.recalling import recall_in
from exchange.approval.department.supplementing import announce_in
from exchange.messaging.node import Step

router = APIRouter(tags=["opinions"])


@router.post(
    "/opinions",
    status_code=202,
    response_model=SentOut,
    summary="回复意见 · Answer a consultation",
    description="以本部门名义签发意见；每案一次。 · Signs the member's opinion; one a case. Scope: reply.",
    responses=documented(404, 409, 413, 415),
    openapi_extra=body_of(OpinionIn),
)
def reply(caller: Replying, api: Shared, asked: Annotated[OpinionIn, json_of(OpinionIn)], key: Key = None) -> Response:
    try:
        opinion = asked.as_opinion(caller.member)
    except ValidationError as error:
        raise invalid_request(error) from None

    def do(step: Step) -> SentOut:
        return SentOut(message_id=reply_in(step, opinion))

    return once(api.member(caller.member).node, api.clock, key, fingerprint_of("reply", asked), do)


@router.post(
    "/ended-procedures",
    status_code=202,
    response_model=SentOut,
    summary="特别程序提前终结 · End a special procedure early",
    description="本部门宣布的特别程序提前结束，期限恢复计算；只会缩短停计，不会延长。 · The procedure that stops the "
    "member's clock is over before its announced length; the term runs on. Scope: reply.",
    responses=documented(404, 409, 413, 415),
    openapi_extra=body_of(EndedProcedureIn),
)
def end_procedure(
    caller: Replying, api: Shared, asked: Annotated[EndedProcedureIn, json_of(EndedProcedureIn)], key: Key = None
) -> Response:
    def do(step: Step) -> SentOut:
        return SentOut(message_id=end_procedure_in(step, asked.case_number, asked.reason, asked.officer))

    return once(api.member(caller.member).node, api.clock, key, fingerprint_of("end procedure", asked), do)


@router.post(
    "/supplementary-reviews",
    status_code=202,
    response_model=SentOut,
    summary="补充审查 · Announce a supplementary review",
    description="缺席已产生效力后，告知窗口将补充审查至某日；不改变该效力，结果按迟到意见处理。 · After the member's "
    "silence has had its effect: until which day it reviews after all. It changes nothing of the effect; the result "
    "is a late opinion. Scope: reply.",
    responses=documented(404, 409, 413, 415),
    openapi_extra=body_of(SupplementaryReviewIn),
)
def announce_review(
    caller: Replying, api: Shared, asked: Annotated[SupplementaryReviewIn, json_of(SupplementaryReviewIn)],
    key: Key = None,
) -> Response:  # fmt: skip
    def do(step: Step) -> SentOut:
        said = asked.until, asked.officer, asked.reasons
        return SentOut(message_id=announce_in(step, asked.case_number, *said))

    return once(api.member(caller.member).node, api.clock, key, fingerprint_of("review", asked), do)


@router.post(
    "/opinions/recall",
    status_code=202,
    response_model=SentOut,
    summary="撤回意见 · Recall an opinion",
    description="主办部门决定之前可撤回本部门意见；期限不因此延长，窗口的签收回执为准。 · The member's own, until the "
    "lead decides; its term is not lengthened by it, and the window's receipt says whether it counts. Scope: reply.",
    responses=documented(404, 409, 413, 415),
    openapi_extra=body_of(RecallIn),
)
def recall(caller: Replying, api: Shared, asked: Annotated[RecallIn, json_of(RecallIn)], key: Key = None) -> Response:
    def do(step: Step) -> SentOut:
        return SentOut(message_id=recall_in(step, asked.case_number, asked.officer, asked.reasons))

    return once(api.member(caller.member).node, api.clock, key, fingerprint_of("recall", asked), do)


@router.post(
    "/consultations/holder",
    response_model=HolderOut,
    summary="承办人 · Who deals with a consultation",
    description="登记由谁承办，不妨碍他人答复。 · Notes who of the member deals with it, and keeps nobody from "
    "answering. Scope: reply.",
    responses=documented(404, 409, 413, 415),
    openapi_extra=body_of(HolderIn),
)
def hold(caller: Replying, api: Shared, asked: Annotated[HolderIn, json_of(HolderIn)], key: Key = None) -> Response:
    def do(step: Step) -> HolderOut:
        number, holder = asked.case_number, asked.holder
        if holder is None:
            give_back_in(step, number, asked.officer)
        elif holder == asked.officer and not asked.of_others:
            take_in(step, number, holder)
        else:
            hand_over_in(step, number, asked.officer, holder, of_others=asked.of_others)
        return HolderOut(case_number=number, holder=holder)

    return once(api.member(caller.member).node, api.clock, key, fingerprint_of("hold", asked), do, 200)
