"""The inbox: messages on lease, acknowledged when the own system has them, and handed out again when it has not.

What is handed out is what `Agent.receive` yields: verified, oldest first, until it is acknowledged. A lease is made by
POST, since handing out changes what the next one gets, and a GET must not (RFC 9110, 9.2.1).
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Request, Response

from exchange.api.content import body_of, json_of
from exchange.api.documents.messages import message_out
from exchange.api.documents.models import DocumentPage
from exchange.api.documents.routes import line_out
from exchange.api.door.auth import Receiving, Shared
from exchange.api.models import AcknowledgedOut, AcknowledgeIn, LeaseIn, LeaseOut, MessageKey
from exchange.api.pagination import Cursor, Limit, cursor_of, page_of, position_of
from exchange.api.problems import documented
from exchange.errors import Conflict, NotFound
from exchange.messaging.log.handovers import HandingSystem, HandoverWay
from exchange.operations.systems.member.handing_over import hand_over, lease_out
from exchange.operations.systems.member.records import LeasedMessage
from exchange.operations.systems.member.store import Leases
from exchange.schemas.base import MessageId

router = APIRouter(prefix="/inbox", tags=["inbox"])


@router.get(
    "",
    response_model=DocumentPage,
    summary="待收报文 · What waits",
    description="尚未确认的报文，旧的在前；只看不取。 · What nobody has acknowledged, leased or not, oldest first; "
    "takes nothing. Scope: receive.",
    responses=documented(),
)
def inbox(
    caller: Receiving, api: Shared, request: Request, response: Response, limit: Limit = 50, cursor: Cursor = None
) -> DocumentPage:
    after = position_of(cursor)
    with api.member(caller.member).store.reading() as tx:
        rows = tx[Leases].waiting(after or 0, limit + 1)
    shown, following = page_of(request, response, rows, limit, lambda row: cursor_of(row.position))
    return DocumentPage(items=tuple(map(line_out, shown)), next=following)


@router.post(
    "/leases",
    status_code=201,
    response_model=LeaseOut,
    summary="限时领取 · Lease messages",
    description="领取至多 n 份，限时 t 秒；到期未确认的会再次给出。 · Up to n messages for t seconds; what is not "
    "acknowledged by then is handed out again. Scope: receive.",
    responses=documented(413, 415),
    openapi_extra=body_of(LeaseIn),
)
def lease(caller: Receiving, api: Shared, asked: Annotated[LeaseIn, json_of(LeaseIn)]) -> LeaseOut:
    opened, now = api.member(caller.member), api.clock.now()
    lease_id, until = str(uuid.uuid4()), now + timedelta(seconds=asked.seconds)
    with opened.store.transaction() as tx:
        found = lease_out(tx, lease_id, asked.limit, now, until, opened.node.clock.now())
    messages = tuple(message_out(opened.node.directory, one) for one in found)
    return LeaseOut(lease=lease_id, until=until, messages=messages)


@router.post(
    "/leases/{lease_id}/acknowledgement",
    response_model=AcknowledgedOut,
    summary="确认收妥 · Acknowledge",
    description="本系统已收妥；可重复，结果相同。领取已到期的须重新领取。 · The own system has them. May be repeated. "
    "After the lease is over nothing can be acknowledged under it: lease again. Scope: receive.",
    responses=documented(404, 409, 413, 415),
    openapi_extra=body_of(AcknowledgeIn),
)
def acknowledge(
    caller: Receiving, api: Shared, lease_id: MessageId, asked: Annotated[AcknowledgeIn, json_of(AcknowledgeIn)]
) -> AcknowledgedOut:
    opened, now = api.member(caller.member), api.clock.now()
    with opened.store.transaction() as tx:
        held = {(one.sender, one.message_id): one for one in tx[Leases].of(lease_id)}
        wanted = [(one.sender, one.message_id) for one in asked.messages] or list(held)
        _expect_held(held, wanted, now)
        system = HandingSystem(way=HandoverWay.API, name=caller.name, token_id=caller.token_id)
        hand_over(tx, lease_id, wanted, system, now, opened.node.clock.now())
        done = [one for one in tx[Leases].of(lease_id) if one.acknowledged_at is not None]
    keys = tuple(MessageKey(sender=one.sender, message_id=one.message_id) for one in done)
    return AcknowledgedOut(lease=lease_id, acknowledged=keys)


@router.delete(
    "/leases/{lease_id}",
    status_code=204,
    response_class=Response,
    summary="退还 · Give a lease back",
    description="未确认的立即可再次领取。 · What is not acknowledged can be leased at once. Scope: receive.",
    responses=documented(404),
)
def release(caller: Receiving, api: Shared, lease_id: MessageId) -> Response:
    with api.member(caller.member).store.transaction() as tx:
        if not tx[Leases].of(lease_id):
            raise _unknown(lease_id)
        tx[Leases].release(lease_id, api.clock.now())
    return Response(status_code=204)


def _expect_held(held: dict[tuple[str, str], LeasedMessage], wanted: list[tuple[str, str]], now: datetime) -> None:
    """Raises NotFound for what is not on this lease (any more), Conflict for what the lease has run out on."""
    if not wanted or any(key not in held for key in wanted):
        raise NotFound("not on this lease, or handed out again since", remedy="lease again, and acknowledge that")
    if any(held[key].acknowledged_at is None and held[key].until <= now for key in wanted):
        remedy = "lease again, for longer if need be, and acknowledge that"
        raise Conflict("the lease is over", code="lease-over", remedy=remedy)


def _unknown(lease_id: str) -> NotFound:
    return NotFound("no lease {lease_id}", remedy="`POST /inbox/leases` makes one", lease_id=lease_id)
