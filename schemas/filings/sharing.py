"""Licence information between departments (Administrative License Law, 33): a query, and the window's answer."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar, Self

from pydantic import ConfigDict, Field, model_validator

from exchange.schemas.base import (
    Address,
    Body,
    CaseNumber,
    Digest,
    LicenceNumber,
    Line,
    MatterCode,
    MessageId,
    Room,
    Title,
    Wire,
)
from exchange.schemas.filings.licence import LicenceHolder
from exchange.schemas.instants import Day, Instant
from exchange.schemas.published.conditions import A_TEXT, NONE, NOTHING, SOME, given, may, rules, says, when

MOST_SHARED = 20
"""Licences in one answer."""


class LicenceQuery(Body):
    """A department asks the window that issues licences for what is in its register (许可信息查询).

    By a licence's number, or by its holder's code: in full, or as the public register shows it. Schema version 1 had no
    ``untold``; it is still read, and written where it is null.
    """

    KIND: ClassVar[str] = "licence-query"
    TITLE: ClassVar[Title] = ("许可信息查询", "Licence query")
    ROOM: ClassVar[Room] = Room.LICENCES
    VERSION: ClassVar[int] = 2
    READ: ClassVar[tuple[int, ...]] = (1, 2)
    MOMENT: ClassVar[tuple[str, ...]] = ("at",)

    model_config = ConfigDict(
        json_schema_extra=rules(
            when(given(number=A_TEXT), may(holder=NOTHING)), when(may(number=NOTHING), given(holder=A_TEXT))
        )
    )

    number: LicenceNumber | None = None
    holder: Line | None = None
    """The holder's code or number; marks stand for what is not known of a person's."""
    purpose: Annotated[str, Field(min_length=1, max_length=2_000)]
    """What it is needed for; goes on record at the window, with who asked, and the holder may read it."""
    basis: Annotated[tuple[Line, ...], Field(min_length=1, max_length=20)]
    """The law that lets the department ask."""
    case_number: CaseNumber | None = None
    """The case that it is needed for, where it is one."""
    untold: Annotated[Line | None, Field(exclude_if=lambda why: why is None)] = None
    """Why its holder is not told of it: what the law says (Personal Information Protection Law, 18 and 35)."""
    at: Instant

    @property
    def written_version(self) -> int:
        """The lowest that can say it."""
        return 1 if self.untold is None else 2

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.number is None) == (self.holder is None):
            raise ValueError("number, holder: a query names a licence or a holder, one of the two")
        return self


class AnswerResult(StrEnum):
    """What came of a query; a closed set."""

    FOUND = "found"  # 查到
    NONE = "none"  # 登记簿中没有
    REFUSED = "refused"  # 不予提供


class SharedLicence(Wire):
    """A licence as a department is told of it: on the day of the answer, with all entries that hold by then."""

    number: LicenceNumber
    digest: Digest
    """SHA-256 of the signed licence."""
    matter: MatterCode
    matter_name: Line
    matter_name_en: Line
    holder: LicenceHolder
    masked: bool
    """Whether it is a person of which the matter lets nothing more be told."""
    permits: Annotated[str, Field(max_length=20_000)] = ""
    """Empty where it is masked: what a person may do can tell who it is."""
    conditions: Annotated[str, Field(max_length=20_000)] = ""
    valid_from: Day
    valid_until: Day | None = None
    standing: Line
    """One of valid, not-yet, expired, revoked, cancelled."""
    renewed_by_law: bool = False
    """Whether its present validity has arisen by law, decided by nobody."""


class LicenceAnswer(Body):
    """What the window tells a department of its register, by rule and signed; an opinion may name its id."""

    KIND: ClassVar[str] = "licence-answer"
    TITLE: ClassVar[Title] = ("许可信息答复", "Licence answer")
    ROOM: ClassVar[Room] = Room.LICENCES
    MOMENT: ClassVar[tuple[str, ...]] = ("at",)

    model_config = ConfigDict(
        json_schema_extra=rules(
            when(says("result", AnswerResult.FOUND), given(licences=SOME), may(licences=NONE)),
            when(says("result", AnswerResult.REFUSED), given(reason=A_TEXT), may(reason=NOTHING)),
        )
    )

    query_id: MessageId
    number: LicenceNumber | None = None
    holder: Line | None = None
    """What was asked for."""
    result: AnswerResult
    licences: Annotated[tuple[SharedLicence, ...], Field(max_length=MOST_SHARED)] = ()
    more: bool = False
    """Whether there are others that would have answered, too: ask by number."""
    reason: Annotated[str, Field(min_length=1, max_length=500)] | None = None
    """Why nothing is told."""
    at: Instant

    @model_validator(mode="after")
    def _says_what_it_found(self) -> Self:
        if (self.result is AnswerResult.FOUND) != bool(self.licences):
            raise ValueError("licences: stand in an answer that has found some, and nowhere else")
        if (self.result is AnswerResult.REFUSED) != (self.reason is not None):
            raise ValueError("reason: a refusal says why, and nothing else does")
        return self


class LicenceDisclosed(Body):
    """The window tells its portals that a department was told of a licence, so that its holder can read it there.

    The enclosure is the department's query as it was signed: what it is needed for stands there, and nowhere else.
    """

    KIND: ClassVar[str] = "licence-disclosed"
    TITLE: ClassVar[Title] = ("许可信息提供告知", "Licence information given")
    ROOM: ClassVar[Room] = Room.PORTAL
    MOMENT: ClassVar[tuple[str, ...]] = ("at",)

    number: LicenceNumber
    query_id: MessageId
    digest: Digest
    """SHA-256 of the enclosure, the signed query."""
    asker: Address
    at: Instant
