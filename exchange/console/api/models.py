"""What the API takes and gives: strict, closed, and with an example each."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import ConfigDict, Field, StringConstraints

from exchange.flow.ports import OutboxState
from exchange.schemas import Classification, Count, DocumentKind, Opinion, Purpose, Urgency, Wire
from exchange.schemas.base import ATTACHMENT_LIMIT, Address, CaseNumber, Digest, Line, MediaType, MessageId
from exchange.schemas.opinion import SpecialProcedure, Verdict

_ID = "0d5a3c1e-8f4b-4c53-9f0e-2b7a6d1c9e11"
_AT = "2026-03-02T09:00:00+08:00"
Base64 = Annotated[str, StringConstraints(max_length=(ATTACHMENT_LIMIT + 2) // 3 * 4)]
"""Bytes in base64 (RFC 4648, section 4), with padding."""
AnyBase64 = Annotated[str, Field(json_schema_extra={"contentEncoding": "base64"})]
Some = Annotated[int, Field(ge=1, le=100)]


def example(value: dict[str, Any]) -> ConfigDict:
    """A model's configuration with an example in its schema."""
    return ConfigDict(json_schema_extra={"examples": [value]})


class ApiModel(Wire):
    """What all of them share: the text under a field is its meaning in the OpenAPI document."""

    model_config = ConfigDict(use_attribute_docstrings=True)


class Fault(ApiModel):
    """One field that does not hold. 不符合要求的字段。"""

    pointer: str
    """Where: a JSON pointer (RFC 6901) into the body, or the parameter."""
    detail: str


class Problem(ApiModel):
    """What is wrong and what to do about it (RFC 9457). 问题详情：错误与处理办法。"""

    model_config = example(
        {
            "type": "/api/v1/docs#problem-conflict",
            "title": "Conflict",
            "status": 409,
            "code": "conflict",
            "detail": "case HEFEI-2026-000001 is decided",
            "mend": "a decision is made once",
            "errors": [],
        }
    )

    type: str
    title: str
    status: int
    code: str
    """Stable; for programs."""
    detail: str
    mend: str
    """What the one who can act should do."""
    errors: tuple[Fault, ...] = ()
    detail_zh: str | None = None
    """The detail in Chinese, where Accept-Language asks for it. 中文说明。"""
    mend_zh: str | None = None
    """What to do, in Chinese, where Accept-Language asks for it. 中文处理办法。"""


# --- documents ----------------------------------------------------------------------------------------------------


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
    document: DocumentIn
    attachments: Annotated[tuple[AttachmentIn, ...], Field(max_length=20)] = ()


class SentOut(ApiModel):
    """It is in the outbox, and goes out by itself. 已入发件箱。"""

    model_config = example({"message_id": _ID})

    message_id: MessageId


class DocumentLineOut(ApiModel):
    """A document on record, without its content. 存档公文（不含内容）。"""

    message_id: str
    sender: str
    direction: str
    """``sent`` or ``received``."""
    kind: str
    conversation_id: str
    recorded_at: datetime


class DocumentPage(ApiModel):
    """A page; ``next`` is its successor's cursor. 一页。"""

    model_config = example(
        {
            "items": [
                {
                    "message_id": _ID,
                    "sender": "hefei.planning",
                    "direction": "received",
                    "kind": "document",
                    "conversation_id": _ID,
                    "recorded_at": _AT,
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
            "message_id": _ID,
            "sender": "hefei.planning",
            "kind": "document",
            "conversation_id": _ID,
            "recorded_at": _AT,
            "direction": "received",
            "body": {"title": "关于商请提供路网资料的函"},
            "attachments": [
                {
                    "position": 0,
                    "size": 4,
                    "digest": "0" * 64,
                    "href": f"/api/v1/documents/{_ID}/attachments/0?sender=hefei.planning",
                }
            ],
            "signed": "0oRYKqE=",
        }
    )

    message_id: str
    sender: str
    kind: str
    conversation_id: str
    recorded_at: datetime
    direction: str
    body: dict[str, Any] | None
    """As the schema of its kind has it; null where it does not verify, and ``fault`` says why."""
    fault: str | None = None
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
            "message_id": _ID,
            "complete": True,
            "copies": [
                {
                    "addressee": "hefei.transport",
                    "state": "delivered",
                    "attempts": 1,
                    "written_at": _AT,
                    "sent_at": _AT,
                    "delivered_at": _AT,
                    "receipt": {"receipt": "e30=", "index": 0, "size": 1, "path": [], "signed": "0oRYKqE="},
                }
            ],
        }
    )

    message_id: str
    complete: bool
    """Whether everybody has signed for it."""
    copies: tuple[CopyOut, ...]


