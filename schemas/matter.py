"""A matter of the catalogue (事项): who must be asked, for how long, and what their silence means."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar, Self

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from exchange.language import Unfit, Words
from exchange.schemas.base import Address, Basis, Line, MatterCode, Title, Wire
from exchange.schemas.catalogue.fields import MAX_FIELDS, Bilingual, MatterField, check_fields
from exchange.schemas.catalogue.publication import OPEN, AcceptanceMode, HearingMode, PublicGuide, Visibility
from exchange.schemas.opinion import ProcedureKind
from exchange.schemas.published.conditions import NOTHING, SOME, SOMETHING, given, may, rules, says, when

DECISION_DAYS = 45
"""Working days for joint handling (Administrative License Law, article 42)."""
RENEWAL_DAYS = 30
"""Calendar days before a licence is over by which its renewal is asked for, where no other rule says otherwise (50)."""


KEPT_DAYS = 180
"""Days for which a portal keeps the files of a case that has ended: beyond the six months of an action in court."""


class DefaultMode(StrEnum):
    """What a consulted department's silence amounts to when its term is over; *none* unless a rule says otherwise."""

    NONE = "none"
    CONSENT = "consent"
    REFUSAL = "refusal"


class StartRule(StrEnum):
    """When the term begins: on arrival in the department's designated system, or when it signed for the request."""

    ARRIVAL = "arrival"
    SIGNED_FOR = "signed-for"


class Completion(StrEnum):
    """When the lead may decide: all opinions in; a quorum of agreeing ones; all, or the first veto."""

    ALL = "all"
    QUORUM = "quorum"
    VETO = "veto"


class Exclusion(StrEnum):
    """Circumstances in which silence must never be taken for consent; the deadline is then escalated."""

    THIRD_PARTY_INTEREST = "third-party-interest"
    LIMITED_NUMBERS = "limited-numbers"
    HEARING_REQUIRED = "hearing-required"
    CLASSIFIED = "classified"
    LIFE_SAFETY = "life-safety"


LONGEST_EXTENSION = 15
"""Working days by which joint handling is extended, once (Administrative License Law, article 42)."""
LONGEST_PROCEDURE = 180
"""Working days that a department may announce for special procedures by itself, all together."""


class Office(StrEnum):
    """Who may order it, by what it has to do with the case; any other member is named by its address."""

    LEAD = "lead"  # 牵头单位
    SUPERIOR = "superior"  # 同级政府或者上级机关: what the directory names above the department
    DEPARTMENT = "department"  # 被征求意见的部门负责人


By = Annotated[tuple[Address, ...], Field(min_length=1, max_length=20)]
"""Offices, and members' addresses; a name without a dot is an office."""


class _Ordered(Wire):
    by: By

    @model_validator(mode="after")
    def _offices_are_known(self) -> Self:
        for one in self.by:
            if "." not in one and one not in set(Office):
                raise Unfit(
                    "by: {one} is neither a member's address nor one of {offices}", one=one, offices=", ".join(Office)
                )
        return self


class ExtensionRule(_Ordered):
    """Who may extend a term, and by how many working days at most. It is extended once, before it is over."""

    days: Annotated[int, Field(ge=1, le=365)] = LONGEST_EXTENSION


class StopRule(_Ordered):
    """Who may stop the clock for one procedure of article 45, and for how many working days in all."""

    procedure: ProcedureKind
    days: Annotated[int, Field(ge=1, le=365)] = LONGEST_PROCEDURE
    """A stop for it is announced with its length, and all of them together come to no more."""


class RestartRule(_Ordered):
    """Who may begin a term anew, and how often."""

    most: Annotated[int, Field(ge=0, le=99)] = 1


class AmendmentRules(Wire):
    """What a matter allows of amendments. The default is what the law allows where it says nothing."""

    extension: Annotated[tuple[ExtensionRule, ...], Field(max_length=10)] = (
        ExtensionRule(by=(Office.LEAD.value, Office.SUPERIOR.value)),
    )
    """None: no term is extended."""
    stops: Annotated[tuple[StopRule, ...], Field(max_length=len(ProcedureKind))] | None = None
    """Left out: all procedures of article 45, by the lead and the department itself, which announces its length."""
    restart: RestartRule = RestartRule(by=(Office.LEAD.value,))
    """As after a supplement of the file: everything that is missing is told once (article 32)."""

    @model_validator(mode="after")
    def _each_procedure_once(self) -> Self:
        named = [rule.procedure for rule in self.stops or ()]
        if len(named) != len(set(named)):
            raise ValueError("stops: a procedure appears twice")
        return self


