"""The OpenAPI document: what FastAPI finds, the bodies that we read strictly ourselves, and how to sign in."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from exchange.api.content import taken
from exchange.api.model import Problem
from exchange.schemas import Wire

_ABOUT = """\
业务系统接口：发文、收文（限时领取与确认）、回复意见、回执、状态、事件推送；窗口：收件、受理、撤回、决定、期限调整；
网上窗口：代申请人提交、补正、陈述、撤回、查询进度、登记通知接收地址。
The interface of members' systems: send, receive on lease with acknowledgement, reply, receipts, states, webhooks; at a
window: hand in, accept, withdraw, decide, amend terms; at a portal: hand in for applicants, complete, state, follow,
say where they want to be told.

- 凭令牌访问 · Every request bears `Authorization: Bearer TOKEN`; security officers make tokens.
- 错误均为问题详情 · Errors are problem details (RFC 9457) with a stable `code` and a `remedy`.
- 写操作可带 `Idempotency-Key` · Whatever is signed takes an `Idempotency-Key`, kept for 24 hours.
"""


def openapi_of(app: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI document, as it is served."""
    found = get_openapi(
        title="Yizhan 驿站 · REST API",
        version="1",
        openapi_version="3.1.0",
        description=_ABOUT,
        routes=app.routes,
        servers=[{"url": "/api/v1"}],
    )
    components = found.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    models: tuple[type[Wire], ...] = (*taken(), Problem)
    for model in models:
        described = model.model_json_schema(ref_template="#/components/schemas/{model}")
        for name, inner in described.pop("$defs", {}).items():
            schemas.setdefault(name, inner)
        schemas[model.__name__] = described
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    components["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer", "bearerFormat": "yz_…"}}
    found["security"] = [{"token": []}]
    return found