# --- inbox --------------------------------------------------------------------------------------------------------


class LeaseIn(ApiModel):
    """How many messages, and for how long. 领取数量与时限。"""

    model_config = example({"limit": 10, "seconds": 60})

    limit: Some = 10
    seconds: Annotated[int, Field(ge=1, le=3600)] = 60


class LeaseOut(ApiModel):
    """Messages that are nobody else's until the lease is over. 限时领取的报文。"""

    model_config = example({"lease": _ID, "until": _AT, "messages": []})

    lease: MessageId
    until: datetime
    messages: tuple[MessageOut, ...]


class MessageKey(ApiModel):
    """Names a message: ids are unique with their sender. 报文标识。"""

    sender: Address
    message_id: MessageId


class AcknowledgeIn(ApiModel):
    """Which messages of the lease the own system has; all of them where none is named. 确认。"""

    model_config = example({"messages": [{"sender": "hefei.planning", "message_id": _ID}]})

    messages: Annotated[tuple[MessageKey, ...], Field(max_length=100)] = ()


class AcknowledgedOut(ApiModel):
    """What is acknowledged under this lease, now and before; the same when it is asked again. 已确认。"""

    model_config = example({"lease": _ID, "acknowledged": [{"sender": "hefei.planning", "message_id": _ID}]})

    lease: str
    acknowledged: tuple[MessageKey, ...]


# --- opinions, notices --------------------------------------------------------------------------------------------


class OpinionIn(ApiModel):
    """The member's opinion on a case of its desk. 本部门意见。"""

    model_config = example(
        {
            "case_number": "SL-2026-000001",
            "consultation_id": _ID,
            "verdict": "agree",
            "officer": "张三",
            "decided_on": "2026-03-02",
        }
    )

    case_number: CaseNumber
    consultation_id: MessageId
    verdict: Verdict
    reasons: Annotated[str, StringConstraints(max_length=20_000)] = ""
    conditions: Annotated[str, StringConstraints(max_length=20_000)] = ""
    basis: Annotated[tuple[Line, ...], Field(max_length=20)] = ()
    competent_body: Line | None = None
    procedure: SpecialProcedure | None = None
    officer: Line
    decided_on: date

    def as_opinion(self, department: str) -> Opinion:
        """The opinion as it is signed. Raises pydantic's ValidationError where a verdict lacks what it must say."""
        fields = {name: getattr(self, name) for name in type(self).model_fields}
        return Opinion(department=department, **fields)


class NoticeOut(ApiModel):
    """How a notice stands, by the newest signed tallies. 通知的签收情况。"""

    model_config = example(
        {
            "notice_id": _ID,
            "seat": "origin",
            "state": "open",
            "origin": "anhui.office",
            "number": "皖政办〔2026〕3号",
            "received_at": _AT,
            "over": False,
        }
    )

    notice_id: str
    seat: str
    state: str
    origin: str
    number: str
    received_at: datetime
    act_by: str | None = None
    settled_at: datetime | None = None
    over: bool
    counts: tuple[Count, ...] = ()
    unsigned: tuple[str, ...] = ()
    unsigned_more: int = 0
    returned: int = 0
