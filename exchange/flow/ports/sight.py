"""What operators look at in a member's store: messages, copies, cases and terms, without any content.

Lists come in pieces: so many rows behind a key, through an index in the list's own order.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from exchange.flow.ports.levels import NoticeRow
from exchange.flow.ports.records import WatchRow
from exchange.rules.search import Key
from exchange.rules.standing import Standing
from exchange.rules.states import CaseState, PartState
from exchange.rules.trace_facts import AsideFact, CopyFact, DeskFact, NoteFact, TakenFact
from exchange.schemas import SentReminder


@dataclass(frozen=True, slots=True)
class Head:
    """A message on record, without what it says."""

    id: int
    member: str
    """Whose record this is."""
    sender: str
    message_id: str
    conversation_id: str
    kind: str
    direction: str
    digest: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class CopyLine:
    """One addressee's copy as lists show it."""

    id: int
    member: str
    """Whose outbox it is in."""
    message_id: str
    kind: str
    addressee: str
    state: str
    attempts: int
    written_at: datetime
    last_error: str | None


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case as operators see it: no applicant, no project."""

    window: str
    number: str
    matter: str
    state: CaseState
    stage: int
    opened_at: datetime
    decided_at: datetime | None
    withdrawn_at: datetime | None
    outcome: str | None
    by_rule: bool | None = None
    """Whether the window's rule decided: no person did."""
    rule_error: str | None = None
    """What the window's rule failed with on it."""
    ready_at: datetime | None = None
    """Since when it waits for its lead, where all is in."""


@dataclass(frozen=True, slots=True)
class PartLine:
    """A department's part as the deadline board sees it."""

    window: str
    case_number: str
    department: str
    stage: int
    state: PartState
    started_at: datetime | None
    due_at: datetime | None
    signed_at: datetime | None = None
    answered_at: datetime | None = None
    deemed_at: datetime | None = None
    escalated_at: datetime | None = None
    reminded_at: datetime | None = None
    late_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class UnsignedNotice:
    """A notice at a relay office, and its own bodies that have not signed for it."""

    notice: NoticeRow
    missing: tuple[str, ...]
    """The first of them, by name."""
    missing_number: int
    bodies: int


class Sight(Protocol):
    """Reads for operators; nothing here changes anything."""

    def heads(self, member: str, message_ids: Collection[str]) -> list[Head]:
        """What is on record under these ids, sent or received."""

    def conversation(self, member: str, conversation_id: str) -> list[Head]: ...

    def signed(self, head: Head) -> bytes:
        """The signed bytes of a message on record, for its clear header."""

    def copies(self, message_ids: Collection[str]) -> list[CopyFact]:
        """Copies of these messages with their failed attempts."""

    def taken(self, member: str, message_id: str) -> list[TakenFact]: ...

    def aside(self, member: str, message_id: str) -> list[AsideFact]: ...

    def notes(self, member: str, message_id: str) -> list[NoteFact]: ...

    def desk_of(self, member: str, case_number: str, message_id: str) -> DeskFact | None: ...

    def noted_messages(self, case_number: str) -> list[str]:
        """Ids of messages that the journal names with a case."""

    def case_conversation(self, case_number: str) -> str | None:
        """The conversation of a case at its window."""

    def messages(
        self, member: str, direction: str, kind: str, until: datetime | None, after: Key | None, limit: int
    ) -> list[Head]:
        """Sent or received, newest first, of a kind or of all."""

    def numbered(self, member: str, holding: str, until: datetime | None, after: Key | None, limit: int) -> list[Head]:
        """What bears a document's number that holds a text anywhere, upper and lower case alike; newest first.

        Looked for in an index of the numbers alone, so that documents that do not have it are not read.
        """

    def open_copies(
        self, member: str, after: Key | None, limit: int, *, newest_first: bool, ended: bool
    ) -> list[CopyLine]:
        """Copies that wait for a receipt; or, ``ended``, that were returned or abandoned."""

    def cases(
        self,
        window: str,
        state: CaseState | None,
        until: datetime | None,
        after: Key | None,
        limit: int,
        holding: str = "",
    ) -> list[CaseLine]:
        """Newest first; of a number that holds a text anywhere, upper and lower case alike.

        Such a text is looked for in an index of the numbers alone, so that cases that do not have it are not read.
        """

    def case(self, window: str, number: str) -> CaseLine | None: ...

    def consulted(self, department: str, numbers: Collection[str]) -> set[str]:
        """Those of these cases in which a department is consulted."""

    def parts(self, window: str, number: str) -> list[PartLine]: ...

    def standings(self, now: datetime, departments: Collection[str]) -> dict[str, dict[Standing, int]]:
        """How many parts stand where, by department; settled ones of these departments that were due lately."""

    def standing(
        self, window: str, department: str, standing: Standing, now: datetime, after: Key | None, limit: int
    ) -> list[PartLine]:
        """Parts that may stand so, the earliest due first; those past a share of their term are to be told apart."""

    def due_between(self, since: datetime, until: datetime, after: Key | None, limit: int) -> list[WatchRow]:
        """Running deadlines under watch, the earliest first."""

    def reminders(self, numbers: Collection[str]) -> dict[tuple[str, str], list[SentReminder]]:
        """Reminders sent in these cases, by case and department."""

    def unsigned_notices(self, limit: int, names: int) -> tuple[list[UnsignedNotice], int]:
        """The newest notices that bodies of a relay office's level have not signed for, each with so many of their
        names at most; and how many such notices there are."""


__all__ = ["CaseLine", "CopyLine", "Head", "PartLine", "Sight", "UnsignedNotice"]
