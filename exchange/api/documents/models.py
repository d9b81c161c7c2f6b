"""What the API takes and gives about documents, messages and their receipts."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from exchange.api.model import EXAMPLE_AT, EXAMPLE_ID, AnyBase64, ApiModel, Base64, example
from exchange.messaging.records import OutboxState
from exchange.schemas import MESSAGES, Classification, Concerned, DocumentKind, Printing, Purpose, Urgency
from exchange.schemas.base import Address, Digest, Line, MediaType, MessageId

MessageKind = Annotated[
    str, Field(description="; ".join(" ".join((f"`{kind}`", *body.TITLE)) for kind, body in MESSAGES.items()))
]
"""A kind of message. Not closed: what a later release adds is passed on."""


class DocumentIn(ApiModel):
    """An official document by the elements of GB/T 9704-2012. 公文（按 GB/T 9704-2012 各要素）。"""

    number: Line
    kind: DocumentKind
    classification: Classification = Classification.NONE
    issuer: Line
    signatory: Line | None = None
    title: Line
    addressees: Annotated[tuple[Line, ...], Field(max_length=200)] = ()
    """As the text names them (主送机关); where it is delivered stands in ``to``."""
    body: Annotated[str, StringConstraints(min_length=1, max_length=200_000)]
    date: Annotated[date | None, Field(default=None)]
    """Date of issue; today where there is none."""
    urgency: Urgency = Urgency.ORDINARY
    purpose: Purpose = Purpose.ACTION
    notes: Annotated[str, StringConstraints(max_length=2_000)] = ""
    concerns: Annotated[tuple[Concerned, ...], Field(max_length=50)] = ()
    """Other authorities whose powers it touches, and where each agreed. 涉及职权的其他机关及其同意文件。"""
    copy_number: Annotated[int | None, Field(ge=1, le=999_999)] = None
    """份号。"""
    issuing_mark: Line | None = None
    """What stands at its head. 发文机关标志。"""
    printing: Printing | None = None
    """印发机关和印发日期。"""


class AttachmentIn(ApiModel):
    """An attachment, its bytes in base64. 附件。"""

    name: Line
    media_type: MediaType | None = None
    """By the name's ending where it is not said."""
    content: Base64


class SendIn(ApiModel):
    """A document and where it goes. 公文及其主送、抄送单位。"""

    model_config = example(
        {
            "to": ["hefei.transport"],
            "document": {
                "number": "合规函〔2026〕3号",
                "kind": "函",
                "issuer": "合肥市自然资源和规划局",
                "title": "关于商请提供路网资料的函",
                "addressees": ["合肥市交通运输局"],
                "body": "请于三月底前提供。",
            },
            "attachments": [{"name": "plan.txt", "content": "5pa95bel5pa55qGI"}],
        }
    )

    to: Annotated[tuple[Address, ...], Field(max_length=200)]
    copies: Annotated[tuple[Address, ...], Field(max_length=200)] = ()
    answers: MessageId | None = None
    """The message that it answers (批复, 复函)."""
    replaces: MessageId | None = None
    """A document of the member that an addressee has sent back, and that this one replaces. 代替的被退公文。"""
    document: DocumentIn
    attachments: Annotated[tuple[AttachmentIn, ...], Field(max_length=20)] = ()


class SentOut(ApiModel):
    """It is in the outbox, and goes out by itself. 已入发件箱。"""

    model_config = example({"message_id": EXAMPLE_ID})

    message_id: MessageId


class DocumentLineOut(ApiModel):
    """A document on record, without its content. 存档公文（不含内容）。"""

    message_id: str
    sender: str
    direction: str
    """``sent`` or ``received``."""
    kind: MessageKind
    conversation_id: str
    recorded_at: datetime