BY_LAW = AmendmentRules()
"""What the law allows where a matter says nothing."""


class Approver(Wire):
    """A consulted department (相关部门) in a matter."""

    model_config = ConfigDict(
        json_schema_extra=rules(
            when(says("default", DefaultMode.CONSENT, DefaultMode.REFUSAL), given(default_basis=SOME))
        )
    )

    department: Address
    term_days: Annotated[int, Field(ge=1, le=90)]
    """Working days the department has (Administrative License Law, article 82)."""
    default: DefaultMode = DefaultMode.NONE
    default_basis: Basis = ()
    stage: Annotated[int, Field(ge=1, le=9)] = 1
    after: Annotated[tuple[Address, ...], Field(max_length=20)] = ()
    """Departments of the same stage whose result must be in before this one decides; it prepares meanwhile."""
    veto: bool = False
    visible: Annotated[Visibility, Field(exclude_if=lambda visible: visible == OPEN)] = OPEN
    """What the applicant may see of its opinion, and from when on."""
    second_person: Annotated[bool, Field(exclude_if=lambda wanted: not wanted)] = False
    """Whether whoever drafts its opinion does not sign it (四眼): another person does, and the opinion names both."""

    @model_validator(mode="after")
    def _a_default_has_a_basis(self) -> Self:
        if self.default is not DefaultMode.NONE and not self.default_basis:
            raise ValueError("default_basis: a default needs the rule it rests on")
        if self.department in self.after:
            raise ValueError("after: a department cannot wait for itself")
        return self


class Material(Wire):
    """A document the applicant must hand in."""

    code: MatterCode
    name: Line
    required: bool = True
    name_en: Annotated[Line | None, Field(exclude_if=lambda name: name is None)] = None
    source: Annotated[Bilingual | None, Field(exclude_if=lambda source: source is None)] = None
    """Where the applicant gets it from, and whether as original or copy."""
    sample: Annotated[Bilingual | None, Field(exclude_if=lambda sample: sample is None)] = None
    """How it is filled in, by an example."""
    files: Annotated[int, Field(ge=1, le=20, exclude_if=lambda files: files == 1)] = 1
    """How many files it may have."""
    promise_days: Annotated[int | None, Field(ge=1, le=60, exclude_if=lambda days: days is None)] = None
    """Working days after acceptance within which it may be handed in later, against a promise (容缺受理)."""

    @property
    def names(self) -> Words:
        """What it is called, in Chinese and English."""
        return self.name, self.name_en or self.name


