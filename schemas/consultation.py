"""The request for opinions (征求意见): one signed document for all the departments it is put to."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints

from exchange.schemas.application import Application
from exchange.schemas.base import Address, Basis, Body, CaseNumber, Line, MatterCode, MessageId, Room, Title, Wire
from exchange.schemas.deadline import Term
from exchange.schemas.document import Document
from exchange.schemas.instants import Instant
from exchange.schemas.matter import BY_LAW, AmendmentRules, DefaultMode
from exchange.schemas.opinion import Verdict


class ConsultedDepartment(Wire):
    """What one department is told of its part: its term, what its silence means, and whom it waits for."""

    department: Address
    term: Term
    default: DefaultMode
    default_basis: Basis = ()
    after: Annotated[tuple[Address, ...], Field(max_length=20)] = ()
    amendments: Annotated[AmendmentRules, Field(exclude_if=lambda rules: rules == BY_LAW)] = BY_LAW
    """Who may amend its term: it takes in no other amendment."""


class Consultation(Body):
    """An application put to all approvers of a stage at once. Silence is announced here where it has a consequence.

    Schema version 1 did not say who may amend a term; it is still read, and written where the law says it.
    """

    KIND: ClassVar[str] = "consultation"
    TITLE: ClassVar[Title] = ("征求意见", "Consultation")
    ROOM: ClassVar[Room] = Room.APPROVAL
    VERSION: ClassVar[int] = 2
    READ: ClassVar[tuple[int, ...]] = (1, 2)
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

    @property
    def written_version(self) -> int:
        """The lowest that can say it."""
        return 2 if any(part.amendments != BY_LAW for part in self.departments) else 1


class Result(Wire):
    """An earlier department's result, as a department that waited for it is told."""

    department: Address
    verdict: Verdict | None
    """None where the department's silence was taken as consent."""
    conditions: Annotated[str, StringConstraints(max_length=20_000)] = ""


class Clearance(Body):
    """What a department waited for is in: it may decide, and its term begins when it signs for this."""

    KIND: ClassVar[str] = "clearance"
    TITLE: ClassVar[Title] = ("前置结果通知", "Prerequisite's result")
    ROOM: ClassVar[Room] = Room.APPROVAL

    case_number: CaseNumber
    consultation_id: MessageId
    results: Annotated[tuple[Result, ...], Field(min_length=1, max_length=20)]


class CaseClosed(Body):
    """No opinion is wanted any more: withdrawn by the applicant, or decided early. The unanswered are moot."""

    KIND: ClassVar[str] = "case-closed"
    TITLE: ClassVar[Title] = ("案件终结通知", "Case closed")
    ROOM: ClassVar[Room] = Room.APPROVAL
    MOMENT: ClassVar[tuple[str, ...]] = ("at",)

    case_number: CaseNumber
    reason: Line
    at: Instant