class DocumentPage(ApiModel):
    """A page; ``next`` is its successor's cursor. 一页。"""

    model_config = example(
        {
            "items": [
                {
                    "message_id": EXAMPLE_ID,
                    "sender": "hefei.planning",
                    "direction": "received",
                    "kind": "document",
                    "conversation_id": EXAMPLE_ID,
                    "recorded_at": EXAMPLE_AT,
                }
            ],
            "next": "WzQyXQ",
        }
    )

    items: tuple[DocumentLineOut, ...]
    next: str | None = None


class AttachmentOut(ApiModel):
    """An attachment's place: its bytes are at ``href``. 附件所在。"""

    position: int
    size: int
    digest: Digest
    href: str


class MessageOut(ApiModel):
    """A verified message: its body as JSON, and the signed bytes that prove it. 已验证的报文。"""

    model_config = example(
        {
            "message_id": EXAMPLE_ID,
            "sender": "hefei.planning",
            "kind": "document",
            "conversation_id": EXAMPLE_ID,
            "recorded_at": EXAMPLE_AT,
            "direction": "received",
            "body": {"title": "关于商请提供路网资料的函"},
            "attachments": [
                {
                    "position": 0,
                    "size": 4,
                    "digest": "0" * 64,
                    "href": f"/api/v1/documents/{EXAMPLE_ID}/attachments/0?sender=hefei.planning",
                }
            ],
            "signed": "0oRYKqE=",
        }
    )

    message_id: str
    sender: str
    kind: MessageKind
    conversation_id: str
    recorded_at: datetime
    direction: str
    body: dict[str, Any] | None
    """As the schema of its kind has it; null where it does not verify, and ``fault`` says why."""
    fault: str | None = None
    issuer_is_signer: bool | None = None
    """Whether a document's issuer is the name of ``sender``, who has signed it; null where there is no such document
    or no such name."""
    code_is_signers: bool | None = None
    """Whether the agency code (机关代字) of a document's number is its signer's, by the directory (a joint document's
    lead's, a forwarded one's origin's); null where that is not known there, or the number bears none."""
    attachments: tuple[AttachmentOut, ...] = ()
    signed: AnyBase64
    """COSE_Sign1, as it came: keep it."""


class ReceiptOut(ApiModel):
    """The addressee's signature for it: a leaf and its path to the signed root (RFC 9162). 签收回执及其证明。"""

    receipt: AnyBase64
    """The receipt's JSON bytes, exactly as they were signed for."""
    index: int
    size: int
    path: tuple[AnyBase64, ...]
    signed: AnyBase64
    """The COSE_Sign1 over the batch whose root the path leads to."""


class CopyOut(ApiModel):
    """Where one addressee's copy stands. 某一收件单位的送达状态。"""

    addressee: str
    state: OutboxState
    attempts: int
    written_at: datetime
    sent_at: datetime | None = None
    delivered_at: datetime | None = None
    returned_at: datetime | None = None
    reason: str | None = None
    receipt: ReceiptOut | None = None


class ReceiptsOut(ApiModel):
    """All copies of one message. 一份公文的全部回执。"""

    model_config = example(
        {
            "message_id": EXAMPLE_ID,
            "complete": True,
            "copies": [
                {
                    "addressee": "hefei.transport",
                    "state": "delivered",
                    "attempts": 1,
                    "written_at": EXAMPLE_AT,
                    "sent_at": EXAMPLE_AT,
                    "delivered_at": EXAMPLE_AT,
                    "receipt": {"receipt": "e30=", "index": 0, "size": 1, "path": [], "signed": "0oRYKqE="},
                }
            ],
        }
    )

    message_id: str
    complete: bool
    """Whether everybody has signed for it."""
    copies: tuple[CopyOut, ...]


class ResendIn(ApiModel):
    """Whose copy is sent again at once; everybody's where nobody is named. 再发对象。"""

    model_config = example({"addressee": "hefei.transport"})

    addressee: Address | None = None


class ResentOut(ApiModel):
    """How many copies go out again at once. 再发份数。"""

    model_config = example({"message_id": EXAMPLE_ID, "copies": 1})

    message_id: str
    copies: int
