"""What is done with documents that are here: one is sent back with its reason, one is marked as filed."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import StringConstraints
from starlette.responses import Response

from exchange.api.content import body_of, json_of
from exchange.api.documents.models import SentOut
from exchange.api.door.auth import Sending, Shared
from exchange.api.idempotency import Key, fingerprint_of, once
from exchange.api.model import EXAMPLE_AT, EXAMPLE_ID, ApiModel, example
from exchange.api.problems import documented
from exchange.documents.filing import file_in
from exchange.documents.returning import return_in
from exchange.messaging.node import Step
from exchange.schemas.base import Line, MessageId

router = APIRouter(tags=["documents"])


class ReturnIn(ApiModel):
    """Why a document is sent back, and who does so. 退文理由。"""

    model_config = example({"reason": "未标注签发人，不符合《条例》第九条第六项。", "officer": "张三"})

    reason: Annotated[str, StringConstraints(min_length=1, max_length=20_000)]
    officer: Line


class FilingMarkIn(ApiModel):
    """Who marks a document as filed. 归档人。"""

    model_config = example({"officer": "张三"})

    officer: Line


class FilingMarkOut(ApiModel):
    """A document is filed; the first time counts. 已归档。"""

    model_config = example({"message_id": EXAMPLE_ID, "officer": "张三", "at": EXAMPLE_AT})

    message_id: MessageId
    officer: str
    at: datetime


@router.post(
    "/documents/{message_id}/return",
    status_code=202,
    response_model=SentOut,
    summary="退文 · Send a document back",
    description="主送机关在答复、转报或归档之前，可附理由退回一次。 · Once, with the reason, by an addressee that is "
    "to act on it, before it is answered, passed on or filed. Scope: send.",
    responses=documented(404, 409, 413, 415),
    openapi_extra=body_of(ReturnIn),
)
def send_back(
    caller: Sending,
    api: Shared,
    message_id: MessageId,
    asked: Annotated[ReturnIn, json_of(ReturnIn)],
    key: Key = None,
) -> Response:
    def do(step: Step) -> SentOut:
        return SentOut(message_id=return_in(step, message_id, asked.reason, asked.officer))

    mark = fingerprint_of(f"return {message_id}", asked)
    return once(api.member(caller.member).node, api.clock, key, mark, do)


@router.post(
    "/documents/{message_id}/filing",
    response_model=FilingMarkOut,
    summary="归档 · Mark a document as filed",
    description="本单位自己的记载，不告知他人。 · The member's own mark, of which nobody is told. Scope: send.",
    responses=documented(404, 409, 413, 415),
    openapi_extra=body_of(FilingMarkIn),
)
def file(
    caller: Sending,
    api: Shared,
    message_id: MessageId,
    asked: Annotated[FilingMarkIn, json_of(FilingMarkIn)],
    key: Key = None,
) -> Response:
    def do(step: Step) -> FilingMarkOut:
        done = file_in(step, message_id, asked.officer)
        return FilingMarkOut(message_id=message_id, officer=done.officer, at=done.handled_at)

    mark = fingerprint_of(f"file {message_id}", asked)
    return once(api.member(caller.member).node, api.clock, key, mark, do, status=200)
