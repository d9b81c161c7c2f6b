"""The lead department's decision (决定), and the notice that a department's silence has taken effect."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar, Self

from pydantic import ConfigDict, Field, model_validator

from exchange.language import Unfit
from exchange.schemas.base import Address, Basis, Body, CaseNumber, Line, MatterCode, MessageId, Room, Text, Title, Wire
from exchange.schemas.instants import Instant
from exchange.schemas.matter import DefaultMode
from exchange.schemas.opinion import Verdict
from exchange.schemas.published.conditions import (
    A_TEXT,
    BLANK,
    NONE,
    NOTHING,
    SOME,
    VISIBLE,
    given,
    holding,
    may,
    rules,
    says,
    when,
)


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

    model_config = ConfigDict(
        json_schema_extra=rules(when(says("standing", Standing.ANSWERED), given(verdict=A_TEXT), may(verdict=NOTHING)))
    )

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


class WithoutConsent(Wire):
    """A department whose consent a grant requires and that has given none, with the reasons to grant without it."""

    department: Address
    reasons: Annotated[str, Field(min_length=1, max_length=20_000)]


_OBJECTED = holding("considered", says("verdict", Verdict.DISAGREE))
_CONSENT = frozenset({Verdict.AGREE, Verdict.AGREE_WITH_CONDITIONS})


class Decision(Body):
    """The lead's explicit, signed decision. Grants and refusals are reasoned (Administrative License Law, 38).

    Schema version 1 had neither ``without_consent`` nor ``by_rule``; it is still read, and written where neither is
    said.
    """

    KIND: ClassVar[str] = "decision"
    TITLE: ClassVar[Title] = ("决定", "Decision")
    ROOM: ClassVar[Room] = Room.APPROVAL
    VERSION: ClassVar[int] = 2
    READ: ClassVar[tuple[int, ...]] = (1, 2)
    HAPPENED: ClassVar[tuple[str, ...]] = ("decided_at",)

    model_config = ConfigDict(
        json_schema_extra=rules(
            when(says("outcome", Outcome.GRANT_WITH_CONDITIONS), given(conditions=VISIBLE), may(conditions=BLANK)),
            when(says("outcome", Outcome.REFUSE), may(without_consent=NONE), when(_OBJECTED, given(overruled=SOME))),
            when({"not": _OBJECTED}, may(overruled=NONE)),
        )
    )

    case_number: CaseNumber
    matter: MatterCode
    lead: Address
    outcome: Outcome
    reasons: Annotated[str, Field(min_length=1, max_length=20_000)]
    conditions: Text = ""
    basis: Annotated[tuple[Line, ...], Field(min_length=1, max_length=20)]
    considered: Annotated[tuple[Considered, ...], Field(min_length=1, max_length=64)]
    overruled: Annotated[tuple[Overruling, ...], Field(max_length=64)] = ()
    without_consent: Annotated[
        tuple[WithoutConsent, ...], Field(max_length=64, exclude_if=lambda without: not without)
    ] = ()
    """Who has said nothing, or no consent, and why it is granted all the same; objections are in ``overruled``."""
    officer: Line
    by_rule: Annotated[bool, Field(exclude_if=lambda by_rule: not by_rule)] = False
    """The lead's own rule decided: no person did. ``officer`` is who answers for the rule."""
    decided_at: Instant

    @property
    def written_version(self) -> int:
        """The lowest that can say it: what says nothing newer is byte for byte what it was."""
        return 2 if self.without_consent or self.by_rule else 1

    @model_validator(mode="after")
    def _conditions_and_objections(self) -> Self:
        if (self.outcome is Outcome.GRANT_WITH_CONDITIONS) != bool(self.conditions.strip()):
            raise ValueError("conditions: required with grant-with-conditions, and only allowed there")
        objectors = {part.department for part in self.considered if part.verdict is Verdict.DISAGREE}
        heard = {ruling.department for ruling in self.overruled}
        if self.outcome is not Outcome.REFUSE and objectors - heard:
            raise Unfit(
                "overruled: owed to {objectors}, which disagreed", objectors=", ".join(sorted(objectors - heard))
            )
        if heard - objectors:
            raise ValueError("overruled: names a department that did not disagree")
        return self

    @model_validator(mode="after")
    def _without_those_that_gave_none(self) -> Self:
        named = [one.department for one in self.without_consent]
        silent = {part.department for part in self.considered if part.verdict not in (*_CONSENT, Verdict.DISAGREE)}
        if len(named) != len(set(named)):
            raise ValueError("without_consent: names a department twice")
        if set(named) - silent:
            raise ValueError("without_consent: names a department that has said agree or disagree, or was not asked")
        if named and self.outcome is Outcome.REFUSE:
            raise ValueError("without_consent: nothing is granted, so no reasons are owed there")
        return self


