"""The register of documents, and to whom a document is put round within the authority."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from exchange.api.content import body_of, json_of
from exchange.api.door.auth import Reading, Receiving, Shared
from exchange.api.idempotency import Key, fingerprint_of, once
from exchange.api.model import EXAMPLE_AT, EXAMPLE_ID, ApiModel, example
from exchange.api.pagination import Cursor, Limit, cursor_of, page_of, position_of
from exchange.api.problems import documented
from exchange.documents.circulate import circulate_in, mark_read_in, readers_in, readers_of
from exchange.documents.rules.circulation import CirculationReader, CirculationState
from exchange.messaging.node import Step
from exchange.messaging.register.records import RegisterSide
from exchange.messaging.register.store import Register
from exchange.schemas import DocumentKind
from exchange.schemas.base import Line, MessageId

router = APIRouter(tags=["documents"])


class RegisterEntryOut(ApiModel):
    """A document in the register of its year. 收发文登记簿的一条。"""

    direction: RegisterSide
    year: int
    number: int
    """Counts from 1 in each year and direction; given once. 登记号。"""
    at: datetime
    kind: DocumentKind
    document_number: str
    """发文字号。"""
    title: str
    correspondents: str
    """Who wrote it, or to whom it went. 来文单位，或收文单位。"""
    sender: str
    message_id: str


class RegisterPage(ApiModel):
    """A page; ``next`` is its successor's cursor. 一页。"""

    model_config = example(
        {
            "items": [
                {
                    "direction": "received",
                    "year": 2026,
                    "number": 1,
                    "at": EXAMPLE_AT,
                    "kind": "函",
                    "document_number": "合规函〔2026〕3号",
                    "title": "关于商请提供路网资料的函",
                    "correspondents": "hefei.planning",
                    "sender": "hefei.planning",
                    "message_id": EXAMPLE_ID,
                }
            ],
            "next": None,
        }
    )

    items: tuple[RegisterEntryOut, ...]
    next: str | None = None


class CirculateIn(ApiModel):
    """Who is to read it, and who puts it round. 传阅对象和送阅人。"""

    model_config = example({"to": ["办公室主任"], "officer": "收发室"})

    to: Annotated[tuple[Line, ...], Field(min_length=1, max_length=100)]
    officer: Line
    """Who puts it round. 送阅人。"""


class HasReadIn(ApiModel):
    """Who has read it. 已阅人。"""

    model_config = example({"officer": "办公室主任"})

    officer: Line


class ReaderOut(ApiModel):
    """An officer to whom a document is put round. 传阅对象。"""

    officer: str
    state: CirculationState
    put_by: str
    put_at: datetime
    read_at: datetime | None = None


class CirculationOut(ApiModel):
    """To whom a received document is put round, and who has read it. 传阅情况。"""

    model_config = example(
        {
            "message_id": EXAMPLE_ID,
            "readers": [
                {
                    "officer": "办公室主任",
                    "state": "read",
                    "put_by": "收发室",
                    "put_at": EXAMPLE_AT,
                    "read_at": EXAMPLE_AT,
                }
            ],
        }
    )

    message_id: str
    readers: tuple[ReaderOut, ...]


@router.get(
    "/register",
    response_model=RegisterPage,
    summary="收发文登记簿 · The register of documents",
    description="按年编号，收文、发文各自编号。 · What came or what went in one year (default: this one), by number. "
    "Scope: read.",
    responses=documented(),
)
def register(
    caller: Reading,
    api: Shared,
    request: Request,
    response: Response,
    direction: Annotated[RegisterSide, Query(description="收文或发文 · what came, or what went")],
    year: Annotated[int | None, Query(description="年度 · the year", ge=2000, le=2200)] = None,
    kind: Annotated[DocumentKind | None, Query(description="文种 · only one kind of document")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> RegisterPage:
    behind, opened = position_of(cursor), api.member(caller.member)
    asked = year or opened.node.clock.now().year
    with opened.store.reading() as tx:
        rows = tx[Register].page(direction, asked, kind, behind or 0, limit + 1)
    kept = {"direction": direction.value, "year": str(asked)} | ({"kind": kind.value} if kind is not None else {})
    shown, following = page_of(request, response, rows, limit, lambda row: cursor_of(row.number), **kept)
    items = tuple(
        RegisterEntryOut(
            direction=row.direction,
            year=row.year,
            number=row.number,
            at=row.at,
            kind=row.kind,
            document_number=row.document_number,
            title=row.title,
            correspondents=row.correspondents,
            sender=row.sender,
            message_id=row.message_id,
        )
        for row in shown
    )
    return RegisterPage(items=items, next=following)


@router.get(
    "/documents/{message_id}/circulation",
    response_model=CirculationOut,
    summary="传阅情况 · Who has read a document",
    description="收到的公文在本机关内传阅给谁、谁已阅。 · To whom a received document is put round, and who "
    "has read it. Scope: read.",
    responses=documented(404),
)
def circulation(caller: Reading, api: Shared, message_id: MessageId) -> CirculationOut:
    return _readers(message_id, readers_of(api.member(caller.member).node, message_id))


@router.post(
    "/documents/{message_id}/circulation",
    response_model=CirculationOut,
    summary="送传阅 · Put a document round",
    description="收到的公文在本机关内送传阅；已在传阅的人员保持原记录。 · Puts a received document round to "
    "officers; who has it already keeps what is recorded. Scope: receive.",
    responses=documented(404, 409, 413, 415),
    openapi_extra=body_of(CirculateIn),
)
def circulate(
    caller: Receiving,
    api: Shared,
    message_id: MessageId,
    asked: Annotated[CirculateIn, json_of(CirculateIn)],
    key: Key = None,
) -> Response:
    def do(step: Step) -> CirculationOut:
        return _readers(message_id, circulate_in(step, message_id, asked.to, asked.officer))

    what = f"circulate {message_id}"
    return once(api.member(caller.member).node, api.clock, key, fingerprint_of(what, asked), do, 200)


@router.post(
    "/documents/{message_id}/circulation/reading",
    response_model=CirculationOut,
    summary="已阅 · Record that somebody has read it",
    description="登记传阅对象已阅；首次登记为准。 · Records that an officer to whom it was put round has read "
    "it; the first time counts. Scope: receive.",
    responses=documented(404, 409, 413, 415),
    openapi_extra=body_of(HasReadIn),
)
def has_read(
    caller: Receiving,
    api: Shared,
    message_id: MessageId,
    asked: Annotated[HasReadIn, json_of(HasReadIn)],
    key: Key = None,
) -> Response:
    def do(step: Step) -> CirculationOut:
        mark_read_in(step, message_id, asked.officer)
        return _readers(message_id, readers_in(step.tx, message_id))

    what = f"has read {message_id}"
    return once(api.member(caller.member).node, api.clock, key, fingerprint_of(what, asked), do, 200)


def _readers(message_id: str, found: Sequence[CirculationReader]) -> CirculationOut:
    readers = tuple(
        ReaderOut(officer=one.officer, state=one.state, put_by=one.put_by, put_at=one.put_at, read_at=one.read_at)
        for one in found
    )
    return CirculationOut(message_id=message_id, readers=readers)
