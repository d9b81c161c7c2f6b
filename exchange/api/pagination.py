"""Keyset cursors: opaque to callers, checked when they come back; and the Link header (RFC 8288)."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, TypeVar
from urllib.parse import urlencode

from fastapi import Query
from starlette.requests import Request
from starlette.responses import Response

from exchange.clock import CST
from exchange.errors import BadRequest

T = TypeVar("T")
_LARGEST = 2**63 - 1
_FIRST = datetime(1970, 1, 1, 8, tzinfo=CST)

Cursor = Annotated[str | None, Query(description="上一页给出的游标 · the cursor of the page before", max_length=300)]
Limit = Annotated[int, Query(description="每页条数 · how many on a page", ge=1, le=100)]


def cursor_of(*parts: int | str | datetime) -> str:
    """Return a cursor that names a place in an order."""
    plain = [part.isoformat() if isinstance(part, datetime) else part for part in parts]
    return base64.urlsafe_b64encode(json.dumps(plain, ensure_ascii=False).encode()).decode().rstrip("=")


def position_of(cursor: str | None) -> int | None:
    """Return the place of a cursor over positions. Raises BadRequest."""
    if cursor is None:
        return None
    match _parts(cursor):
        case [int(position)] if not isinstance(position, bool) and 0 <= position <= _LARGEST:
            return position
    raise _bad()


def moment_of(cursor: str | None) -> tuple[datetime, str] | None:
    """Return the place of a cursor over (instant, name). Raises BadRequest."""
    if cursor is None:
        return None
    match _parts(cursor):
        case [str(moment), str(name)] if len(name) <= 120 and name.isascii() and name.isprintable():
            try:
                at = datetime.fromisoformat(moment)
            except ValueError:
                raise _bad() from None
            if at.tzinfo is not None and at >= _FIRST:
                return at, name
    raise _bad()


def name_of(cursor: str | None) -> str | None:
    """Return the place of a cursor over names. Raises BadRequest."""
    if cursor is None:
        return None
    match _parts(cursor):
        case [str(name)] if name.isascii() and name.isprintable():
            return name
    raise _bad()


def page_of(
    request: Request, response: Response, rows: Sequence[T], limit: int, cursor: Callable[[T], str], **kept: str
) -> tuple[Sequence[T], str | None]:
    """Return the page's rows (one more than ``limit`` was asked for) and the next cursor; set the Link header.

    ``kept`` are further parameters of the query, which hold for the next page too.
    """
    if len(rows) <= limit:
        return rows, None
    following = cursor(rows[limit - 1])
    query = urlencode({**kept, "limit": limit, "cursor": following})
    response.headers["link"] = f'<{request.url.path}?{query}>; rel="next"'
    return rows[:limit], following


def _parts(cursor: str) -> list[object]:
    try:
        found = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, RecursionError):
        raise _bad() from None
    return found if isinstance(found, list) else []


def _bad() -> BadRequest:
    return BadRequest("the cursor is none of ours", faults=(("query/cursor", "take it from the page before"),))
