"""The receipts behind a notice's counts: asked for, and what has come of them, verified anew."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Request, Response

from exchange.api.content import body_of, json_of
from exchange.api.door.auth import Reading, Sending, Shared
from exchange.api.idempotency import Key, fingerprint_of, once
from exchange.api.notices.models import (
    CountFaultOut,
    MissingOut,
    ProvedOut,
    ReceiptsAskedOut,
    ReceiptsIn,
    ReceiptsShownOut,
)
from exchange.api.pagination import Cursor, Limit, cursor_of, page_of, position_of
from exchange.api.problems import documented
from exchange.language import Language
from exchange.messaging.node import Step
from exchange.notices.evidence.ask import Gathering, ask_receipts_in, last_request
from exchange.notices.evidence.rules import Evidence
from exchange.schemas import Reader
from exchange.schemas.base import MessageId

router = APIRouter(tags=["notices"])


@router.post(
    "/notices/{notice_id}/receipts",
    status_code=202,
    response_model=ReceiptsAskedOut,
    summary="索取回执 · Ask for the receipts of a notice",
    description="由发出单位或转发机构向下索取计数所依据的签名回执。 · By its origin, or a relay office that it passed: "
    "the signatures that the counts rest on; asked again, they come again. Scope: send.",
    responses=documented(404, 409, 413, 415),
    openapi_extra=body_of(ReceiptsIn),
)
def ask_for_receipts(
    caller: Sending,
    api: Shared,
    notice_id: MessageId,
    asked: Annotated[ReceiptsIn, json_of(ReceiptsIn)],
    key: Key = None,
) -> Response:
    def do(step: Step) -> ReceiptsAskedOut:
        made = ask_receipts_in(step, notice_id, asked.of)
        return ReceiptsAskedOut(notice_id=notice_id, request_id=made.request_id, domain=made.domain, body=made.body)

    mark = fingerprint_of(f"receipts of notice {notice_id}", asked)
    return once(api.member(caller.member).node, api.clock, key, mark, do)


@router.get(
    "/notices/{notice_id}/receipts",
    response_model=ReceiptsShownOut,
    summary="已收到的回执 · The receipts of a notice",
    description="最近一次向下索取后收到的回执，逐一重新验证；已验证的分页列出。 · What has come in answer to the last "
    "request that went out, every signature verified anew; the verified ones by pages. Scope: read.",
    responses=documented(404, 409),
)
def receipts_of_notice(
    caller: Reading,
    api: Shared,
    request: Request,
    response: Response,
    notice_id: MessageId,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> ReceiptsShownOut:
    node, behind = api.member(caller.member).node, position_of(cursor) or 0
    asked = last_request(node, notice_id)
    found = Gathering(node, asked).look()
    proved = list(enumerate(found.proved, 1))[behind : behind + limit + 1]
    shown, following = page_of(request, response, proved, limit, lambda one: cursor_of(one[0]))
    return _shown(asked.request_id, notice_id, found, [one for _, one in shown], following)


def _shown(
    request_id: str, notice_id: str, found: Evidence, proved: Sequence[Reader], following: str | None
) -> ReceiptsShownOut:
    return ReceiptsShownOut(
        notice_id=notice_id,
        request_id=request_id,
        holds=found.holds,
        proved=tuple(ProvedOut(**one.model_dump()) for one in proved),
        missing=tuple(MissingOut(domain=one.domain, number=one.number) for one in found.missing),
        faults=tuple(
            CountFaultOut(domain=one.domain, why=str(one.why), why_zh=one.why.written(Language.CHINESE))
            for one in found.faults
        ),
        waiting=found.waiting,
        moved=found.moved,
        next=following,
    )
