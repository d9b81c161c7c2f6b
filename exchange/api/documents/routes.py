"""Documents: sent, listed, read, and the receipts that prove their arrival."""

from __future__ import annotations

from base64 import b64encode
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from exchange.api.content import Form, body_of, json_of, strictly
from exchange.api.documents.attachments import document_of, from_form
from exchange.api.documents.messages import message_out
from exchange.api.documents.models import (
    CopyOut,
    DocumentLineOut,
    DocumentPage,
    MessageOut,
    ReceiptOut,
    ReceiptsOut,
    ResendIn,
    ResentOut,
    SendIn,
    SentOut,
)
from exchange.api.door.auth import Reading, Sending, Shared
from exchange.api.idempotency import Key, fingerprint_of, once
from exchange.api.pagination import Cursor, Limit, cursor_of, page_of, position_of
from exchange.api.problems import documented
from exchange.documents.send import send_in
from exchange.errors import Conflict, NotFound
from exchange.messaging.documents import Documents
from exchange.messaging.node import Step
from exchange.messaging.receipts import proven_copies
from exchange.messaging.records import OutboxState, OutboxView, StoredDocument
from exchange.messaging.resend import resend_in
from exchange.operations.systems.member.records import DocumentLine
from exchange.operations.systems.member.store import InboxPages
from exchange.runtime.home import OpenedMember
from exchange.schemas import ReceiptProof
from exchange.schemas.base import Address, MessageId

router = APIRouter(tags=["documents"])
Sender = Annotated[Address | None, Query(description="发送单位（报文标识重复时）· whose, where an id is not unique")]


@router.post(
    "/documents",
    status_code=202,
    response_model=SentOut,
    summary="发文 · Send a document",
    description="校验后签名、加密并写入发件箱；由运行中的成员发出。 · Checked, signed, sealed and put into the outbox; "
    "whoever serves the member sends it. Attachments: base64 in the JSON, or files of a form beside the part "
    "`message`. Scope: send.",
    responses=documented(404, 409, 413, 415),
    openapi_extra=body_of(SendIn, form=True),
)
def send(caller: Sending, api: Shared, form: Form, key: Key = None) -> Response:
    data, files = form
    asked = strictly(SendIn, data)
    files_in = tuple(map(from_form, files))
    asked = asked.model_copy(update={"attachments": (*asked.attachments, *files_in)})
    opened = api.member(caller.member)
    issued_on = asked.document.date or opened.node.clock.now().date()
    document, enclosures = document_of(asked.document, asked.attachments, issued_on)

    def do(step: Step) -> SentOut:
        sent = send_in(
            step,
            document,
            asked.to,
            copies=asked.copies,
            enclosures=enclosures,
            in_reply_to=asked.answers,
            replaces=asked.replaces,
        )
        return SentOut(message_id=sent)

    return once(opened.node, api.clock, key, fingerprint_of("send", asked), do)


@router.get(
    "/documents",
    response_model=DocumentPage,
    summary="存档公文 · Documents on record",
    description="收发公文，新的在前，不含内容。 · Sent and received, newest first, without content. Scope: read.",
    responses=documented(),
)
def documents(
    caller: Reading, api: Shared, request: Request, response: Response, limit: Limit = 50, cursor: Cursor = None
) -> DocumentPage:
    before = position_of(cursor)
    with api.member(caller.member).store.reading() as tx:
        rows = tx[InboxPages].documents(before, limit + 1)
    shown, following = page_of(request, response, rows, limit, lambda row: cursor_of(row.position))
    return DocumentPage(items=tuple(map(line_out, shown)), next=following)


@router.get(
    "/documents/{message_id}",
    response_model=MessageOut,
    summary="查阅公文 · One document",
    description="本单位收发的公文，验证后给出。 · One that the member has sent or received, verified. Scope: read.",
    responses=documented(404, 409),
)
def document(caller: Reading, api: Shared, message_id: MessageId, sender: Sender = None) -> MessageOut:
    opened = api.member(caller.member)
    return message_out(opened.node.directory, _find(opened, message_id, sender))


