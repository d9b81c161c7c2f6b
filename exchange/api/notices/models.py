"""What the API takes and gives about notices."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from exchange.api.documents.models import AttachmentIn, DocumentIn
from exchange.api.model import EXAMPLE_AT, EXAMPLE_ID, ApiModel, example
from exchange.notices.rules.states import NoticeSeat, NoticeState
from exchange.schemas import Count, Form, ReaderState, Treatment, Urgency
from exchange.schemas.base import Address, Line, MessageId
from exchange.schemas.form import Name
from exchange.schemas.instants import Day

_NOTICE = {
    "number": "皖政办〔2026〕3号",
    "kind": "通知",
    "issuer": "安徽省人民政府办公厅",
    "title": "关于做好防汛工作的通知",
    "body": "请认真落实。",
}
_LINE = {
    "notice_id": EXAMPLE_ID,
    "seat": "reader",
    "state": "open",
    "origin": "anhui.office",
    "number": "皖政办〔2026〕3号",
    "title": "关于做好防汛工作的通知",
    "treatment": "action",
    "urgency": "ordinary",
    "received_at": EXAMPLE_AT,
    "act_by": "2026-03-20",
}


class NoticeIn(ApiModel):
    """A notice and for whom it is. 通知及其发送范围。"""

    model_config = example({"audience": "departments", "document": _NOTICE, "act_by": "2026-03-20"})

    audience: Annotated[Line, Field(max_length=500)]
    """An expression over the levels: `departments`, `departments at county`, `all below anhui.hefei`. 发送范围。"""
    document: DocumentIn
    attachments: Annotated[tuple[AttachmentIn, ...], Field(max_length=20)] = ()
    act_by: Day | None = None
    """Until the end of which day it is to be dealt with; without one it is for information. 办理期限。"""
    replaces: MessageId | None = None
    """An open notice of the member that this one corrects. 所替换的通知。"""
    form: Form | None = None
    """What everybody who gets it is to answer; it goes with `act_by`. 报送表。"""


class NoticeCoverIn(ApiModel):
    """The relay office's own instruction in front of a notice that waits. 转发、批转。"""

    model_config = example(
        {
            "document": {**_NOTICE, "signatory": "王某", "title": "关于转发《关于做好防汛工作的通知》的通知"},
            "act_by": "2026-03-18",
        }
    )

    document: DocumentIn | None
    """A 通知 with its signatory; as urgent as the notice where it does not say. Null: it is passed on as it is.
    空值表示不加转发通知，直接转发。"""
    act_by: Day | None = None
    """An earlier day to act by, at this level and below. 本级办理期限。"""


class NoticeReturnIn(ApiModel):
    """Why a notice is sent back; its origin reads this. 退文理由。"""

    model_config = example({"reason": "不属本单位职责。"})

    reason: Annotated[str, StringConstraints(min_length=1, max_length=20_000)]


class NoticeRecallIn(ApiModel):
    """Why a notice is taken back; everybody who has it reads this. 撤回理由。"""

    model_config = example({"reason": "附件有误。"})

    reason: Line


class NoticeAnswerIn(ApiModel):
    """The whole answer to a notice's form, by the names of its fields. 填报内容。"""

    model_config = example({"values": {"pumps": "31", "ready": "yes"}})

    values: Annotated[dict[Name, Annotated[str, StringConstraints(max_length=2_000)]], Field(max_length=60)]
    """As text: `12`, `3.50`, `2026-03-02`, `yes`, `no`, a choice as the form words it."""


class ReceiptsIn(ApiModel):
    """Whose receipts are asked for. 索取回执的范围。"""

    model_config = example({"of": "anhui.hefei"})

    of: Address | None = None
    """One authority, or a domain and all below it; null: all. 单位或区域。"""


class NoticeActedOut(ApiModel):
    """It is done, and signed; the message goes out by itself. 已办理。"""

    model_config = example({"notice_id": EXAMPLE_ID, "message_id": EXAMPLE_ID})

    notice_id: MessageId
    message_id: MessageId
    """What was signed: of a notice that is issued, itself."""


class ReceiptsAskedOut(ApiModel):
    """What was asked for; it comes by itself, level by level. 已索取。"""

    model_config = example({"notice_id": EXAMPLE_ID, "request_id": EXAMPLE_ID, "domain": "anhui.hefei", "body": None})

    notice_id: MessageId
    request_id: MessageId
    domain: str
    body: str | None = None
    """The one authority that was named."""


class ProvedOut(ApiModel):
    """An authority whose own signature was verified. 签名已验证的单位。"""

    address: str
    state: ReaderState
    has_at: datetime | None = None
    signed_at: datetime | None = None
    reason: str = ""
    proof: str | None = None
    """SHA-256 of what it has signed."""


class MissingOut(ApiModel):
    """Receipts that a domain counts and did not show. 缺失的回执。"""

    domain: str
    number: int


class CountFaultOut(ApiModel):
    """Where what a domain shows goes against its count. 不符之处。"""

    domain: str
    why: str
    why_zh: str


class ReceiptsShownOut(ApiModel):
    """What has come in answer to the last request, verified anew; a page of the receipts. 已收到的回执。"""

    model_config = example(
        {
            "notice_id": EXAMPLE_ID,
            "request_id": EXAMPLE_ID,
            "holds": True,
            "proved": [
                {
                    "address": "hefei.planning",
                    "state": "signed",
                    "has_at": EXAMPLE_AT,
                    "signed_at": EXAMPLE_AT,
                    "proof": "0" * 64,
                }
            ],
        }
    )

    notice_id: MessageId
    request_id: MessageId
    holds: bool
    """Whether everything that was asked for has come, and every count rests on signatures that hold."""
    proved: tuple[ProvedOut, ...] = ()
    missing: tuple[MissingOut, ...] = ()
    faults: tuple[CountFaultOut, ...] = ()
    waiting: tuple[str, ...] = ()
    """Domains from which not everything has come yet."""
    moved: tuple[str, ...] = ()
    """Domains that have counted on meanwhile: ask again."""
    next: str | None = None


class NoticeLineOut(ApiModel):
    """A notice, without its text. 通知（不含正文）。"""

    notice_id: str
    seat: NoticeSeat
    state: NoticeState
    origin: str
    number: str
    title: str
    treatment: Treatment
    urgency: Urgency
    received_at: datetime
    act_by: date | None = None
    settled_at: datetime | None = None
    """When it was signed for, sent back or taken back here."""
    reason: str | None = None


class NoticePage(ApiModel):
    """A page; ``next`` is its successor's cursor. 一页。"""

    model_config = example({"items": [_LINE], "next": None})

    items: tuple[NoticeLineOut, ...]
    next: str | None = None


class NoticeOut(NoticeLineOut):
    """How a notice stands, by the newest signed tallies. 通知的签收情况。"""

    model_config = example({**_LINE, "audience": "departments", "message_id": EXAMPLE_ID, "over": False})

    audience: str
    message_id: str
    """The message that it is in here; its text is `GET /documents/ID`."""
    form: Form | None = None
    """What is to be answered. 报送表。"""
    cover_due: date | None = None
    """At a relay office where it waits: until the end of which day it is to go on."""
    over: bool
    counts: tuple[Count, ...] = ()
    unsigned: tuple[str, ...] = ()
    unsigned_more: int = 0
    returned: int = 0
