"""The deadline as it travels: a budget of working days and a ledger, never a stored due date (DeadlineState),
and what is told of it: by the window to monitors and departments, and by monitors in reminders.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar, Self

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from exchange.schemas.base import (
    STAGE_NAMES,
    Address,
    Basis,
    Body,
    CaseNumber,
    Line,
    MatterCode,
    MessageId,
    Room,
    Serial,
    Title,
    Wire,
)
from exchange.schemas.instants import Instant
from exchange.schemas.matter import BY_LAW, AmendmentRules, DefaultMode, Exclusion, StartRule
from exchange.schemas.published.conditions import A_TEXT, NOTHING, SOME, SOMETHING, given, may, rules, says, when
from exchange.schemas.receipt import ReceiptProof


class Term(Wire):
    """How long: either working days, or an instant that a statute or a court fixed."""

    model_config = ConfigDict(
        json_schema_extra=rules(when(given(days=SOMETHING), may(fixed=NOTHING), given(fixed=A_TEXT)))
    )

    days: Annotated[int, Field(ge=1, le=365)] | None = None
    fixed: Instant | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.days is None) == (self.fixed is None):
            raise ValueError("a term is given in working days or as a fixed instant, one of the two")
        return self


class EntryKind(StrEnum):
    """What can happen to a running term."""

    START = "start"
    STOP = "stop"
    RESUME = "resume"
    RESTART = "restart"
    EXTEND = "extend"
    REPROJECT = "reproject"
    """The calendar of working days has changed: nothing but ``told`` says what came of it."""


class LedgerEntry(Wire):
    """One event in the life of a deadline; entries are only ever appended."""

    model_config = ConfigDict(
        json_schema_extra=rules(
            when(says("kind", EntryKind.EXTEND), given(days=SOMETHING)),
            when(says("kind", EntryKind.STOP, EntryKind.EXTEND), given(basis=SOME)),
        )
    )

    kind: EntryKind
    at: Instant
    days: Annotated[int, Field(ge=1, le=365)] | None = None
    """EXTEND: working days added. STOP: announced length in working days, after which the clock runs on by itself."""
    reason: Line
    basis: Basis = ()
    actor: Address
    notice: MessageId | None = None
    told: Annotated[Instant | None, Field(exclude_if=lambda told: told is None)] = None
    """The due moment that was told with it: silence counts no earlier than the last one, whatever the calendar says
    later. None while there is none, and in ledgers of former releases."""

    @model_validator(mode="after")
    def _what_each_kind_requires(self) -> Self:
        if self.kind is EntryKind.EXTEND and self.days is None:
            raise ValueError("an extension says by how many working days")
        if self.kind in (EntryKind.STOP, EntryKind.EXTEND) and not self.basis:
            raise ValueError("stopping or extending a term needs its legal basis")
        return self


class DeadlineStatus(StrEnum):
    """Whether a default may still arise."""

    RUNNING = "running"
    CLOSED = "closed"


class DeadlineState(Wire):
    """All that is needed to derive one department's deadline and to decide, or re-check, whether silence counts."""

    case_number: CaseNumber
    matter: MatterCode
    matter_version: Annotated[str, StringConstraints(min_length=1, max_length=32)]
    department: Address
    lead: Address
    consultation_id: MessageId
    revision: Serial
    status: DeadlineStatus
    term: Term
    start: StartRule
    ledger: Annotated[tuple[LedgerEntry, ...], Field(max_length=100)]
    default: DefaultMode
    default_basis: Basis = ()
    effect_delay_days: Annotated[int, Field(ge=0, le=30)] = 0
    exclusions: Annotated[tuple[Exclusion, ...], Field(max_length=5)] = ()
    file_complete: bool = True
    evidence: ReceiptProof | None = None
    """The department's own signed receipt for the consultation; without it nothing is ever defaulted."""
    amendments: Annotated[AmendmentRules, Field(exclude_if=lambda rules: rules == BY_LAW)] = BY_LAW
    """What the matter allows to be entered in the ledger; whoever hears of it holds the entries against it."""

    @property
    def tells(self) -> bool:
        """Whether it has what former releases cannot read: due moments that were told, or rules of the matter's own."""
        return self.amendments != BY_LAW or any(_tells(entry) for entry in self.ledger)


def _tells(entry: LedgerEntry) -> bool:
    return entry.told is not None or entry.kind is EntryKind.REPROJECT


class DeadlineNotice(Body):
    """The window tells every monitor how its open deadlines stand.

    Schema version 1 did not say in its ledgers which due moments were told; it is still read.
    """

    KIND: ClassVar[str] = "deadline-notice"
    TITLE: ClassVar[Title] = ("期限通报", "Deadlines told")
    ROOM: ClassVar[Room] = Room.APPROVAL
    VERSION: ClassVar[int] = 2
    READ: ClassVar[tuple[int, ...]] = (1, 2)

    deadlines: Annotated[tuple[DeadlineState, ...], Field(min_length=1, max_length=200)]

    @property
    def written_version(self) -> int:
        """The lowest that can say it."""
        return 2 if any(state.tells for state in self.deadlines) else 1


