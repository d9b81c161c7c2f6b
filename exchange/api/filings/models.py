"""What the API takes and gives of filings at a window: what was handed in, what is missing, what becomes of it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from exchange.api.cases.models import Reasons
from exchange.api.model import EXAMPLE_AT, EXAMPLE_ID, ApiModel, example
from exchange.approval.filings.states import FilingState
from exchange.schemas import (
    AcceptanceOutcome,
    Applicant,
    FieldAnswer,
    FilingChannel,
    FilingNumber,
    MissingItem,
    Promised,
)
from exchange.schemas.base import CaseNumber, Digest, Line, MatterCode, MessageId

NUMBER = "2026-7KQ4-M2XD"
_LINE: dict[str, Any] = {
    "number": NUMBER,
    "portal": "hefei.portal",
    "state": "received",
    "channel": "web",
    "matter": "road-occupation",
    "matter_version": "2026.2",
    "project": "黄山路供热管道工程",
    "applicant": "庐州供热有限公司",
    "received_at": EXAMPLE_AT,
    "complete_at": EXAMPLE_AT,
    "tell_by": "2026-03-10T00:00:00+08:00",
    "filing_id": EXAMPLE_ID,
    "message_id": EXAMPLE_ID,
}


class FilingLineOut(ApiModel):
    """A filing at the window. 收件。"""

    number: FilingNumber
    portal: str
    """Who signed it for its applicant; numbers are unique there."""
    state: FilingState
    channel: FilingChannel
    matter: str
    matter_version: str
    """As it was when it was handed in: by that it is accepted and decided."""
    project: str
    applicant: str
    received_at: datetime
    complete_at: datetime
    """When the application came as it is now; an acceptance dates from it."""
    tell_by: datetime | None = None
    """While it waits for the window: until when the applicant is told what is missing. 一次告知期限。"""
    told_at: datetime | None = None
    """When it was told, once, what is missing."""
    ended_at: datetime | None = None
    outcome: AcceptanceOutcome | None = None
    case_number: str | None = None
    """The case that its acceptance has opened: `GET /cases/NUMBER`."""
    hearing_at: datetime | None = None
    """When the applicant has asked for a hearing."""
    filing_id: MessageId
    """The signed filing: `GET /documents/ID`."""
    message_id: MessageId
    """The signed message with the application as it is now: the filing, or its last supplement."""
    acceptance_id: str | None = None
    """The window's last signed document on it."""


class FilingPage(ApiModel):
    """A page; ``next`` is its successor's cursor. 一页。"""

    model_config = example({"items": [_LINE], "next": None})

    items: tuple[FilingLineOut, ...]
    next: str | None = None


class FiledFileOut(ApiModel):
    """A file as it was handed in, without its key. 材料文件。"""

    position: int
    name: str
    media_type: str
    size: int
    digest: Digest
    scanned: bool
    """Whether a scanner at the portal has looked at it and found nothing; false: not scanned. 是否经过病毒扫描。"""
    href: str


class FiledMaterialOut(ApiModel):
    """A material as it was handed in: a file, or a note where it lies. 申请材料。"""

    code: MatterCode
    note: str = ""
    file: FiledFileOut | None = None


class FiledApplicationOut(ApiModel):
    """The application as it is now. 申请。"""

    applicant: Applicant
    project: str
    summary: str
    materials: tuple[FiledMaterialOut, ...]
    answers: tuple[FieldAnswer, ...]
    submitted_at: datetime


class ShortcomingOut(ApiModel):
    """One thing that the form's own check finds missing, or not as the matter asks. 缺项与处理办法。"""

    what: str
    remedy: str
    field: str | None = None
    material: str | None = None
    promisable: bool = False
    """Whether the matter lets it be handed in later: `promised` of the acceptance. 可容缺。"""


class FilingOut(FilingLineOut):
    """A filing with its application, and what it lacks. 收件及其申请。"""

    model_config = example(
        {
            **_LINE,
            "provisional": False,
            "application": {
                "applicant": {
                    "name": "庐州供热有限公司",
                    "identifier": "91340100MA00000011",
                    "contact": "0551-65550101",
                },
                "project": "黄山路供热管道工程",
                "summary": "",
                "materials": [{"code": "planning-approval", "note": "在线核验"}],
                "answers": [{"field": "length", "value": "850"}],
                "submitted_at": EXAMPLE_AT,
            },
            "lacking": [{"what": "missing: 施工平面图 (plan)", "remedy": "hand it in", "material": "plan"}],
            "promised": [],
            "revision": "0" * 32,
        }
    )

    provisional: bool
    """Whether ``tell_by`` lies beyond the published calendar, which may still move it."""
    application: FiledApplicationOut
    lacking: tuple[ShortcomingOut, ...]
    """All of it at once, by the form's own check; whether it is in form, an officer looks. 表单校验结果。"""
    promised: tuple[Promised, ...]
    """What was accepted against a promise, and has not come. 容缺受理尚未补交。"""
    revision: str
    """Another one after any change; also the header ``ETag``, for ``If-Match``."""


class AcceptanceIn(ApiModel):
    """An officer accepts it. 受理。"""

    model_config = example({"officer": "李四", "promised": []})

    officer: Line
    promised: Annotated[tuple[MatterCode, ...], Field(max_length=50)] = ()
    """Materials that are missing, and that the applicant hands in later. 容缺受理的材料。"""


class FilingAccepted(ApiModel):
    """It is accepted, and its case on its way to every department of the first stage. 已受理。"""

    model_config = example({"number": NUMBER, "state": "accepted", "case_number": "HEFEI-2026-000001"})

    number: FilingNumber
    state: FilingState
    case_number: CaseNumber


class MissingIn(ApiModel):
    """Everything that is missing or not in form, told once. 一次告知补正。"""

    model_config = example({"officer": "李四", "missing": [{"what": "施工平面图未盖章", "remedy": "上传盖章的平面图"}]})

    officer: Line
    missing: Annotated[tuple[MissingItem, ...], Field(min_length=1, max_length=100)]


class RefusalIn(ApiModel):
    """It is turned down: no licence is needed, another authority is competent, or it stays incomplete. 不予受理。"""

    model_config = example(
        {
            "officer": "李四",
            "outcome": "not-competent",
            "reasons": "该路段由经开区管理。",
            "competent_body": "经开区建设发展局",
        }
    )

    officer: Line
    outcome: AcceptanceOutcome
    """`not-needed`, `not-competent` or `refused`."""
    reasons: Reasons
    """The applicant reads them."""
    competent_body: Line | None = None
    """With not-competent, and only there."""


class FilingTold(ApiModel):
    """The signed document is on record, and on its way to the applicant. 已告知。"""

    model_config = example({"number": NUMBER, "state": "incomplete", "outcome": "incomplete", "message_id": EXAMPLE_ID})

    number: FilingNumber
    state: FilingState
    outcome: AcceptanceOutcome
    message_id: MessageId
