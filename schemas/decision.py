"""The lead department's decision (决定), and the notice that a department's silence has taken effect."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from schemas.base import Address, Basis, Body, CaseNumber, Instant, Line, MatterCode, MessageId, Text, Wire
from schemas.matter import DefaultMode
from schemas.opinion import Verdict


class Outcome(StrEnum):
    """What the lead decides."""

    GRANT = "grant"  # 准予
    GRANT_WITH_CONDITIONS = "grant-with-conditions"  # 附条件准予
    REFUSE = "refuse"  # 不予


class Standing(StrEnum):
    """How a consulted department's part in a case ended."""

    ANSWERED = "answered"
    DEEMED = "deemed"
    MOOT = "moot"
    ESCALATED = "escalated"


class Considered(Wire):
    """One department's part as the decision took it into account; silence is never written down as an opinion."""

    department: Address
    standing: Standing
    verdict: Verdict | None = None
    message_id: MessageId | None = None
    """The opinion's or the deemed consent's message."""

    @model_validator(mode="after")
    def _silence_has_no_verdict(self) -> Self:
        if (self.standing is Standing.ANSWERED) != (self.verdict is not None):
            raise ValueError("a verdict stands for an answer, and for nothing else")
        return self


class Overruling(Wire):
    """A reasoned objection the lead did not follow, with the reasons it owes the objector."""

    department: Address
    reasons: Annotated[str, Field(min_length=1, max_length=20_000)]


class Decision(Body):
    """The lead's explicit, signed decision. Grants and refusals are reasoned (Administrative License Law, 38)."""

    KIND: ClassVar[str] = "decision"

    case_number: CaseNumber
    matter: MatterCode
    lead: Address
    outcome: Outcome
    reasons: Annotated[str, Field(min_length=1, max_length=20_000)]
    conditions: Text = ""
    basis: Annotated[tuple[Line, ...], Field(min_length=1, max_length=20)]
    considered: Annotated[tuple[Considered, ...], Field(min_length=1, max_length=64)]
    overruled: Annotated[tuple[Overruling, ...], Field(max_length=64)] = ()
    officer: Line
    decided_at: Instant

    @model_validator(mode="after")
    def _conditions_and_objections(self) -> Self:
        if (self.outcome is Outcome.GRANT_WITH_CONDITIONS) != bool(self.conditions.strip()):
            raise ValueError("conditions: required with grant-with-conditions, and only allowed there")
        objectors = {part.department for part in self.considered if part.verdict is Verdict.DISAGREE}
        heard = {ruling.department for ruling in self.overruled}
        if self.outcome is not Outcome.REFUSE and objectors - heard:
            raise ValueError(f"overruled: owed to {', '.join(sorted(objectors - heard))}, which disagreed")
        if heard - objectors:
            raise ValueError("overruled: names a department that did not disagree")
        return self


class DefaultNotice(Body):
    """The window tells the silent department and the supervisor that the default took effect, by which rule."""

    KIND: ClassVar[str] = "default-notice"

    case_number: CaseNumber
    department: Address
    mode: DefaultMode
    due_at: Instant
    effective_at: Instant
    deemed_consent: MessageId
    basis: Basis
    paper_owed_by: Instant | None = None
    """Until when the department owes its paper (1 working day); the next step may not demand it of the applicant."""