class Matter(Wire):
    """A matter with its statutory basis, approvers and terms. The version goes into every consultation and default."""

    TITLE: ClassVar[Title] = ("事项", "Matter")

    model_config = ConfigDict(
        json_schema_extra=rules(
            when(says("completion", Completion.QUORUM), given(quorum=SOMETHING), may(quorum=NOTHING))
        )
    )

    code: MatterCode
    version: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z.-]{1,32}$")]
    name: Line
    name_en: Line
    lead: Address
    basis: Annotated[tuple[Line, ...], Field(min_length=1, max_length=20)]
    materials: Annotated[tuple[Material, ...], Field(min_length=1, max_length=50)]
    approvers: Annotated[tuple[Approver, ...], Field(min_length=1, max_length=64)]
    completion: Completion = Completion.ALL
    quorum: Annotated[int, Field(ge=1, le=64)] | None = None
    start: StartRule = StartRule.SIGNED_FOR
    exclusions: Annotated[tuple[Exclusion, ...], Field(max_length=5)] = ()
    effect_delay_days: Annotated[int, Field(ge=0, le=30)] = 0
    """Working days between a default's deadline and its effect (compare Awb 4:20b, the Netherlands)."""
    decision_days: Annotated[int, Field(ge=1, le=365, exclude_if=lambda days: days == DECISION_DAYS)] = DECISION_DAYS
    """Working days from acceptance within which the lead decides; announced special procedures are not counted."""

    amendments: Annotated[AmendmentRules, Field(exclude_if=lambda rules: rules == BY_LAW)] = BY_LAW
    """Who may extend, stop and restart the departments' terms, by how much and how often."""
    acceptance: Annotated[AcceptanceMode, Field(exclude_if=lambda mode: mode is AcceptanceMode.OFFICER)] = (
        AcceptanceMode.OFFICER
    )
    """Who accepts an application that comes in by a portal or a counter."""
    hearing: Annotated[HearingMode, Field(exclude_if=lambda mode: mode is HearingMode.NEVER)] = HearingMode.NEVER
    """Whether a hearing is held before the decision."""
    fields: Annotated[tuple[MatterField, ...], Field(max_length=MAX_FIELDS, exclude_if=lambda fields: not fields)] = ()
    """What the applicant is asked beside project and materials."""
    guide: Annotated[PublicGuide | None, Field(exclude_if=lambda guide: guide is None)] = None
    """What the public is told of it; None: it is not among the matters that the portal offers."""
    promised_days: Annotated[int | None, Field(ge=1, le=365, exclude_if=lambda days: days is None)] = None
    """Working days within which it is promised to be decided, where that is less than the law asks."""
    renewal_days: Annotated[int, Field(ge=1, le=365, exclude_if=lambda days: days == RENEWAL_DAYS)] = RENEWAL_DAYS
    """Calendar days before its licence is over by which the renewal is asked for (article 50)."""
    renewal_basis: Annotated[Basis, Field(exclude_if=lambda basis: not basis)] = ()
    """The law, regulation or rule that says another number of days than article 50."""
    shares_persons: Annotated[bool, Field(exclude_if=lambda shares: not shares)] = False
    """Whether departments that ask for licence information are told who a person is that holds its licence (33)."""
    further: Annotated[tuple[Approver, ...], Field(max_length=64, exclude_if=lambda further: not further)] = ()
    """Bodies that are asked only if one that was asked is not competent and names them: their terms and defaults."""

    kept_days: Annotated[int, Field(ge=0, le=3650, exclude_if=lambda days: days == KEPT_DAYS)] = KEPT_DAYS
    """Days for which the portal keeps the files of a case, and what was typed, after the case has ended."""

    @property
    def names(self) -> Words:
        """What it is called, in Chinese and English."""
        return self.name, self.name_en

    @model_validator(mode="after")
    def _what_is_asked_fits(self) -> Self:
        check_fields(self.fields)
        if self.promised_days is not None and self.promised_days > self.decision_days:
            raise ValueError("promised_days: more than the law allows")
        if (self.renewal_days != RENEWAL_DAYS) != bool(self.renewal_basis):
            raise ValueError("renewal_basis: cite the rule that says another number of days, and only then")
        return self

    @model_validator(mode="after")
    def _approvers_hold_together(self) -> Self:
        by_name = {approver.department: approver for approver in self.approvers}
        if len(by_name) != len(self.approvers):
            raise ValueError("approvers: a department appears twice")
        for approver in self.approvers:
            for earlier in approver.after:
                if earlier not in by_name or by_name[earlier].stage != approver.stage:
                    raise Unfit(
                        "approvers: {department} waits for {earlier}, which is not in its stage",
                        department=approver.department,
                        earlier=earlier,
                    )
        self._refuse_circles(by_name)
        self._check_further(by_name)
        if sorted({a.stage for a in self.approvers}) != list(range(1, max(a.stage for a in self.approvers) + 1)):
            raise ValueError("approvers: stages are counted 1, 2, 3 without a gap")
        if (self.completion is Completion.QUORUM) != (self.quorum is not None):
            raise ValueError("quorum: give it with completion = 'quorum', and only then")
        if self.quorum is not None and self.quorum > len(self.approvers):
            raise ValueError("quorum: more than there are approvers")
        return self

    def _check_further(self, by_name: dict[str, Approver]) -> None:
        further = {approver.department: approver for approver in self.further}
        if len(further) != len(self.further) or further.keys() & by_name.keys():
            raise ValueError("further: a department appears twice")
        for approver in self.further:
            for earlier in approver.after:
                if earlier not in by_name:
                    raise Unfit(
                        "further: {department} waits for {earlier}, which is not among the approvers",
                        department=approver.department,
                        earlier=earlier,
                    )

    @staticmethod
    def _refuse_circles(by_name: dict[str, Approver]) -> None:
        done: set[str] = set()
        while len(done) < len(by_name):
            free = {name for name, approver in by_name.items() if name not in done and set(approver.after) <= done}
            if not free:
                raise ValueError("approvers: prerequisites run in a circle")
            done |= free
