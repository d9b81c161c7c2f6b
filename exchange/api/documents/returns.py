"""What addressees have sent back of this member's messages, each with the very sentence of their signed receipt."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query

from exchange.api.documents.models import MessageKind
from exchange.api.door.auth import Reading, Shared
from exchange.api.model import EXAMPLE_AT, EXAMPLE_ID, ApiModel, example
from exchange.api.problems import documented
from exchange.messaging.outbox import Outbox
from exchange.messaging.records import OutboxView
from exchange.schemas import MESSAGES

router = APIRouter(tags=["documents"])
_MOST = 500
"""The latest ones are listed."""


class ReturnedOut(ApiModel):
    """One addressee has sent a message back. 被退回的报文。"""

    message_id: str
    kind: MessageKind
    addressee: str
    returned_at: datetime | None
    reason: str
    """Its code and the very sentence, with the remedy, as the addressee has signed it."""


class ReturnedList(ApiModel):
    """All of them, the latest first. 退文清单。"""

    model_config = example(
        {
            "items": [
                {
                    "message_id": EXAMPLE_ID,
                    "kind": "opinion",
                    "addressee": "hefei.window",
                    "returned_at": EXAMPLE_AT,
                    "reason": "already-stopped: a special procedure of yours stops the clock until the end of "
                    "2026-04-02 [already-stopped]",
                }
            ]
        }
    )

    items: tuple[ReturnedOut, ...]


@router.get(
    "/returns",
    response_model=ReturnedList,
    summary="退文 · What came back",
    description="近若干天被退回的报文及理由原文，最近的在前。 · What addressees have sent back within so many days, "
    "with the very reason, the latest first. Scope: read.",
    responses=documented(),
)
def returns(caller: Reading, api: Shared, days: Annotated[int, Query(ge=1, le=365)] = 30) -> ReturnedList:
    opened = api.member(caller.member)
    with opened.store.reading() as tx:
        rows = tx[Outbox].returned(opened.node.clock.now() - timedelta(days=days), set(MESSAGES))
    return ReturnedList(items=latest_first(rows)[:_MOST])


def latest_first(rows: list[OutboxView]) -> tuple[ReturnedOut, ...]:
    """Return copies that came back, the latest first."""
    in_order = sorted(rows, key=lambda row: row.returned_at or row.written_at, reverse=True)
    return tuple(
        ReturnedOut(
            message_id=row.message_id,
            kind=row.kind,
            addressee=row.addressee,
            returned_at=row.returned_at,
            reason=row.last_error or "",
        )
        for row in in_order
    )
