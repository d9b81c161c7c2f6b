"""The request for opinions (征求意见), one signed document for all whom it is put to, and what follows for them."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar, Self

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from exchange.schemas.application import Application
from exchange.schemas.base import Address, Basis, Body, CaseNumber, Line, MatterCode, MessageId, Room, Title, Wire
from exchange.schemas.catalogue.publication import OPEN, Visibility
from exchange.schemas.deadline import Term
from exchange.schemas.document import Document
from exchange.schemas.filings.scanned import ScannedOrUntold
from exchange.schemas.instants import Instant
from exchange.schemas.matter import BY_LAW, AmendmentRules, DefaultMode
from exchange.schemas.opinion import Verdict
from exchange.schemas.published.conditions import A_TEXT, BLANK, NOTHING, given, may, rules, says, when


class ConsultedDepartment(Wire):
    """What one department is told of its part: its term, what its silence means, and whom it waits for."""

    department: Address
    term: Term
    default: DefaultMode
    default_basis: Basis = ()
    after: Annotated[tuple[Address, ...], Field(max_length=20)] = ()
    amendments: Annotated[AmendmentRules, Field(exclude_if=lambda rules: rules == BY_LAW)] = BY_LAW
    """Who may amend its term: it takes in no other amendment."""
    visible: Annotated[Visibility, Field(exclude_if=lambda visible: visible == OPEN)] = OPEN
    """What the applicant will see of its opinion, and from when on."""
    second_person: Annotated[bool, Field(exclude_if=lambda wanted: not wanted)] = False
    """Whether whoever drafts its opinion does not sign it, so that the opinion names both. 四眼。"""


class Consultation(Body):
    """An application put to all approvers of a stage at once. Silence is announced here where it has a consequence.

    Schema version 1 did not say who may amend a term, version 2 not whose result is missing, version 3 had no
    ``copy_of``, version 4 neither what the applicant sees nor answers and large files in the application, version 5
    not which files were scanned, and version 6 not where a second person is wanted; all are still read, and written
    where nothing newer is said.
    """

    KIND: ClassVar[str] = "consultation"
    TITLE: ClassVar[Title] = ("征求意见", "Consultation")
    ROOM: ClassVar[Room] = Room.APPROVAL
    VERSION: ClassVar[int] = 7
    READ: ClassVar[tuple[int, ...]] = (1, 2, 3, 4, 5, 6, 7)
    MOMENT: ClassVar[tuple[str, ...]] = ("issued_at",)

    case_number: CaseNumber
    matter: MatterCode
    matter_version: Annotated[str, StringConstraints(min_length=1, max_length=32)]
    matter_name: Line
    lead: Address
    stage: Annotated[int, Field(ge=1, le=9)]
    basis: Basis
    application: Application
    departments: Annotated[tuple[ConsultedDepartment, ...], Field(min_length=1, max_length=64)]
    document: Document | None = None
    issued_at: Instant
    no_result: Annotated[tuple[Address, ...], Field(max_length=64, exclude_if=lambda names: not names)] = ()
    """Departments of earlier stages from which no result is in: their terms are over, and no default arose."""
    copy_of: Annotated[MessageId | None, Field(exclude_if=lambda copied: copied is None)] = None
    """The request that was put to the one department named here, whose substitute gets this copy: no term begins."""
    scanned: ScannedOrUntold = None
    """SHA-256 of the application's files in which the portal's scanner has found nothing, as the signed filing says;
    no other was scanned. Null where nobody has told: the application came in at the window itself. 已扫描的文件。"""

    @property
    def written_version(self) -> int:
        """The lowest that can say it."""
        if any(part.second_person for part in self.departments):
            return 7
        if self.scanned is not None:
            return 6
        if self.application.written_version > 1 or any(part.visible != OPEN for part in self.departments):
            return 5
        if self.copy_of is not None:
            return 4
        if self.no_result:
            return 3
        return 2 if any(part.amendments != BY_LAW for part in self.departments) else 1


class ResultStanding(StrEnum):
    """What there is of an earlier department where it has given no opinion, and its silence is no consent."""

    NO_RESULT = "no-result"  # 无结果
    DEEMED_REFUSAL = "deemed-refusal"  # 视为不同意


class Result(Wire):
    """An earlier department's result, as a department that waited for it is told."""

    model_config = ConfigDict(
        json_schema_extra=rules(when(given(standing=A_TEXT), may(verdict=NOTHING, conditions=BLANK)))
    )

    department: Address
    verdict: Verdict | None
    """None where the department has given no opinion: its silence was taken as consent, or it is as ``standing`` says.
    """
    conditions: Annotated[str, StringConstraints(max_length=20_000)] = ""
    standing: Annotated[ResultStanding | None, Field(exclude_if=lambda standing: standing is None)] = None

    @model_validator(mode="after")
    def _silence_has_no_verdict(self) -> Self:
        if self.standing is not None and (self.verdict is not None or self.conditions.strip()):
            raise ValueError("standing: stands where there is no verdict, and without conditions")
        return self


