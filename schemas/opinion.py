"""A consulted department's opinion (审查意见): its verdict comes from a closed set, and says what it must."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar, Self

from pydantic import ConfigDict, Field, model_validator

from exchange.schemas.base import (
    Address,
    Basis,
    Body,
    CaseNumber,
    Line,
    MessageId,
    Queue,
    Room,
    Serial,
    Text,
    Title,
    Wire,
)
from exchange.schemas.catalogue.publication import OPEN, Visibility
from exchange.schemas.instants import Day, Instant
from exchange.schemas.published.conditions import (
    A_TEXT,
    BLANK,
    NOTHING,
    SOME,
    SOMETHING,
    VISIBLE,
    given,
    may,
    rules,
    says,
    when,
)


class Verdict(StrEnum):
    """All that a department can say. Anything else is returned, never guessed."""

    AGREE = "agree"  # 同意
    AGREE_WITH_CONDITIONS = "agree-with-conditions"  # 附条件同意
    DISAGREE = "disagree"  # 不同意
    NOT_COMPETENT = "not-competent"  # 非本部门职责
    SPECIAL_PROCEDURE = "special-procedure"  # 需要特别程序
    REFER_UPWARD = "refer-upward"  # 须报上级


class ProcedureKind(StrEnum):
    """Procedures that stop the clock; a closed list (Administrative License Law, article 45)."""

    HEARING = "hearing"  # 听证
    TENDER = "tender"  # 招标
    AUCTION = "auction"  # 拍卖
    INSPECTION = "inspection"  # 检验
    TESTING = "testing"  # 检测
    QUARANTINE = "quarantine"  # 检疫
    APPRAISAL = "appraisal"  # 鉴定
    EXPERT_REVIEW = "expert-review"  # 专家评审


class ObjectionGround(StrEnum):
    """Grounds of an objection that the lead must hear at once, even if it comes too late to count; a closed list."""

    SAFETY = "safety"  # 安全


class SpecialProcedure(Wire):
    """A procedure of the closed list, with the length the department gives notice of."""

    kind: ProcedureKind
    days: Annotated[int, Field(ge=1, le=180)]
    """Working days."""


class ProcedureEnded(Body):
    """A special procedure is over before its announced length: the department's clock runs on from this day.

    It ends nothing but what the same department has announced, and never makes its stop longer.
    """

    KIND: ClassVar[str] = "procedure-ended"
    TITLE: ClassVar[Title] = ("特别程序终结", "Procedure ended")
    ROOM: ClassVar[Room] = Room.APPROVAL
    QUEUE: ClassVar[Queue] = Queue.OPINIONS
    HAPPENED: ClassVar[tuple[str, ...]] = ("ended_on",)

    case_number: CaseNumber
    consultation_id: MessageId
    department: Address
    announcement: MessageId
    """The opinion that announced it."""
    reason: Line
    """Why the clock runs on, as it stands in the ledger: the hearing was held."""
    officer: Line
    ended_on: Day


class Opinion(Body):
    """A department's opinion on a case. A special procedure stops the clock; the opinion itself is still due.

    Schema version 1 had no ``ground``, version 2 no ``substitution``, version 3 not what the applicant sees, version 4
    no ``licence_answer``, and version 5 neither ``drafted_by`` nor ``in_place_of``; all are still read, and written
    where nothing newer is said.
    """

    KIND: ClassVar[str] = "opinion"
    TITLE: ClassVar[Title] = ("审查意见", "Opinion")
    ROOM: ClassVar[Room] = Room.APPROVAL
    QUEUE: ClassVar[Queue] = Queue.OPINIONS
    VERSION: ClassVar[int] = 6
    READ: ClassVar[tuple[int, ...]] = (1, 2, 3, 4, 5, 6)
    HAPPENED: ClassVar[tuple[str, ...]] = ("decided_on",)

    model_config = ConfigDict(
        json_schema_extra=rules(
            when(says("verdict", Verdict.DISAGREE), given(reasons=VISIBLE, basis=SOME)),
            when({"not": says("verdict", Verdict.DISAGREE)}, may(ground=NOTHING)),
            when(says("verdict", Verdict.AGREE_WITH_CONDITIONS), given(conditions=VISIBLE), may(conditions=BLANK)),
            when(says("verdict", Verdict.NOT_COMPETENT), given(competent_body=A_TEXT), may(competent_body=NOTHING)),
            when(says("verdict", Verdict.SPECIAL_PROCEDURE), given(procedure=SOMETHING), may(procedure=NOTHING)),
        )
    )

    case_number: CaseNumber
    consultation_id: MessageId
    department: Address
    verdict: Verdict
    reasons: Text = ""
    conditions: Text = ""
    basis: Basis = ()
    competent_body: Line | None = None
    procedure: SpecialProcedure | None = None
    ground: Annotated[ObjectionGround | None, Field(exclude_if=lambda ground: ground is None)] = None
    """On what an objection rests, where the lead must hear of it even if it comes late."""
    substitution: Annotated[Serial | None, Field(exclude_if=lambda serial: serial is None)] = None
    """By which entry of the directory its signer acts for ``department``; null where the department signs itself."""
    visible: Annotated[Visibility, Field(exclude_if=lambda visible: visible == OPEN)] = OPEN
    """What the applicant may see of it, and from when on: signed, so that no window shows more."""
    licence_answer: Annotated[MessageId | None, Field(exclude_if=lambda answer: answer is None)] = None
    """The licence answer that it rests on (Administrative License Law, article 33): one that its signer has."""
    officer: Line
    """Who has signed it. 签发人。"""
    drafted_by: Annotated[Line | None, Field(exclude_if=lambda name: name is None)] = None
    """Who has drafted it and submitted it for signature: another than ``officer``, where the matter wants a second
    person. 拟稿人。"""
    in_place_of: Annotated[Line | None, Field(exclude_if=lambda name: name is None)] = None
    """In whose place its signer has acted, standing in for an officer who was away. 代办。"""
    decided_on: Day

    @property
    def written_version(self) -> int:
        """The lowest that can say it."""
        if self.drafted_by is not None or self.in_place_of is not None:
            return 6
        if self.licence_answer is not None:
            return 5
        if self.visible != OPEN:
            return 4
        if self.substitution is not None:
            return 3
        return 2 if self.ground is not None else 1

    @model_validator(mode="after")
    def _a_verdict_says_what_it_must(self) -> Self:
        if self.verdict is Verdict.DISAGREE and not (self.reasons.strip() and self.basis):
            raise ValueError("disagree: give reasons and the legal basis (Administrative License Law, article 38)")
        if self.ground is not None and self.verdict is not Verdict.DISAGREE:
            raise ValueError("ground: only an objection has one")
        if (self.verdict is Verdict.AGREE_WITH_CONDITIONS) != bool(self.conditions.strip()):
            raise ValueError("conditions: required with agree-with-conditions, and only allowed there")
        if (self.verdict is Verdict.NOT_COMPETENT) != (self.competent_body is not None):
            raise ValueError("competent_body: not-competent names the right body, no other verdict does")
        if (self.verdict is Verdict.SPECIAL_PROCEDURE) != (self.procedure is not None):
            raise ValueError("procedure: special-procedure names the procedure and its length, no other verdict does")
        return self


class OpinionRecall(Body):
    """A department recalls its own opinion (撤回意见) until the lead decides; its part is open again."""

    KIND: ClassVar[str] = "opinion-recall"
    TITLE: ClassVar[Title] = ("撤回意见", "Opinion recalled")
    ROOM: ClassVar[Room] = Room.APPROVAL
    QUEUE: ClassVar[Queue] = Queue.OPINIONS
    MOMENT: ClassVar[tuple[str, ...]] = ("at",)

    case_number: CaseNumber
    department: Address
    opinion_id: MessageId
    """The opinion that is recalled."""
    reasons: Annotated[str, Field(min_length=1, max_length=20_000)]
    officer: Line
    at: Instant
