"""What the window tells a portal of a case: its progress, and the decision as it is served on the applicant."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar, Self

from pydantic import ConfigDict, Field, model_validator

from exchange.schemas.base import (
    Address,
    Basis,
    Body,
    CaseNumber,
    Digest,
    Line,
    MatterCode,
    MessageId,
    Room,
    Serial,
    Text,
    Title,
    Wire,
)
from exchange.schemas.deadline import LedgerEntry
from exchange.schemas.decision import Outcome
from exchange.schemas.filings.filing import FilingNumber
from exchange.schemas.instants import Instant
from exchange.schemas.matter import DefaultMode
from exchange.schemas.opinion import Verdict
from exchange.schemas.published.conditions import BLANK, NOTHING, VISIBLE, given, may, rules, says, when


class CaseStep(StrEnum):
    """Where a case stands for its applicant."""

    WITH_DEPARTMENTS = "with-departments"
    TO_DECIDE = "to-decide"
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"
    BY_LAW = "by-law"
    """Not decided, and granted by law for that: the renewal of a licence (article 50)."""


class PartStep(StrEnum):
    """Where one department's part stands for the applicant."""

    PLANNED = "planned"
    PUT_TO = "put-to"
    SIGNED_FOR = "signed-for"
    ANSWERED = "answered"
    DEEMED = "deemed"
    DEEMED_REFUSAL = "deemed-refusal"
    ESCALATED = "escalated"
    NOT_NEEDED = "not-needed"


class DepartmentProgress(Wire):
    """One department's line, as far as the applicant may see it."""

    model_config = ConfigDict(
        json_schema_extra=rules(
            when({"not": says("step", PartStep.ANSWERED)}, may(verdict=NOTHING, reasons=BLANK, conditions=BLANK)),
            when({"not": says("step", PartStep.ANSWERED)}, may(licence_answer=NOTHING)),
        )
    )

    department: Address
    name: Line
    name_en: Line
    stage: Annotated[int, Field(ge=1, le=9)]
    step: PartStep
    default: DefaultMode
    """What its silence means."""
    verdict: Verdict | None = None
    """None while there is none, or where the matter does not make it visible."""
    reasons: Text = ""
    conditions: Text = ""
    due_at: Instant | None = None
    provisional: bool = False
    moved: Annotated[tuple[LedgerEntry, ...], Field(max_length=100)] = ()
    """What moved its days since its term began, and why."""
    reminded: bool = False
    put_to_at: Instant | None = None
    signed_at: Instant | None = None
    settled_at: Instant | None = None
    message_id: MessageId | None = None
    """The opinion's or the deemed consent's message."""
    licence_answer: Annotated[MessageId | None, Field(exclude_if=lambda answer: answer is None)] = None
    """The licence answer that the opinion rests on, where its reasons are visible."""

    @model_validator(mode="after")
    def _silence_says_nothing(self) -> Self:
        if self.step is not PartStep.ANSWERED and (self.verdict or self.reasons.strip() or self.conditions.strip()):
            raise ValueError("verdict, reasons, conditions: stand where a department has answered, and nowhere else")
        if self.step is not PartStep.ANSWERED and self.licence_answer is not None:
            raise ValueError("licence_answer: stands where a department has answered, and nowhere else")
        return self


class CaseProgress(Body):
    """How a case stands, for its applicant (办理进度); a higher serial replaces.

    Schema version 1 had no ``licence_answer``; it is still read, and written where there is none.
    """

    KIND: ClassVar[str] = "case-progress"
    TITLE: ClassVar[Title] = ("办理进度", "Progress of a case")
    ROOM: ClassVar[Room] = Room.PORTAL
    VERSION: ClassVar[int] = 2
    READ: ClassVar[tuple[int, ...]] = (1, 2)
    MOMENT: ClassVar[tuple[str, ...]] = ("at",)
    HAPPENED: ClassVar[tuple[str, ...]] = ("overrun_at", "delivered_at")

    filing: FilingNumber
    case_number: CaseNumber
    serial: Serial
    step: CaseStep
    stage: Annotated[int, Field(ge=1, le=9)]
    parts: Annotated[tuple[DepartmentProgress, ...], Field(min_length=1, max_length=64)]
    decide_by: Instant | None = None
    provisional: bool = False
    promised_by: Instant | None = None
    """Until when it is promised to be decided, where that is sooner than the law asks."""
    moved: Annotated[tuple[LedgerEntry, ...], Field(max_length=100)] = ()
    """What moved the days of the case itself, and why: extended, not counted, counted again."""
    overrun_at: Instant | None = None
    """Since when it is undecided beyond the term that the law gives; nothing is granted by that."""
    explanation: Text = ""
    """Why it was not decided within the days that were promised, once the lead has said so."""
    delivered_at: Instant | None = None
    """When what was granted was handed out."""
    at: Instant

    @property
    def written_version(self) -> int:
        """The lowest that can say it."""
        return 2 if any(part.licence_answer is not None for part in self.parts) else 1


class DecisionServed(Body):
    """The decision as it is served on the applicant (许可决定书): without names of officers, with its remedies."""

    KIND: ClassVar[str] = "decision-served"
    TITLE: ClassVar[Title] = ("许可决定书", "Decision served")
    ROOM: ClassVar[Room] = Room.PORTAL
    HAPPENED: ClassVar[tuple[str, ...]] = ("decided_at",)

    model_config = ConfigDict(
        json_schema_extra=rules(
            when(says("outcome", Outcome.GRANT_WITH_CONDITIONS), given(conditions=VISIBLE), may(conditions=BLANK))
        )
    )

    filing: FilingNumber
    case_number: CaseNumber
    matter: MatterCode
    decision_id: MessageId
    decision_digest: Digest
    """SHA-256 of the signed decision that the departments have."""
    outcome: Outcome
    reasons: Annotated[str, Field(min_length=1, max_length=20_000)]
    conditions: Text = ""
    basis: Basis
    remedies: Annotated[tuple[Line, ...], Field(min_length=1, max_length=20)]
    by_rule: bool = False
    decided_at: Instant
    deliver_by: Instant | None = None
    """Until when the licence is handed out: ten working days (article 44)."""
    provisional: bool = False

    @model_validator(mode="after")
    def _conditions_where_there_are_some(self) -> Self:
        if (self.outcome is Outcome.GRANT_WITH_CONDITIONS) != bool(self.conditions.strip()):
            raise ValueError("conditions: required with grant-with-conditions, and only allowed there")
        return self
