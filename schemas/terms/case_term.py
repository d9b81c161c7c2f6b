"""What a window tells of the term of a whole case: the lead's own, from acceptance to the decision and the licence."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar, Self

from pydantic import ConfigDict, Field, model_validator

from exchange.schemas.base import Body, CaseNumber, Line, Room, Title
from exchange.schemas.deadline import LedgerEntry
from exchange.schemas.instants import Instant
from exchange.schemas.published.conditions import NOTHING, SOMETHING, given, may, rules, says, when


class CaseTermEvent(StrEnum):
    """What has happened to the term of a case."""

    AMENDED = "amended"
    """Extended, stopped for a procedure of article 45, or run on before the announced length."""
    REFUSED = "refused"
    """What was asked for in another member's name was not entered; it is told, and nothing has changed."""
    OVERRUN = "overrun"
    """It is over, and the case is not decided. Nothing is granted by that."""
    UNDELIVERED = "undelivered"
    """What was granted is not recorded as handed out within its ten working days (article 44)."""


_AMENDING = (CaseTermEvent.AMENDED, CaseTermEvent.REFUSED)


class CaseTermNotice(Body):
    """The window tells how the term of a case stands: the departments consulted, and the authority above the lead."""

    KIND: ClassVar[str] = "case-term"
    TITLE: ClassVar[Title] = ("办理期限通知", "Term of a case")
    ROOM: ClassVar[Room] = Room.APPROVAL
    MOMENT: ClassVar[tuple[str, ...]] = ("at",)
    HAPPENED: ClassVar[tuple[str, ...]] = ("began_at",)

    model_config = ConfigDict(
        json_schema_extra=rules(
            when(says("event", *_AMENDING), given(entry=SOMETHING), may(entry=NOTHING)),
            when(says("event", CaseTermEvent.REFUSED), given(refused=SOMETHING), may(refused=NOTHING)),
            when(says("event", CaseTermEvent.UNDELIVERED), given(deliver_by=SOMETHING), may(deliver_by=NOTHING)),
        )
    )

    case_number: CaseNumber
    event: CaseTermEvent
    entry: LedgerEntry | None = None
    refused: Line | None = None
    """Why the entry was not made."""
    days: Annotated[int, Field(ge=1, le=365)]
    """Working days that the law gives, without what it was extended by."""
    began_at: Instant
    due_at: Instant
    """Until when the lead decides, or had to."""
    provisional: bool = False
    """Whether ``due_at`` lies beyond the published calendar, which may still move it."""
    promised_at: Instant | None = None
    """Until when the lead has promised to decide, where that is sooner."""
    deliver_by: Instant | None = None
    at: Instant

    @model_validator(mode="after")
    def _what_each_event_says(self) -> Self:
        if (self.event in _AMENDING) != (self.entry is not None):
            raise ValueError("entry: stands where the term was amended or was not to be, and nowhere else")
        if (self.event is CaseTermEvent.REFUSED) != (self.refused is not None):
            raise ValueError("refused: says why an entry was not made, and stands nowhere else")
        if (self.event is CaseTermEvent.UNDELIVERED) != (self.deliver_by is not None):
            raise ValueError("deliver_by: stands where a licence was not handed out in time, and nowhere else")
        return self