@router.get(
    "/documents/{message_id}/attachments/{position}",
    response_class=Response,
    summary="附件 · An attachment's bytes",
    description="附件的原始字节。 · The bytes as they were signed for. Scope: read.",
    responses={
        200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}},
        **documented(404, 409),
    },
)
def attachment(caller: Reading, api: Shared, message_id: MessageId, position: int, sender: Sender = None) -> Response:
    found = _find(api.member(caller.member), message_id, sender)
    if not 0 <= position < len(found.enclosures):
        raise NotFound("the message has no attachment {position}", remedy="they are counted from 0", position=position)
    headers = {"content-disposition": "attachment"}
    return Response(found.enclosures[position], headers=headers, media_type="application/octet-stream")


@router.get(
    "/documents/{message_id}/receipts",
    response_model=ReceiptsOut,
    summary="签收回执 · Receipts",
    description="各收件单位的状态；已签收的附签名回执及其证明。 · Where each addressee's copy stands; signed receipts "
    "as bytes with their proofs. Scope: read.",
    responses=documented(404),
)
def receipts(caller: Reading, api: Shared, message_id: MessageId) -> ReceiptsOut:
    with api.member(caller.member).store.reading() as tx:
        found = proven_copies(tx, message_id)
    if not found:
        raise NotFound(
            "no message {message_id} was sent from here",
            remedy="`GET /documents` lists what was",
            message_id=message_id,
        )
    copies = tuple(_copy(row, proof) for row, proof in found)
    return ReceiptsOut(
        message_id=message_id, complete=all(row.state is OutboxState.DELIVERED for row, _ in found), copies=copies
    )


@router.post(
    "/documents/{message_id}/resending",
    status_code=202,
    response_model=ResentOut,
    summary="立即再发 · Send copies again at once",
    description="已放弃或等待重发的副本立即再发；已签收的收件单位不会重复办理。 · Copies that were abandoned, "
    "or wait to be sent again, go out at once; whoever has it already does nothing twice. Scope: send.",
    responses=documented(404, 409, 413, 415),
    openapi_extra=body_of(ResendIn),
)
def resend_copies(
    caller: Sending, api: Shared, message_id: MessageId, asked: Annotated[ResendIn, json_of(ResendIn)], key: Key = None
) -> Response:
    def do(step: Step) -> ResentOut:
        return ResentOut(message_id=message_id, copies=resend_in(step, message_id, asked.addressee))

    what = f"resend {message_id}"
    return once(api.member(caller.member).node, api.clock, key, fingerprint_of(what, asked), do)


def _find(opened: OpenedMember, message_id: str, sender: str | None) -> StoredDocument:
    with opened.store.reading() as tx:
        found = [one for one in tx[Documents].find(message_id) if sender in (None, one.sender)]
    found = [one for one in found if one.kind != "receipt"]
    if not found:
        raise NotFound(
            "no message {message_id} is on record here", remedy="`GET /documents` lists what is", message_id=message_id
        )
    if len({one.sender for one in found}) > 1:
        raise Conflict(
            "several senders have used the id {message_id}", remedy="name one: ?sender=ADDRESS", message_id=message_id
        )
    return found[0]


def line_out(row: DocumentLine) -> DocumentLineOut:
    """Return a document's line, as lists have it."""
    return DocumentLineOut(
        message_id=row.message_id,
        sender=row.sender,
        direction=row.direction,
        kind=row.kind,
        conversation_id=row.conversation_id,
        recorded_at=row.recorded_at,
    )


def _receipt(proof: ReceiptProof) -> ReceiptOut:
    return ReceiptOut(
        receipt=_text(proof.receipt),
        index=proof.index,
        size=proof.size,
        path=tuple(map(_text, proof.path)),
        signed=_text(proof.signed),
    )


def _copy(row: OutboxView, proof: ReceiptProof | None) -> CopyOut:
    return CopyOut(
        addressee=row.addressee,
        state=row.state,
        attempts=row.attempts,
        written_at=row.written_at,
        sent_at=row.sent_at,
        delivered_at=row.delivered_at,
        returned_at=row.returned_at,
        reason=row.last_error,
        receipt=_receipt(proof) if proof is not None else None,
    )


def _text(data: bytes) -> str:
    return b64encode(data).decode()