class TermNotice(Body):
    """The window tells a department that its term was stopped, resumed, begun anew or extended: why and by whom.

    So it does where the calendar of working days has moved its end. Whoever has ordered it, by what the window says,
    gets the same, and is told if it was refused. Schema version 1 could not say that the moment is provisional, and its
    entries told none; version 2 could not say that an entry was refused. Both are still read, and written where nothing
    more is to be said.
    """

    KIND: ClassVar[str] = "term-notice"
    TITLE: ClassVar[Title] = ("期限变更通知", "Term amended")
    ROOM: ClassVar[Room] = Room.APPROVAL
    VERSION: ClassVar[int] = 3
    READ: ClassVar[tuple[int, ...]] = (1, 2, 3)
    HAPPENED: ClassVar[tuple[str, ...]] = ("entry.at",)

    case_number: CaseNumber
    department: Address
    consultation_id: MessageId
    entry: LedgerEntry
    due_at: Instant | None
    """When the term is now over; None while the clock is stopped for an open time, or the term has not begun."""
    provisional: Annotated[bool, Field(exclude_if=lambda provisional: not provisional)] = False
    """Whether ``due_at`` lies beyond the published calendar, which may still move it."""
    refused: Annotated[Line | None, Field(exclude_if=lambda refused: refused is None)] = None
    """Why the entry was not made, to whoever is said to have ordered it: nothing has changed then."""

    @property
    def written_version(self) -> int:
        """The lowest that can say it."""
        if self.refused is not None:
            return 3
        return 2 if self.provisional or _tells(self.entry) else 1


LONGEST_WORDS = 500
"""Characters of what an officer adds."""


class Chase(Body):
    """A window's officer presses a department for its answer (催办函).

    It moves no clock, and a silence does not count for it: what silence needs is a monitor's reminder.
    """

    KIND: ClassVar[str] = "chase"
    TITLE: ClassVar[Title] = ("催办函", "Chasing letter")
    ROOM: ClassVar[Room] = Room.APPROVAL
    MOMENT: ClassVar[tuple[str, ...]] = ("at",)

    case_number: CaseNumber
    department: Address
    consultation_id: MessageId
    """The consultation that is not answered."""
    words: Annotated[str, StringConstraints(max_length=LONGEST_WORDS)] = ""
    """What the officer adds."""
    officer: Line
    at: Instant


class Reminder(Body):
    """A reminder (催办) at a share of the term. Its id is derived from what it says: it fires once a due moment.

    Schema version 1 did not say when the term began: its share was one of the hours, and its id did not change with the
    due moment. It is still read, and held against that rule.
    """

    KIND: ClassVar[str] = "reminder"
    TITLE: ClassVar[Title] = ("催办", "Reminder")
    ROOM: ClassVar[Room] = Room.APPROVAL
    VERSION: ClassVar[int] = 2
    READ: ClassVar[tuple[int, ...]] = (1, 2)
    HAPPENED: ClassVar[tuple[str, ...]] = ("began_at",)

    case_number: CaseNumber
    department: Address
    consultation_id: MessageId
    stage: Annotated[int, Field(ge=1, le=100, validation_alias=STAGE_NAMES)]
    """Share of the term's working days that has passed, in per cent."""
    due_at: Instant
    default: DefaultMode
    began_at: Annotated[Instant | None, Field(exclude_if=lambda began_at: began_at is None)] = None
    """When the term began that this is the end of."""
    provisional: Annotated[bool, Field(exclude_if=lambda provisional: not provisional)] = False
    """Whether ``due_at`` lies beyond the published calendar, which may still move it: then silence means nothing."""

    @property
    def written_version(self) -> int:
        """The lowest that can say it."""
        return 1 if self.began_at is None and not self.provisional else 2


class ReminderProof(Wire):
    """What proves to anybody that a department was reminded: the monitor's words, and the department's own receipt."""

    signed: Annotated[bytes, Field(max_length=65_536)]
    """The reminder as its monitor signed it, and the department signed for it: COSE_Sign1."""
    receipt: ReceiptProof


class SentReminder(Wire):
    """A reminder that went out; in a deemed consent with the proof that the department has it."""

    message_id: MessageId
    stage: Annotated[int, Field(ge=1, le=100, validation_alias=STAGE_NAMES)]
    at: Instant
    proof: Annotated[ReminderProof | None, Field(exclude_if=lambda proof: proof is None)] = None
