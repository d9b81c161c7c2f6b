"""Webhooks: where a member's system is told of events, and how that goes."""

from __future__ import annotations

import secrets
import uuid
from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response

from exchange.api.content import body_of, json_of
from exchange.api.door.auth import Receiving, Shared
from exchange.api.door.context import Caller
from exchange.api.pagination import Cursor, Limit, cursor_of, moment_of, page_of
from exchange.api.problems import documented
from exchange.api.webhooks.models import DeliveryOut, DeliveryPage, WebhookIn, WebhookMade, WebhookOut, Webhooks
from exchange.errors import Conflict, NotFound
from exchange.machine.posting.webhooks import check_url
from exchange.machine.webhook_signature import secret_text
from exchange.operations.systems.member.store import InboxPages
from exchange.operations.systems.records import DeliveryRow, WebhookRow
from exchange.operations.systems.store import WebhookRecords
from exchange.schemas.base import MessageId

router = APIRouter(prefix="/webhooks", tags=["webhooks"])
MOST = 10
"""Webhooks of a member."""
BOTH_SIGN = timedelta(hours=24)
"""How long a secret that was replaced signs too."""


@router.post(
    "",
    status_code=201,
    response_model=WebhookMade,
    summary="登记推送地址 · Register a webhook",
    description="https，或仅限本机的 http。签名密钥只显示这一次。 · https, or http to this machine itself. The secret "
    "is shown this once; deliveries are signed after Standard Webhooks. Scope: receive.",
    responses=documented(409, 413, 415),
    openapi_extra=body_of(WebhookIn),
)
def register_webhook(caller: Receiving, api: Shared, asked: Annotated[WebhookIn, json_of(WebhookIn)]) -> WebhookMade:
    check_url(asked.url)
    with api.member(caller.member).store.reading() as tx:
        position = tx[InboxPages].last_position()
    row = WebhookRow(
        webhook_id=str(uuid.uuid4()),
        member=caller.member,
        url=asked.url,
        events=tuple(dict.fromkeys(event.value for event in asked.events)),
        secret=_new_secret(),
        made_at=api.clock.now(),
        position=position,
    )
    with api.view.console.transaction() as console:
        if len(console[WebhookRecords].of_member(caller.member)) >= MOST:
            raise Conflict("a member has at most {most} webhooks", remedy="delete one that is not needed", most=MOST)
        console[WebhookRecords].add(row)
    return WebhookMade(**_shown(row), secret=row.secret)


@router.get(
    "",
    response_model=Webhooks,
    summary="推送地址 · The member's webhooks",
    description="全部推送地址及其状态。 · All of them, and how they do. Scope: receive.",
    responses=documented(),
)
def webhooks(caller: Receiving, api: Shared) -> Webhooks:
    with api.view.console.reading() as tx:
        rows = tx[WebhookRecords].of_member(caller.member)
    return Webhooks(items=tuple(webhook_out(row) for row in rows))


@router.delete(
    "/{webhook_id}",
    status_code=204,
    response_class=Response,
    summary="撤销推送地址 · Delete a webhook",
    description="未送达的一并删除。 · With what waits for it. Scope: receive.",
    responses=documented(404),
)
def delete_webhook(caller: Receiving, api: Shared, webhook_id: MessageId) -> Response:
    with api.view.console.transaction() as tx:
        _own(tx[WebhookRecords], caller, webhook_id)
        tx[WebhookRecords].remove(webhook_id)
    return Response(status_code=204)


@router.post(
    "/{webhook_id}/enable",
    response_model=WebhookOut,
    summary="恢复推送 · Enable a webhook again",
    description="停用期间积压的立即重试。 · One that was disabled after long failure; what waits is tried at once. "
    "Scope: receive.",
    responses=documented(404),
)
def enable_webhook(caller: Receiving, api: Shared, webhook_id: MessageId) -> WebhookOut:
    with api.view.console.transaction() as tx:
        _own(tx[WebhookRecords], caller, webhook_id)
        tx[WebhookRecords].enable(webhook_id, api.clock.now())
        return webhook_out(_own(tx[WebhookRecords], caller, webhook_id))


@router.post(
    "/{webhook_id}/secret",
    response_model=WebhookMade,
    summary="更换签名密钥 · Replace the secret",
    description="新密钥只显示这一次；此后 24 小时内每次推送带新旧两个签名。 · The new one is shown this once; for "
    "24 hours deliveries bear the signatures of both. Scope: receive.",
    responses=documented(404),
)
def replace_webhook_secret(caller: Receiving, api: Shared, webhook_id: MessageId) -> WebhookMade:
    secret = _new_secret()
    with api.view.console.transaction() as tx:
        row = _own(tx[WebhookRecords], caller, webhook_id)
        tx[WebhookRecords].replace_secret(webhook_id, secret, api.clock.now() + BOTH_SIGN)
    return WebhookMade(**_shown(row), secret=secret)


@router.get(
    "/{webhook_id}/deliveries",
    response_model=DeliveryPage,
    summary="推送记录 · Deliveries",
    description="新的在前；送达的保留七天。 · Newest first; delivered ones are kept for seven days. Scope: receive.",
    responses=documented(404),
)
def deliveries(
    caller: Receiving,
    api: Shared,
    request: Request,
    response: Response,
    webhook_id: MessageId,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> DeliveryPage:
    before = moment_of(cursor)
    with api.view.console.reading() as tx:
        _own(tx[WebhookRecords], caller, webhook_id)
        rows = tx[WebhookRecords].deliveries(webhook_id, before, limit + 1)
    shown, following = page_of(request, response, rows, limit, lambda row: cursor_of(row.made_at, row.delivery_id))
    return DeliveryPage(items=tuple(map(_delivery, shown)), next=following)


def _own(webhooks: WebhookRecords, caller: Caller, webhook_id: str) -> WebhookRow:
    row = webhooks.get(webhook_id)
    if row is None or row.member != caller.member:
        raise NotFound("no webhook {webhook_id}", remedy="`GET /webhooks` lists them", webhook_id=webhook_id)
    return row


def _new_secret() -> str:
    return secret_text(secrets.token_bytes(32))


def webhook_out(row: WebhookRow) -> WebhookOut:
    """Return a webhook as it is shown, without its secret."""
    return WebhookOut(**_shown(row))


def _shown(row: WebhookRow) -> dict[str, Any]:
    return {
        "id": row.webhook_id,
        "url": row.url,
        "events": row.events,
        "state": state_of(row),
        "made_at": row.made_at,
        "succeeded_at": row.succeeded_at,
        "failing_since": row.failing_since,
        "disabled_at": row.disabled_at,
        "last_error": row.last_error,
    }


class WebhookState(StrEnum):
    """Whether a webhook is told of events, and takes them."""

    ENABLED = "enabled"
    FAILING = "failing"
    DISABLED = "disabled"


def state_of(row: WebhookRow) -> WebhookState:
    """Derive a webhook's state from its moments."""
    if row.disabled_at is not None:
        return WebhookState.DISABLED
    return WebhookState.FAILING if row.failing_since is not None else WebhookState.ENABLED


def _delivery(row: DeliveryRow) -> DeliveryOut:
    return DeliveryOut(
        id=row.delivery_id,
        event=row.event,
        state=row.state,
        attempts=row.attempts,
        made_at=row.made_at,
        settled_at=row.settled_at,
        last_error=row.last_error,
    )