class DefaultNotice(Body):
    """The window tells the silent department and the supervisor that the default took effect, by which rule.

    It tells them again, with ``reminder``, where the paper that is owed has not come. Schema version 1 could not say
    that; it is still read, and written where nothing is reminded of.
    """

    KIND: ClassVar[str] = "default-notice"
    TITLE: ClassVar[Title] = ("视为同意通知", "Notice of a default")
    ROOM: ClassVar[Room] = Room.APPROVAL
    VERSION: ClassVar[int] = 2
    READ: ClassVar[tuple[int, ...]] = (1, 2)
    HAPPENED: ClassVar[tuple[str, ...]] = ("due_at", "effective_at")

    model_config = ConfigDict(json_schema_extra=rules(when(says("reminder", True), given(paper_owed_by=A_TEXT))))

    case_number: CaseNumber
    department: Address
    mode: DefaultMode
    due_at: Instant
    effective_at: Instant
    deemed_consent: MessageId
    basis: Basis
    paper_owed_by: Instant | None = None
    """Until when the department owes its paper (1 working day); the next step may not demand it of the applicant."""
    reminder: Annotated[bool, Field(exclude_if=lambda reminder: not reminder)] = False
    """Whether the paper has not come by then, and the department is reminded of it."""

    @property
    def written_version(self) -> int:
        """The lowest that can say it."""
        return 2 if self.reminder else 1

    @model_validator(mode="after")
    def _reminds_of_what_is_owed(self) -> Self:
        if self.reminder and self.paper_owed_by is None:
            raise Unfit("paper_owed_by: a reminder says until when the paper was owed")
        return self


class ProtestGround(StrEnum):
    """What a department's own record says against what it was told."""

    TIME_RUNNING = "time-running"
    ANSWERED = "answered"
    OTHER_OPINION = "other-opinion"


class Protest(Body):
    """A department holds a decision, or a notice that its silence had effect, against its own record (异议)."""

    KIND: ClassVar[str] = "protest"
    TITLE: ClassVar[Title] = ("异议", "Protest")
    ROOM: ClassVar[Room] = Room.APPROVAL
    MOMENT: ClassVar[tuple[str, ...]] = ("at",)

    model_config = ConfigDict(
        json_schema_extra=rules(
            when(says("ground", ProtestGround.ANSWERED, ProtestGround.OTHER_OPINION), given(opinion_id=A_TEXT))
        )
    )

    case_number: CaseNumber
    department: Address
    contested: MessageId
    """The decision, or the notice of the default."""
    ground: ProtestGround
    due_at: Instant | None = None
    """Until when its time runs, by its own ledger."""
    opinion_id: MessageId | None = None
    """Its opinion, which was in time."""
    at: Instant

    @model_validator(mode="after")
    def _an_answer_is_named(self) -> Self:
        if self.ground is not ProtestGround.TIME_RUNNING and self.opinion_id is None:
            raise ValueError("opinion_id: who has answered names the opinion")
        return self
