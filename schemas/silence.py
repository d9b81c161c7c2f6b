"""What a monitor makes of silence: deemed consents, and escalations where no default may arise."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar, Self

from pydantic import ConfigDict, Field, model_validator

from exchange.schemas.base import Address, Body, CaseNumber, Digest, Line, MessageId, Queue, Room, Text, Title
from exchange.schemas.calendar import CalendarPaper
from exchange.schemas.deadline import DeadlineState, SentReminder
from exchange.schemas.instants import Day, Instant
from exchange.schemas.matter import DefaultMode
from exchange.schemas.published.conditions import SOME, given, may, rules

STATEMENTS = {
    DefaultMode.CONSENT: "依规则视为同意，无人审批 · arose by rule; no person approved",
    DefaultMode.REFUSAL: "依规则视为不同意，无人作出 · refusal arose by rule; no person refused",
}
"""What is said of silence that has its consequence, by what it comes to."""


class DeemedConsent(Body):
    """Silence taken as consent (视为同意), or as the catalogue's mode says. It arose by rule: no person approved.

    It carries all that anyone needs to check it again: ledger, calendar, receipt, rule and reminders. It is never an
    opinion, and has no effect until the window finds that no opinion stamped in time stands before it in the queue.

    Schema version 1 named its reminders and proved none. It is still read, and has no effect any more. Version 2 had no
    ``papers`` and no due moments told in its ledger; it is still read.
    """

    KIND: ClassVar[str] = "deemed-consent"
    TITLE: ClassVar[Title] = ("视为同意", "Deemed consent")
    ROOM: ClassVar[Room] = Room.APPROVAL
    QUEUE: ClassVar[Queue] = Queue.OPINIONS
    VERSION: ClassVar[int] = 3
    READ: ClassVar[tuple[int, ...]] = (1, 2, 3)

    model_config = ConfigDict(
        json_schema_extra=rules(
            may(mode={"enum": [DefaultMode.CONSENT, DefaultMode.REFUSAL]}, state=given(default_basis=SOME))
        )
    )

    state: DeadlineState
    mode: DefaultMode
    due_at: Instant
    calendar: Line
    """Name and version of the working-day calendar by which ``due_at`` was derived."""
    reminders: Annotated[tuple[SentReminder, ...], Field(max_length=20)]
    receipt_digest: Digest
    statement: Line = STATEMENTS[DefaultMode.CONSENT]
    papers: Annotated[tuple[CalendarPaper, ...], Field(max_length=20, exclude_if=lambda papers: not papers)] = ()
    """The published calendars, as their authorities signed them, by which ``due_at`` was derived: highest level first.
    None where the package of holidays alone was gone by."""

    @property
    def written_version(self) -> int:
        """The lowest that can say it."""
        if self.papers or self.state.tells:
            return 3
        return 2 if any(reminder.proof is not None for reminder in self.reminders) else 1

    @model_validator(mode="after")
    def _a_default_has_its_mode_and_rule(self) -> Self:
        if self.mode is DefaultMode.NONE or not self.state.default_basis:
            raise ValueError("a deemed consent needs a mode other than none and the rule it rests on")
        return self


class Escalation(Body):
    """A term ran out and no default may arise: the lead is told, with what stood in the way.

    It has no effect but on the very state of the deadline that it was made on, after its end. Schema version 1 did not
    carry that ``state``; it is still read, and overtaken. Version 2 had no due moments told in its ledger; it is still
    read.
    """

    KIND: ClassVar[str] = "escalation"
    TITLE: ClassVar[Title] = ("逾期上报", "Escalation")
    ROOM: ClassVar[Room] = Room.APPROVAL
    QUEUE: ClassVar[Queue] = Queue.OPINIONS
    VERSION: ClassVar[int] = 3
    READ: ClassVar[tuple[int, ...]] = (1, 2, 3)

    case_number: CaseNumber
    department: Address
    consultation_id: MessageId
    due_at: Instant
    obstacles: Annotated[tuple[Line, ...], Field(min_length=1, max_length=20)]
    remarks: Text = ""
    state: Annotated[DeadlineState | None, Field(exclude_if=lambda state: state is None)] = None
    """The deadline as the monitor was told of it last: what the window holds against its own."""

    @property
    def written_version(self) -> int:
        """The lowest that can say it."""
        if self.state is None:
            return 1
        return 3 if self.state.tells else 2

    @model_validator(mode="after")
    def _of_one_deadline(self) -> Self:
        told = self.state
        if told is None:
            return self
        here = self.case_number, self.department, self.consultation_id
        if (told.case_number, told.department, told.consultation_id) != here:
            raise ValueError("state: of another deadline than the escalation")
        return self


class ReviewStanding(StrEnum):
    """What a message about a supplementary review says."""

    ANNOUNCED = "announced"  # 部门告知
    DUE = "due"  # 今日到期
    OVERDUE = "overdue"  # 逾期未提交


class SupplementaryReview(Body):
    """A department reviews after its silence had effect, until a day; its window reminds, and tells what did not come.

    It changes nothing of the effect. The result is a late opinion, which the lead looks at.
    """

    KIND: ClassVar[str] = "supplementary-review"
    TITLE: ClassVar[Title] = ("补充审查", "Supplementary review")
    ROOM: ClassVar[Room] = Room.APPROVAL
    MOMENT: ClassVar[tuple[str, ...]] = ("at",)

    case_number: CaseNumber
    department: Address
    standing: ReviewStanding
    until: Day
    """The last day on which the result is to be handed in."""
    reasons: Line
    officer: Line
    """Who answers for the announcement; the window repeats it."""
    at: Instant
