"""What the API takes and gives at a portal: applications for applicants, what they say after it, how a case stands."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from exchange.api.cases.models import CaseIn
from exchange.api.filings.models import NUMBER
from exchange.api.model import EXAMPLE_AT, EXAMPLE_ID, ApiModel, example
from exchange.portal.view import FilingStanding
from exchange.schemas import (
    Acceptance,
    Applicant,
    CaseProgress,
    DecisionServed,
    FilingChannel,
    FilingNumber,
    Promised,
    RenewalTerm,
    SupplementInvitation,
    TacitAuthorisation,
)
from exchange.schemas.base import Address, Digest, Line, MatterCode, MessageId, Text

_APPLICATION: dict[str, Any] = {
    "matter": "road-occupation",
    "applicant": {"name": "庐州供热有限公司", "identifier": "91340100MA00000011", "contact": "0551-65550101"},
    "project": "黄山路供热管道工程",
    "materials": [
        {"code": "plan", "attachment": {"name": "plan.txt", "content": "5bmz6Z2i5Zu+"}},
        {"code": "planning-approval", "note": "在线核验"},
    ],
    "answers": [{"field": "length", "value": "850"}, {"field": "begins", "value": "2026-04-01"}],
}


class FilingIn(CaseIn):
    """An application for an applicant, with its statement of truth. 代申请人提交的申请。"""

    model_config = example(
        {**_APPLICATION, "declaration": "本单位对申请材料实质内容的真实性负责。"},
    )

    declaration: Line
    """The statement of truth that the applicant has affirmed, word for word (article 31). 真实性声明。"""
    agent: Applicant | None = None
    """Who hands it in for the applicant, where that is somebody else. 代办人。"""


class SupplementIn(CaseIn):
    """The whole application once more, completed: it takes the place of what was handed in. 补正后的完整申请。"""

    model_config = example(_APPLICATION)


class FilingMade(ApiModel):
    """It is signed, on record, and on its way to the window; nobody has looked at it. 已提交，尚未受理。"""

    model_config = example({"number": NUMBER, "code": "7KQ4-M2XD-9RTF", "message_id": EXAMPLE_ID})

    number: FilingNumber
    code: str | None = None
    """The access code by which the applicant follows it at the public window; given this once, kept nowhere. Null
    where the answer is repeated: `POST /filings/NUMBER/access-code` gives another one. 查询码，仅显示一次。"""
    message_id: MessageId


class AccessCodeIn(ApiModel):
    """A new access code, in place of one that was lost. 重新生成查询码。"""

    model_config = example({"reason": "申请人遗失查询码"})

    reason: Line
    """For the journal."""


class AccessCodeMade(ApiModel):
    """The new code, shown this once; the former one opens nothing any more. 新查询码，仅显示一次。"""

    model_config = example({"number": NUMBER, "code": "7KQ4-M2XD-9RTF"})

    number: FilingNumber
    code: str


class StatementIn(ApiModel):
    """What the applicant states, or that it asks for a hearing. 陈述申辩。"""

    model_config = example({"text": "占道范围已与交警支队现场核定。", "hearing": False})

    text: Annotated[str, Field(min_length=1, max_length=20_000)]
    hearing: bool = False
    """Whether a hearing is asked for. 申请听证。"""


class FilingWithdrawalIn(ApiModel):
    """The applicant takes its application back. 撤回申请。"""

    model_config = example({"reasons": "工期调整"})

    reasons: Text = ""


class FilingSent(ApiModel):
    """It is signed, on record, and on its way to the window. 已发出。"""

    model_config = example({"number": NUMBER, "message_id": EXAMPLE_ID})

    number: FilingNumber
    message_id: MessageId


class FilingPaperOut(ApiModel):
    """One signed paper of the conversation; its signed bytes: `GET /documents/ID`. 往来文书。"""

    kind: str
    message_id: MessageId
    ours: bool
    """Sent by the portal."""
    at: datetime
    signed_for: bool | None = None
    """Of one of the portal's: whether the window has signed for it; null while nothing is known."""
    reason: str = ""
    """Why the window has sent it back."""


class PortalFileOut(ApiModel):
    """A file as the portal keeps it. 材料文件。"""

    material: MatterCode
    name: str
    media_type: str
    """By its content, whatever was said of it."""
    size: int
    digest: Digest
    scanned: bool
    """Whether a scanner has looked at it and found nothing; false: not scanned. 是否经过病毒扫描。"""


class AskedAboutOut(ApiModel):
    """A department was told of the licence that has come of it (article 33). 部门查询许可信息。"""

    asker: Address
    at: datetime
    purpose: str
    """As the department has signed it; empty where that does not verify any more."""
    basis: tuple[str, ...]


class FilingProgressOut(ApiModel):
    """How a filing and its case stand, by the signed papers alone. 办理进度。"""

    model_config = example(
        {
            "number": NUMBER,
            "standing": "received",
            "matter": "road-occupation",
            "project": "黄山路供热管道工程",
            "channel": "api",
            "papers": [
                {"kind": "filing", "message_id": EXAMPLE_ID, "ours": True, "at": EXAMPLE_AT, "signed_for": True}
            ],
            "acceptances": [],
            "files": [],
            "promised": [],
            "revision": "0" * 32,
        }
    )

    number: FilingNumber
    standing: FilingStanding
    matter: str
    project: str
    channel: FilingChannel
    case_number: str | None = None
    tell_by: datetime | None = None
    """Until when it is told what is missing, by the window's last receipt. 一次告知期限。"""
    papers: tuple[FilingPaperOut, ...]
    """The oldest first."""
    acceptances: tuple[Acceptance, ...]
    """The window's documents on the filing, in order; `missing` of one that is incomplete has all that is."""
    promised: tuple[Promised, ...]
    """What was accepted against a promise, and has not come: a supplement brings it."""
    invited: tuple[SupplementInvitation, ...] = ()
    """What departments ask for since, and nothing has brought: a supplement does; no term is moved. 补充材料告知书。"""
    progress: CaseProgress | None = None
    """Every department's line, as far as the applicant may see it."""
    renewal: RenewalTerm | None = None
    """Of a renewal: until when it had to be asked for, and whether it was. 延续申请是否按时。"""
    renewed_by_law: TacitAuthorisation | None = None
    """The document by which it has arisen by law, decided by nobody. 视为准予延续证明。"""
    decision: DecisionServed | None = None
    """The decision as it is served: reasons, conditions, remedies, and until when the licence is handed out."""
    files: tuple[PortalFileOut, ...]
    """Its files as the portal keeps them; none once they are deleted there."""
    asked: tuple[AskedAboutOut, ...] = ()
    """Which departments were told of its licence, while its applicant is the holder; the latest first."""
    revision: str
    """Another one after any new paper; also the header ``ETag``, for ``If-Match``."""
