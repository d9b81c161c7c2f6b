"""Hearings (听证, Administrative License Law, articles 46 to 48): that one is held, and the record of it."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar, Self

from pydantic import ConfigDict, Field, model_validator

from exchange.schemas.base import Body, CaseNumber, Line, Room, Title
from exchange.schemas.filings.acceptance import FiledFile
from exchange.schemas.filings.filing import FilingNumber
from exchange.schemas.instants import Day, Instant
from exchange.schemas.published.conditions import A_TEXT, NOTHING, given, may, rules, says, when


class HearingEvent(StrEnum):
    """What a notice of a hearing says."""

    CALLED = "called"  # 决定举行
    PUT_OFF = "put-off"  # 延期
    CALLED_OFF = "called-off"  # 取消


class HearingNotice(Body):
    """A hearing is held, put off or called off (听证通知书): told to the applicant and to the departments consulted.

    It is told seven working days before it is held, and held within twenty of the request.
    """

    KIND: ClassVar[str] = "hearing-notice"
    TITLE: ClassVar[Title] = ("听证通知书", "Notice of a hearing")
    ROOM: ClassVar[Room] = Room.APPROVAL
    ALSO: ClassVar[tuple[Room, ...]] = (Room.PORTAL,)
    MOMENT: ClassVar[tuple[str, ...]] = ("at",)
    HAPPENED: ClassVar[tuple[str, ...]] = ("requested_at",)

    model_config = ConfigDict(
        json_schema_extra=rules(
            when(
                says("event", HearingEvent.CALLED_OFF),
                may(held_at=NOTHING, place=NOTHING),
                given(held_at=A_TEXT, place=A_TEXT),
            )
        )
    )

    case_number: CaseNumber
    filing: FilingNumber | None = None
    """The filing from which the case was opened; null where it was opened at the window itself."""
    event: HearingEvent
    held_at: Instant | None = None
    place: Line | None = None
    requested_at: Instant | None = None
    """When the applicant has asked for it; null where the window holds it of its own motion (article 46)."""
    reasons: Annotated[str, Field(min_length=1, max_length=20_000)]
    basis: Annotated[tuple[Line, ...], Field(min_length=1, max_length=20)]
    at: Instant

    @model_validator(mode="after")
    def _where_and_when(self) -> Self:
        held = self.event is not HearingEvent.CALLED_OFF
        if (self.held_at is not None) != held or (self.place is not None) != held:
            raise ValueError("held_at, place: say when and where it is held, and stand nowhere else")
        return self


class HearingRecord(Body):
    """The record of a hearing (听证笔录), on which the decision is made (article 48)."""

    KIND: ClassVar[str] = "hearing-record"
    TITLE: ClassVar[Title] = ("听证笔录", "Record of a hearing")
    ROOM: ClassVar[Room] = Room.APPROVAL
    ALSO: ClassVar[tuple[Room, ...]] = (Room.PORTAL,)
    MOMENT: ClassVar[tuple[str, ...]] = ("at",)
    HAPPENED: ClassVar[tuple[str, ...]] = ("held_on",)

    case_number: CaseNumber
    filing: FilingNumber | None = None
    held_on: Day
    record: Annotated[str, Field(min_length=1, max_length=20_000)]
    """What was said; the signed paper, where there is one, is enclosed."""
    file: FiledFile | None = None
    at: Instant
