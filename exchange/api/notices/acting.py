"""What is done about a notice: signed for, sent back and answered where it came; reminded of and taken back by its
origin."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Response

from exchange.api.content import body_of, json_of
from exchange.api.door.auth import Sending, Shared
from exchange.api.door.context import Api, Caller
from exchange.api.idempotency import Key, fingerprint_of, once
from exchange.api.notices.models import NoticeActedOut, NoticeAnswerIn, NoticeRecallIn, NoticeReturnIn
from exchange.api.problems import documented
from exchange.messaging.node import Step
from exchange.notices.answer import answer_in
from exchange.notices.issue import recall_in, remind_in
from exchange.notices.sign_for import sign_for_in
from exchange.schemas import Wire
from exchange.schemas.base import MessageId

router = APIRouter(tags=["notices"])
_ONE = "/notices/{notice_id}"
_REFUSED = documented(404, 409, 413, 415)


@router.post(
    f"{_ONE}/signature",
    status_code=202,
    response_model=NoticeActedOut,
    summary="签收通知 · Sign for a notice",
    description="对收到的通知签收，只签一次。 · For one that came, once. Scope: send.",
    responses=documented(404, 409),
)
def sign_for_notice(caller: Sending, api: Shared, notice_id: MessageId, key: Key = None) -> Response:
    return _acted(caller, api, key, notice_id, "sign for", None, lambda step: sign_for_in(step, notice_id))


@router.post(
    f"{_ONE}/return",
    status_code=202,
    response_model=NoticeActedOut,
    summary="退回通知 · Send a notice back",
    description="签收之前附理由退回。 · With the reason, instead of signing for it. Scope: send.",
    responses=_REFUSED,
    openapi_extra=body_of(NoticeReturnIn),
)
def return_notice(
    caller: Sending,
    api: Shared,
    notice_id: MessageId,
    asked: Annotated[NoticeReturnIn, json_of(NoticeReturnIn)],
    key: Key = None,
) -> Response:
    def do(step: Step) -> str:
        return sign_for_in(step, notice_id, accepted=False, reason=asked.reason)

    return _acted(caller, api, key, notice_id, "return", asked, do)


@router.post(
    f"{_ONE}/answer",
    status_code=202,
    response_model=NoticeActedOut,
    summary="填报 · Answer the form of a notice",
    description="填报通知所附的报送表；未签收的同时签收。再次填报的，以后一次为准。 · The whole form; signs for the "
    "notice too where that is not done. A later answer replaces an earlier one. Scope: send.",
    responses=_REFUSED,
    openapi_extra=body_of(NoticeAnswerIn),
)
def answer_notice(
    caller: Sending,
    api: Shared,
    notice_id: MessageId,
    asked: Annotated[NoticeAnswerIn, json_of(NoticeAnswerIn)],
    key: Key = None,
) -> Response:
    def do(step: Step) -> str:
        return answer_in(step, notice_id, asked.values)

    return _acted(caller, api, key, notice_id, "answer", asked, do)


@router.post(
    f"{_ONE}/reminder",
    status_code=202,
    response_model=NoticeActedOut,
    summary="催办通知 · Remind who has not signed for a notice",
    description="由发出单位催办尚未签收的单位；每次请求催办一次。 · By its origin, all who have not signed; every "
    "request reminds once more. Scope: send.",
    responses=documented(404, 409),
)
def remind_of_notice(caller: Sending, api: Shared, notice_id: MessageId, key: Key = None) -> Response:
    return _acted(caller, api, key, notice_id, "remind of", None, lambda step: remind_in(step, notice_id))


@router.post(
    f"{_ONE}/recall",
    status_code=202,
    response_model=NoticeActedOut,
    summary="撤回通知 · Take a notice back",
    description="由发出单位撤回并说明理由；原文不删除，已签收的仍计入。 · By its origin, with the reason; nothing is "
    "erased, and who has signed is still counted. Scope: send.",
    responses=_REFUSED,
    openapi_extra=body_of(NoticeRecallIn),
)
def recall_notice(
    caller: Sending,
    api: Shared,
    notice_id: MessageId,
    asked: Annotated[NoticeRecallIn, json_of(NoticeRecallIn)],
    key: Key = None,
) -> Response:
    return _acted(caller, api, key, notice_id, "recall", asked, lambda step: recall_in(step, notice_id, asked.reason))


def _acted(
    caller: Caller,
    api: Api,
    key: str | None,
    notice_id: str,
    what: str,
    asked: Wire | None,
    do: Callable[[Step], str],
) -> Response:
    def act(step: Step) -> NoticeActedOut:
        return NoticeActedOut(notice_id=notice_id, message_id=do(step))

    mark = fingerprint_of(f"{what} notice {notice_id}", asked or Wire())
    return once(api.member(caller.member).node, api.clock, key, mark, act)
