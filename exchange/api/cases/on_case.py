"""What is done to a case, declared and carried out alike for all."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter, Response

from exchange.api.content import body_of
from exchange.api.door.context import Api, Caller
from exchange.api.idempotency import fingerprint_of, once
from exchange.api.model import ApiModel
from exchange.api.problems import documented
from exchange.messaging.node import Step

Handler = Callable[..., Response]


def on_case(
    router: APIRouter, path: str, body: type[ApiModel], answer: type[ApiModel], *, summary: str, description: str
) -> Callable[[Handler], Handler]:
    """Declare what is done to a case: accepted (202), and documented, alike for all."""
    return router.post(
        f"/cases/{{number}}/{path}",
        status_code=202,
        response_model=answer,
        summary=summary,
        description=description,
        responses=documented(404, 409, 412, 413, 415),
        openapi_extra=body_of(body),
    )


def done_once(
    api: Api, caller: Caller, what: str, asked: ApiModel, key: str | None, do: Callable[[Step], ApiModel]
) -> Response:
    """Do it in a step of the caller's member, and under one key once."""
    return once(api.member(caller.member).node, api.clock, key, fingerprint_of(what, asked), do)
