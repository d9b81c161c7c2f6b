"""What the API takes and gives of hearings: called, put off, called off, on record."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import StringConstraints

from exchange.api.model import EXAMPLE_AT, EXAMPLE_ID, ApiModel, Base64, example
from exchange.approval.hearings.records import HearingRow
from exchange.approval.hearings.states import HearingState
from exchange.schemas.base import CaseNumber, Line, MessageId
from exchange.schemas.instants import Day, Instant

_LONG = Annotated[str, StringConstraints(min_length=1, max_length=20_000)]
_HELD_AT = "2026-03-20T09:30:00+08:00"


class HearingIn(ApiModel):
    """When, where and under whom a hearing is held, and why. 听证的时间、地点、主持人和理由。"""

    model_config = example(
        {
            "held_at": _HELD_AT,
            "place": "政务服务中心三号室",
            "chair": "王敏",
            "officer": "李伟",
            "reasons": "施工临近住宅，涉及利害关系人重大利益。",
        }
    )

    held_at: Instant
    """Seven working days ahead at least, and within twenty of the request."""
    place: Line
    chair: Line
    """Who chairs it: not the officer who reviews the application (article 48)."""
    officer: Line
    """Who reviews it."""
    reasons: _LONG
    """The applicant and the departments read them."""


class HearingEndIn(ApiModel):
    """Why a hearing is not held. 取消听证的理由。"""

    model_config = example({"reasons": "申请人书面放弃听证。"})

    reasons: _LONG


class HearingPaperIn(ApiModel):
    """A paper as it was signed, its bytes in base64. 签字笔录。"""

    name: Line
    content: Base64


class HearingRecordIn(ApiModel):
    """The record of a hearing, on which the decision is made. 听证笔录。"""

    model_config = example({"held_on": "2026-03-20", "record": "申请人、利害关系人到场，陈述意见如下……"})

    held_on: Day
    record: _LONG
    paper: HearingPaperIn | None = None
    """The paper as it was signed; it goes with the record to all who get that. 签字笔录扫描件。"""


class HearingTold(ApiModel):
    """The hearing stands as it was told, by this message. 听证已告知。"""

    model_config = example({"number": "HEFEI-2026-000001", "message_id": EXAMPLE_ID})

    number: CaseNumber
    message_id: MessageId


class HearingOut(ApiModel):
    """A hearing of a case, with what came of it. 听证情况。"""

    model_config = example(
        {
            "state": "called",
            "held_at": _HELD_AT,
            "place": "政务服务中心三号室",
            "chair": "王敏",
            "called_at": EXAMPLE_AT,
            "notice_id": EXAMPLE_ID,
        }
    )

    state: HearingState
    held_at: datetime
    place: str
    chair: str
    called_at: datetime
    requested_at: datetime | None = None
    """When the applicant has asked for it; null where the window holds it of its own motion."""
    notice_id: str
    record_id: str | None = None
    ended_at: datetime | None = None


def hearing_out(row: HearingRow) -> HearingOut:
    """Return a hearing as the API gives it."""
    return HearingOut(**{name: getattr(row, name) for name in HearingOut.model_fields})
