"""The lead's decision (决定), the notice that silence has taken effect, and what a department says to either."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar, Self

from pydantic import ConfigDict, Field, model_validator

from exchange.language import Unfit
from exchange.schemas.base import Address, Basis, Body, CaseNumber, Line, MatterCode, MessageId, Room, Text, Title
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
from exchange.schemas.terms.considered import Considered, Overruling, Standing, WithoutConsent


class Outcome(StrEnum):
    """What the lead decides."""

    GRANT = "grant"  # 准予
    GRANT_WITH_CONDITIONS = "grant-with-conditions"  # 附条件准予
    REFUSE = "refuse"  # 不予


_OBJECTED = {
    "anyOf": [
        holding("considered", says("verdict", Verdict.DISAGREE)),
        holding("considered", says("standing", Standing.DEEMED_REFUSAL)),
    ]
}
_CONSENT = frozenset({Verdict.AGREE, Verdict.AGREE_WITH_CONDITIONS})


class Decision(Body):
    """The lead's explicit, signed decision. Grants and refusals are reasoned (Administrative License Law, 38).

    Schema version 1 had neither ``without_consent`` nor ``by_rule``, none before version 3 knew that silence may be
    refusal, none before version 4 substitutes (``given_by``), and none before version 5 the terms that it rests on; all
    are still read, and written where nothing newer is said.
    """

    KIND: ClassVar[str] = "decision"
    TITLE: ClassVar[Title] = ("决定", "Decision")
    ROOM: ClassVar[Room] = Room.APPROVAL
    VERSION: ClassVar[int] = 5
    READ: ClassVar[tuple[int, ...]] = (1, 2, 3, 4, 5)
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
        if any(part.rests_on is not None for part in self.considered):
            return 5
        if any(part.given_by is not None for part in self.considered):
            return 4
        if any(part.standing is Standing.DEEMED_REFUSAL for part in self.considered):
            return 3
        return 2 if self.without_consent or self.by_rule else 1

    @model_validator(mode="after")
    def _conditions_and_objections(self) -> Self:
        if (self.outcome is Outcome.GRANT_WITH_CONDITIONS) != bool(self.conditions.strip()):
            raise ValueError("conditions: required with grant-with-conditions, and only allowed there")
        objectors = {part.department for part in self.considered if part.objects}
        heard = {ruling.department for ruling in self.overruled}
        if self.outcome is not Outcome.REFUSE and objectors - heard:
            raise Unfit(
                "overruled: owed to {objectors}, which disagreed or whose silence is refusal",
                objectors=", ".join(sorted(objectors - heard)),
            )
        if heard - objectors:
            raise ValueError("overruled: names a department that did not object")
        return self

    @model_validator(mode="after")
    def _without_those_that_gave_none(self) -> Self:
        named = [one.department for one in self.without_consent]
        silent = {part.department for part in self.considered if part.verdict not in _CONSENT and not part.objects}
        if len(named) != len(set(named)):
            raise ValueError("without_consent: names a department twice")
        if set(named) - silent:
            raise ValueError("without_consent: names a department that consents or objects, or was not asked")
        if named and self.outcome is Outcome.REFUSE:
            raise ValueError("without_consent: nothing is granted, so no reasons are owed there")
        return self


class DefaultNotice(Body):
    """The window tells a silent department and the authority above it what its silence has come to, and by which rule.

    A default that took effect, also told to the monitors, and again, with ``reminder``, where the paper that is owed
    has not come; or, with mode none, that it has no consequence and was escalated to the lead, and why. Schema version
    1 told of defaults alone, and version 2 of no escalations; both are still read, and written where they suffice.
    """

    KIND: ClassVar[str] = "default-notice"
    TITLE: ClassVar[Title] = ("缺席默认通知", "Notice of a default")
    ROOM: ClassVar[Room] = Room.APPROVAL
    VERSION: ClassVar[int] = 3
    READ: ClassVar[tuple[int, ...]] = (1, 2, 3)
    HAPPENED: ClassVar[tuple[str, ...]] = ("due_at", "effective_at")

    model_config = ConfigDict(
        json_schema_extra=rules(
            when(says("reminder", True), given(paper_owed_by=A_TEXT)),
            when(
                says("mode", DefaultMode.NONE),
                {"allOf": [given(obstacles=SOME), may(deemed_consent=NOTHING, paper_owed_by=NOTHING)]},
                {"allOf": [given(deemed_consent=A_TEXT, due_at=A_TEXT), may(obstacles=NONE)]},
            ),
        )
    )

    case_number: CaseNumber
    department: Address
    mode: DefaultMode
    due_at: Instant | None
    """When its term was over; None where it was escalated for another reason."""
    effective_at: Instant
    deemed_consent: MessageId | None
    basis: Basis
    paper_owed_by: Instant | None = None
    """Until when the department owes its paper (1 working day); the next step may not demand it of the applicant."""
    reminder: Annotated[bool, Field(exclude_if=lambda reminder: not reminder)] = False
    """Whether the paper has not come by then, and the department is reminded of it."""
    obstacles: Annotated[tuple[Line, ...], Field(max_length=20, exclude_if=lambda obstacles: not obstacles)] = ()
    """Why its silence has no consequence, where it was escalated: an answer still counts."""

    @property
    def written_version(self) -> int:
        """The lowest that can say it."""
        return 3 if self.mode is DefaultMode.NONE else 2 if self.reminder else 1

    @model_validator(mode="after")
    def _reminds_of_what_is_owed(self) -> Self:
        if self.reminder and self.paper_owed_by is None:
            raise Unfit("paper_owed_by: a reminder says until when the paper was owed")
        return self

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.mode is DefaultMode.NONE) != bool(self.obstacles):
            raise ValueError("obstacles: stand where there is no default, and nowhere else")
        if (self.mode is DefaultMode.NONE) != (self.deemed_consent is None):
            raise ValueError("deemed_consent: names what a default rests on, and stands nowhere else")
        if self.mode is not DefaultMode.NONE and self.due_at is None:
            raise ValueError("due_at: a default says when the term was over")
        if self.mode is DefaultMode.NONE and self.paper_owed_by is not None:
            raise ValueError("paper_owed_by: where there is no default, no paper is owed")
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
