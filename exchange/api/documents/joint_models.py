"""What the API takes and gives about joint documents."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from exchange.api.documents.models import AttachmentIn, DocumentIn
from exchange.api.model import EXAMPLE_AT, EXAMPLE_ID, ApiModel, example
from exchange.joint.states import JointSeat, JointState, SignerState
from exchange.schemas.base import Address
from exchange.schemas.joint import MAX_SIGNERS

_DRAFT = {
    "cosigners": ["hefei.transport"],
    "to": ["hefei.window"],
    "document": {
        "number": "合规〔2026〕8号",
        "kind": "意见",
        "issuer": "合肥市自然资源和规划局、合肥市交通运输局",
        "signatory": "王某",
        "title": "关于路网建设的意见",
        "addressees": ["合肥市政务服务窗口"],
        "body": "现提出以下意见。",
    },
}


class JointIn(ApiModel):
    """A text for several authorities to sign, and where it goes then. 联合行文稿及其会签、主送、抄送单位。"""

    model_config = example(_DRAFT)

    cosigners: Annotated[tuple[Address, ...], Field(min_length=1, max_length=MAX_SIGNERS - 1)]
    """Who signs it with the member, which leads, in this order. 会签单位，按顺序。"""
    to: Annotated[tuple[Address, ...], Field(min_length=1, max_length=200)]
    copies: Annotated[tuple[Address, ...], Field(max_length=200)] = ()
    document: DocumentIn
    """Without a date: the last signature makes it. 不写成文日期。"""
    attachments: Annotated[tuple[AttachmentIn, ...], Field(max_length=20)] = ()


class JointReasonsIn(ApiModel):
    """Why an authority does not sign, or why the lead takes its text back. 理由。"""

    model_config = example({"reasons": "数据尚未核对"})

    reasons: Annotated[str, StringConstraints(min_length=1, max_length=2_000)]


class JointLineOut(ApiModel):
    """A joint document, without its text. 联合行文（不含正文）。"""

    joint_id: str
    """Also the id of the message that sent the text round."""
    role: JointSeat
    """What the member is to it: ``lead`` or ``signer``."""
    state: JointState
    """``open``: at a signer, not answered yet; at the lead, somebody has not signed."""
    lead: str
    number: str
    title: str
    received_at: datetime
    settled_at: datetime | None = None
    ended_by: str | None = None
    reasons: str | None = None
    issued_on: str | None = None
    message_id: str | None = None
    """The message by which it went out."""


_LINE = {
    "joint_id": EXAMPLE_ID,
    "role": "signer",
    "state": "open",
    "lead": "hefei.planning",
    "number": "合规〔2026〕8号",
    "title": "关于路网建设的意见",
    "received_at": EXAMPLE_AT,
}


class JointPage(ApiModel):
    """A page; ``next`` is its successor's cursor. 一页。"""

    model_config = example({"items": [_LINE], "next": None})

    items: tuple[JointLineOut, ...]
    next: str | None = None


class JointSignerOut(ApiModel):
    """One signer, as far as it is known at this member. 会签单位及其状态。"""

    address: str
    state: SignerState
    """``unknown``: the lead knows, and tells when all have signed or one refuses."""
    signed_at: datetime | None = None
    """By its signature, verified now; null where it is not on record here."""
    fault: str | None = None
    """Why its signature does not verify. 签名验证不通过的原因。"""
    reason: str = ""


class JointOut(JointLineOut):
    """A joint document with its signers; its text is ``GET /documents/{joint_id}``. 联合行文及其会签情况。"""

    model_config = example(
        {**_LINE, "signers": [{"address": "hefei.planning", "state": "signed"}], "addressees": ["hefei.window"]}
    )

    signers: tuple[JointSignerOut, ...]
    """In their order, the lead first."""
    addressees: tuple[str, ...]
    copies: tuple[str, ...] = ()
    answer_fault: str = ""
    """Why the lead has returned this member's own answer, or why it did not reach the lead."""


class JointActedOut(ApiModel):
    """It is done, and on its way. 已办理，正在发送。"""

    model_config = example({"joint_id": EXAMPLE_ID, "state": "signed"})

    joint_id: str
    state: JointState