class Clearance(Body):
    """Nobody that a department waited for is waited for any more: it may decide, and its term begins as it signs.

    Schema version 1 told results alone; it is still read, and written where each of them is in.
    """

    KIND: ClassVar[str] = "clearance"
    TITLE: ClassVar[Title] = ("前置结果通知", "Prerequisite's result")
    ROOM: ClassVar[Room] = Room.APPROVAL
    VERSION: ClassVar[int] = 2
    READ: ClassVar[tuple[int, ...]] = (1, 2)

    case_number: CaseNumber
    consultation_id: MessageId
    results: Annotated[tuple[Result, ...], Field(min_length=1, max_length=20)]

    @property
    def written_version(self) -> int:
        """The lowest that can say it."""
        return 2 if any(result.standing is not None for result in self.results) else 1


class CaseClosed(Body):
    """No opinion is wanted any more: withdrawn by the applicant, decided early, or given by another in its name.

    Schema version 1 knew no substitutes; it is still read, and written where none has given the opinion.
    """

    KIND: ClassVar[str] = "case-closed"
    TITLE: ClassVar[Title] = ("案件终结通知", "Case closed")
    ROOM: ClassVar[Room] = Room.APPROVAL
    MOMENT: ClassVar[tuple[str, ...]] = ("at",)

    VERSION: ClassVar[int] = 2
    READ: ClassVar[tuple[int, ...]] = (1, 2)

    model_config = ConfigDict(
        json_schema_extra=rules(when(given(given_by=A_TEXT), given(opinion_id=A_TEXT), may(opinion_id=NOTHING)))
    )

    case_number: CaseNumber
    reason: Line
    at: Instant
    given_by: Annotated[Address | None, Field(exclude_if=lambda address: address is None)] = None
    """The substitute that has given the opinion in the department's name."""
    opinion_id: Annotated[MessageId | None, Field(exclude_if=lambda opinion: opinion is None)] = None
    """Its opinion, which is the department's now."""

    @property
    def written_version(self) -> int:
        """The lowest that can say it."""
        return 1 if self.given_by is None else 2

    @model_validator(mode="after")
    def _an_opinion_has_its_giver(self) -> Self:
        if (self.given_by is None) != (self.opinion_id is None):
            raise ValueError("opinion_id: whoever has given an opinion, and the opinion, are named together")
        return self


class OrderedBy(StrEnum):
    """At whose instance a case is reopened."""

    LEAD = "lead"  # 牵头部门自行决定
    SUPERIOR = "superior"  # 上级机关
    RECONSIDERATION = "reconsideration"  # 行政复议机关
    COURT = "court"  # 人民法院


class CaseReopened(Body):
    """The lead takes a closed case up again. The decision that was made stays as it was signed; no silence decides."""

    KIND: ClassVar[str] = "case-reopened"
    TITLE: ClassVar[Title] = ("重新办理通知", "Case reopened")
    ROOM: ClassVar[Room] = Room.APPROVAL
    MOMENT: ClassVar[tuple[str, ...]] = ("at",)

    model_config = ConfigDict(
        json_schema_extra=rules(
            when(says("ordered_by", OrderedBy.LEAD), may(order=NOTHING)),
            when({"not": says("ordered_by", OrderedBy.LEAD)}, given(order=A_TEXT)),
        )
    )

    case_number: CaseNumber
    former: MessageId | None = None
    """The decision that was made, which stays as it was signed; null where the application was withdrawn."""
    ordered_by: OrderedBy
    order: Line | None = None
    """The order of whoever else ordered it: its number or name."""
    reasons: Annotated[str, Field(min_length=1, max_length=20_000)]
    basis: Annotated[tuple[Line, ...], Field(min_length=1, max_length=20)]
    asked: Annotated[tuple[Address, ...], Field(max_length=64)] = ()
    """Departments that are asked again, each by a consultation of its own."""
    officer: Line
    at: Instant

    @model_validator(mode="after")
    def _an_order_is_named(self) -> Self:
        if (self.ordered_by is OrderedBy.LEAD) != (self.order is None):
            raise ValueError("order: names the order of a superior or a court, and only that")
        if len(set(self.asked)) != len(self.asked):
            raise ValueError("asked: names a department twice")
        return self
