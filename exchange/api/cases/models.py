"""What the API takes and gives about cases at a window: matters, applications, decisions, terms."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from exchange.api.documents.models import AttachmentIn
from exchange.api.model import EXAMPLE_AT, EXAMPLE_ID, ApiModel, example
from exchange.approval.rules.states import CaseState
from exchange.schemas import (
    MAX_FIELDS,
    Applicant,
    EntryKind,
    FieldAnswer,
    LedgerEntry,
    Matter,
    OrderedBy,
    Outcome,
    Overruling,
    WithoutConsent,
)
from exchange.schemas.base import Address, CaseNumber, LicenceNumber, Line, MatterCode, MessageId, Text
from exchange.schemas.opinion import ProcedureKind

Reasons = Annotated[str, StringConstraints(min_length=1, max_length=20_000)]


class MatterPage(ApiModel):
    """A page of the catalogue; ``next`` is its successor's cursor. 事项目录的一页。"""

    model_config = example(
        {
            "items": [
                {
                    "code": "road-occupation",
                    "version": "1",
                    "name": "占用挖掘城市道路审批",
                    "name_en": "Road occupation",
                    "lead": "hefei.window",
                    "basis": ["城市道路管理条例第三十一条"],
                    "materials": [{"code": "site-plan", "name": "总平面图", "required": True}],
                    "approvers": [{"department": "hefei.planning", "term_days": 5}],
                }
            ]
        }
    )

    items: tuple[Matter, ...]
    next: str | None = None


class MaterialIn(ApiModel):
    """One of the matter's materials: attached, or with a note where it lies. 申请材料。"""

    code: MatterCode
    attachment: AttachmentIn | None = None
    file: Line | None = None
    """In a form: the name of the file ``attachment`` that carries it."""
    note: Text = ""

    @model_validator(mode="after")
    def _carried_once(self) -> Self:
        if self.attachment is not None and self.file is not None:
            raise ValueError("file: give either attachment or file")
        return self


class CaseIn(ApiModel):
    """An application. 申请。"""

    model_config = example(
        {
            "matter": "road-occupation",
            "applicant": {"name": "热电集团", "identifier": "91340100MA2MXXXX1X", "contact": "0551-60000000"},
            "project": "黄山路供热管道工程",
            "summary": "占用黄山路人行道，工期六十日。",
            "materials": [
                {"code": "application-form", "attachment": {"name": "form.txt", "content": "55Sz6K+36KGo"}},
                {"code": "site-plan", "note": "见纸质材料"},
            ],
            "answers": [{"field": "length", "value": "850"}, {"field": "begins", "value": "2026-04-01"}],
        }
    )

    matter: MatterCode
    applicant: Applicant
    project: Line
    summary: Text = ""
    materials: Annotated[tuple[MaterialIn, ...], Field(max_length=50)] = ()
    answers: Annotated[tuple[FieldAnswer, ...], Field(max_length=MAX_FIELDS)] = ()
    """To the matter's own fields, which `GET /matters` lists: numbers, days, yes and no as text."""
    renews: LicenceNumber | None = None
    """The licence whose renewal is asked for (article 50); of filings at a portal alone. 申请延续的许可证件。"""


class CaseMade(ApiModel):
    """The application is accepted, and on its way to every department of the first stage. 已受理。"""

    model_config = example({"number": "HEFEI-2026-000001", "state": "open"})

    number: CaseNumber
    state: CaseState


class WithdrawalIn(ApiModel):
    """The applicant withdraws. 撤回。"""

    model_config = example({"reason": "申请人撤回申请"})

    reason: Line
    """The departments are told."""


class DecisionIn(ApiModel):
    """The lead's decision. 决定。"""

    model_config = example({"outcome": "grant", "reasons": "各部门均无异议。", "officer": "李四"})

    outcome: Outcome
    reasons: Reasons
    conditions: Text = ""
    """With grant-with-conditions, and only there."""
    basis: Annotated[tuple[Line, ...], Field(max_length=20)] = ()
    """The matter's own where it is not given."""
    overruled: Annotated[tuple[Overruling, ...], Field(max_length=64)] = ()
    """Reasons for each objection that is not followed."""
    without_consent: Annotated[tuple[WithoutConsent, ...], Field(max_length=64)] = ()
    """With a grant: reasons for each other department whose consent it lacks; the case names them in ``lacking``."""
    officer: Line


