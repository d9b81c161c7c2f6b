"""Lists of notices, and how one stands by the newest signed tallies."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from exchange.api.door.auth import Reading, Shared
from exchange.api.notices.models import NoticeLineOut, NoticeOut, NoticePage
from exchange.api.pagination import Cursor, Limit, cursor_of, moment_of, page_of
from exchange.api.problems import documented
from exchange.errors import NotFound
from exchange.notices.forms.collecting import form_in
from exchange.notices.records import NoticeRow
from exchange.notices.rules.lists import LISTED, NoticeList
from exchange.notices.status import notice_status
from exchange.notices.store import Notices
from exchange.schemas import Treatment, Urgency
from exchange.schemas.base import MessageId

router = APIRouter(tags=["notices"])


@router.get(
    "/notices",
    response_model=NoticePage,
    summary="通知 · Notices",
    description="本单位收到、发出、转发的通知，新的在前，不含正文。 · Those that came, were issued or passed on here, "
    "newest first, without their text. Scope: read.",
    responses=documented(),
)
def notices(
    caller: Reading,
    api: Shared,
    request: Request,
    response: Response,
    which: Annotated[
        NoticeList | None,
        Query(
            alias="list",
            description="收到、发出、转发、已了结 · received, issued, passed on; closed: sent back, recalled, replaced",
        ),
    ] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> NoticePage:
    kinds = [one for name in ([which] if which else list(NoticeList)) for one in LISTED[name]]
    before = moment_of(cursor)
    with api.member(caller.member).store.reading() as tx:
        rows = tx[Notices].latest(kinds, before, limit + 1)
    kept = {"list": which.value} if which else {}
    shown, following = page_of(request, response, rows, limit, lambda row: cursor_of(*row.place), **kept)
    return NoticePage(items=tuple(NoticeLineOut(**_line(row)) for row in shown), next=following)


@router.get(
    "/notices/{notice_id}",
    response_model=NoticeOut,
    summary="通知签收情况 · One notice",
    description="逐级签收的计数，以及需填报的报送表。 · The counts of all levels as far as they have come, and the "
    "form that is to be answered. Scope: read.",
    responses=documented(404),
)
def notice(caller: Reading, api: Shared, notice_id: MessageId) -> NoticeOut:
    node = api.member(caller.member).node
    found = notice_status(node, notice_id)
    if found is None:
        raise NotFound(
            "no notice {notice_id} is on record here", remedy="look for it in `GET /notices`", notice_id=notice_id
        )
    with node.store.reading() as tx:
        form = form_in(tx, notice_id)
    return NoticeOut(
        **_line(found.row),
        audience=found.row.audience,
        message_id=found.row.forwarding_id,
        form=form,
        cover_due=found.waits.due if found.waits is not None else None,
        over=found.over,
        counts=found.counts,
        unsigned=found.unsigned,
        unsigned_more=found.unsigned_more,
        returned=len(found.returned) + found.returned_more,
    )


def _line(row: NoticeRow) -> dict[str, Any]:
    return {
        "notice_id": row.notice_id, "seat": row.seat, "state": row.state, "origin": row.origin, "number": row.number,
        "title": row.title, "treatment": Treatment(row.treatment), "urgency": Urgency(row.urgency),
        "received_at": row.received_at, "act_by": date.fromisoformat(row.act_by) if row.act_by else None,
        "settled_at": row.settled_at, "reason": row.reason,
    }  # fmt: skip
