"""Notices: how one stands, by the newest signed tallies."""

from __future__ import annotations

from fastapi import APIRouter

from exchange.api.door.auth import Anyone, Reading, Shared
from exchange.api.models import NoticeOut
from exchange.api.problems import documented
from exchange.api.webhooks.models import TokenOut
from exchange.errors import NotFound
from exchange.notices.status import notice_status
from exchange.schemas.base import MessageId

router = APIRouter()


@router.get(
    "/notices/{notice_id}",
    response_model=NoticeOut,
    tags=["notices"],
    summary="通知签收情况 · One notice",
    description="逐级签收的计数。 · The counts of all levels as far as they have come. Scope: read.",
    responses=documented(404),
)
def notice(caller: Reading, api: Shared, notice_id: MessageId) -> NoticeOut:
    found = notice_status(api.member(caller.member).node, notice_id)
    if found is None:
        raise NotFound(
            "no notice {notice_id} is on record here", remedy="look for it in `GET /documents`", notice_id=notice_id
        )
    row = found.row
    return NoticeOut(
        notice_id=row.notice_id,
        seat=row.seat,
        state=row.state,
        origin=row.origin,
        number=row.number,
        received_at=row.received_at,
        act_by=str(row.act_by) if row.act_by else None,
        settled_at=row.settled_at,
        over=found.over,
        counts=found.counts,
        unsigned=found.unsigned,
        unsigned_more=found.unsigned_more,
        returned=len(found.returned) + found.returned_more,
    )


@router.get(
    "/token",
    response_model=TokenOut,
    tags=["token"],
    summary="当前令牌 · The token that asks",
    description="令牌所属单位及权限。 · Whose token it is, and what it may. Scope: none.",
    responses=documented(),
)
def token(caller: Anyone) -> TokenOut:
    return TokenOut(member=caller.member, name=caller.name, scopes=caller.scopes)