class ConfirmationIn(ApiModel):
    """An officer decides as the window's rule has prepared it. 确认拟定的决定。"""

    model_config = example({"officer": "李四", "outcome": "grant"})

    officer: Line
    outcome: Outcome | None = None
    """What the officer takes it to be: refused where it has become another one meanwhile."""


class DecisionMade(ApiModel):
    """The decision is signed, on record, and on its way to everybody who was consulted. 已决定。"""

    model_config = example({"number": "HEFEI-2026-000001", "outcome": "grant", "message_id": EXAMPLE_ID})

    number: CaseNumber
    outcome: Outcome
    message_id: MessageId


class ReviewIn(ApiModel):
    """An officer has reviewed a decision over which an opinion came in that was in time. 复核决定。"""

    model_config = example({"officer": "李四", "reasons": "维持原决定：该意见所提已另案评估。"})

    officer: Line
    reasons: Text
    """Whether the decision stands, and why; recorded in the journal. The decision stays as it was signed."""


class Reviewed(ApiModel):
    """The review is on record. 已复核。"""

    model_config = example({"number": "HEFEI-2026-000001", "departments": ["hefei.planning"]})

    number: CaseNumber
    departments: tuple[Address, ...]
    """Whose opinions it was about."""


class BodyIn(ApiModel):
    """The body that is competent, asked in place of one that is not. 补充征求意见。"""

    model_config = example({"department": "hefei.transport", "instead_of": "hefei.planning", "officer": "李四"})

    department: Address
    officer: Line
    instead_of: Address | None = None
    """The department that is not competent; may be left out where one alone is."""
    days: Annotated[int, Field(ge=1, le=90)] | None = None
    """A longer term than the matter's, in working days; never a shorter one."""
    reasons: Text = ""
    """Required where it is another body than the one that was named."""


class BodyAdded(ApiModel):
    """The case is on its way to that body, with its own full term. 已补充征求意见。"""

    model_config = example(
        {
            "number": "HEFEI-2026-000001",
            "department": "hefei.transport",
            "instead_of": "hefei.planning",
            "message_id": EXAMPLE_ID,
        }
    )

    number: CaseNumber
    department: Address
    instead_of: Address
    message_id: MessageId


class ReopeningIn(ApiModel):
    """A closed case is taken up again. 重新办理。"""

    model_config = example(
        {
            "officer": "李四",
            "ordered_by": "court",
            "order": "（2026）皖01行终1号",
            "reasons": "原决定认定事实不清。",
            "basis": ["行政诉讼法第七十条"],
            "ask": ["hefei.planning"],
        }
    )

    officer: Line
    reasons: Reasons
    """Told to the departments and shown to the applicant."""
    basis: Annotated[tuple[Line, ...], Field(min_length=1, max_length=20)]
    ordered_by: OrderedBy = OrderedBy.LEAD
    order: Line | None = None
    """The order's number or date, unless the lead itself reopens it."""
    ask: Annotated[tuple[Address, ...], Field(max_length=64)] = ()
    """Departments that are asked again, each with its full term; their silence is escalated, never more."""


class TermIn(ApiModel):
    """An entry in a department's term: stop, resume, restart or extend it. 期限调整。"""

    model_config = example(
        {
            "department": "hefei.planning",
            "entry": "extend",
            "days": 5,
            "reason": "涉及专项规划核对",
            "basis": ["行政许可法第四十二条"],
        }
    )

    department: Address
    entry: EntryKind
    reason: Line
    """Told to the department and to the monitors."""
    basis: Annotated[tuple[Line, ...], Field(max_length=20)] = ()
    """Required to stop, extend or restart."""
    days: Annotated[int, Field(ge=1, le=365)] | None = None
    """Working days; required to extend."""
    procedure: ProcedureKind | None = None
    """Required to stop: for which procedure of article 45."""
    ordered_by: Address | None = None
    """The window where it is not given."""


class TermOut(ApiModel):
    """The entry, and when the department is due by it. 期限调整结果。"""

    model_config = example(
        {
            "number": "HEFEI-2026-000001",
            "department": "hefei.planning",
            "entry": {
                "kind": "extend",
                "at": EXAMPLE_AT,
                "days": 5,
                "reason": "涉及专项规划核对",
                "basis": ["行政许可法第四十二条"],
                "actor": "hefei.window",
                "notice": EXAMPLE_ID,
            },
            "due_at": "2026-03-16T00:00:00+08:00",
        }
    )

    number: CaseNumber
    department: Address
    entry: LedgerEntry
    due_at: datetime | None
    """Null while the clock stands still."""
    provisional: bool = False
    """Whether the calendar may still move it."""
