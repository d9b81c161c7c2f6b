"""Notices and collections between levels: their records, and the store as it keeps them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from exchange.rules.notice_states import NoticeSeat, NoticeState
from exchange.rules.paging import Place
from exchange.schemas import ReaderState


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """A notice as one member has it: its origin, a relay office on its way, or one who reads it."""

    notice_id: str
    seat: NoticeSeat
    state: NoticeState
    origin: str
    source: str
    """Whom it came from, who is told what became of it; an origin's is its relay office."""
    digest: str
    """SHA-256 of the origin's signed notice."""
    title: str
    number: str
    treatment: str
    audience: str
    forwarding_id: str
    """The message that passed it on: to us at a reader and while it waits for a cover, else from us."""
    received_at: datetime
    act_by: str | None = None
    """At readers and relay offices with what the covers say."""
    urgency: str = "ordinary"
    settled_at: datetime | None = None
    reason: str | None = None
    serial: int = 0
    """Number of the last tally that was sent."""
    changed: bool = False
    """Whether there is more to tell than the last tally did."""
    reminded: int = 0
    """The last stage that was reminded of, in percent of the term: at its origin, or while it waits for a cover."""

    @property
    def place(self) -> Place:
        """Its place in a list by time."""
        return self.received_at, self.notice_id


@dataclass(frozen=True, slots=True)
class ReaderRow:
    """One of a relay office's own bodies, and what is known of its having a notice."""

    notice_id: str
    address: str
    state: ReaderState
    has_at: datetime | None = None
    settled_at: datetime | None = None
    reason: str | None = None
    proof: str | None = None
    """SHA-256 of the signed answer or receipt that it rests on."""
    proof_id: str | None = None
    """The message that this is in."""


@dataclass(frozen=True, slots=True)
class BranchRow:
    """A lower level, and the newest tally that its relay office has sent."""

    notice_id: str
    domain: str
    serial: int = 0
    tally: str | None = None


@dataclass(frozen=True, slots=True)
class CollectionRow:
    """What a notice asks for, as the member took it from the origin's verified document."""

    notice_id: str
    form: str
    """The form's JSON."""
    serial: int = 0
    """Number of the last aggregate that was sent."""
    changed: bool = False
    """Whether there is more to tell than the last aggregate did; of a relay office only."""


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """The answer of one of a relay office's own bodies that holds: its latest."""

    notice_id: str
    body: str
    at: datetime
    """When it was signed."""
    proof: str
    """SHA-256 of the signed answer; of two of one moment the higher holds."""
    proof_id: str
    """The message that this is in."""
    answer: str
    """The answer's JSON, checked."""


@dataclass(frozen=True, slots=True)
class AggregateRow:
    """A lower level, and the newest aggregate that its relay office has sent; at an origin, the own level."""

    notice_id: str
    domain: str
    serial: int = 0
    aggregate: str | None = None


class Notices(Protocol):
    """Notices through the levels."""

    def add(
        self,
        row: NoticeRow,
        readers: Sequence[ReaderRow] = (),
        branches: Sequence[BranchRow] = (),
        further: Sequence[str] = (),
    ) -> None:
        """``further``: messages that passed it on beside ``row.forwarding_id``, where one could not address all."""

    def add_copies(self, notice_id: str, further: Sequence[str]) -> None:
        """Further messages that passed a notice on, known only once it had its cover."""

    def get(self, notice_id: str) -> NoticeRow | None: ...

    def forwarded_by(self, message_ids: Collection[str]) -> dict[str, NoticeRow]:
        """Notices that these messages passed on, by message; each of several that passed one on finds it."""

    def changed(self, limit: int) -> list[NoticeRow]:
        """Those at a relay office of which there is more to tell than the last tally did."""

    def recent(self, limit: int = 100) -> list[NoticeRow]:
        """Newest first."""

    def count(self) -> int:
        """How many are on record."""

    def page(self, seat: NoticeSeat, state: NoticeState, after: Place | None, limit: int) -> list[NoticeRow]:
        """Those of one seat and state, oldest first, behind a place; for `exchange.rules.paging.every`."""

    def unanswered(self, reader: str, after: Place | None, limit: int) -> list[NoticeRow]:
        """Those that this reader has signed for and whose form it has not answered; as `page`."""

    def move(self, notice_id: str, before: Collection[NoticeState], after: NoticeState, **values: Any) -> bool:
        """One guarded UPDATE; ``values`` are columns of NoticeRow. True if this call moved it."""

    def touch(self, notice_id: str) -> None:
        """There is something new to tell."""

    def told(self, notice_id: str, serial: int) -> None:
        """A tally with this number was sent."""

    def readers(self, notice_id: str) -> list[ReaderRow]: ...

    def reader(self, notice_id: str, address: str) -> ReaderRow | None: ...

    def set_reader(self, row: ReaderRow) -> None: ...

    def branches(self, notice_id: str) -> list[BranchRow]: ...

    def set_branch(self, row: BranchRow) -> bool:
        """Takes a tally; False if one as new is on record, or the level is none of this notice's."""


class Collections(Protocol):
    """What notices ask for, and what has been answered."""

    def open(self, row: CollectionRow, branches: Sequence[str] = ()) -> None:
        """A notice with a form has come; ``branches`` are the domains whose aggregates are taken."""

    def get(self, notice_id: str) -> CollectionRow | None:
        """None where the notice carries no form, or is not on record."""

    def changed(self, limit: int) -> list[CollectionRow]:
        """Those of which there is more to tell than the last aggregate did."""

    def touch(self, notice_id: str) -> None:
        """There is something new to tell."""

    def told(self, notice_id: str, serial: int) -> None:
        """An aggregate with this number was sent."""

    def answers(self, notice_id: str) -> list[AnswerRow]:
        """By body."""

    def take_answer(self, row: AnswerRow) -> bool:
        """Takes an answer; False if that body's on record was signed later, or is the same."""

    def branches(self, notice_id: str) -> list[AggregateRow]:
        """By domain."""

    def take_aggregate(self, row: AggregateRow) -> bool:
        """Takes an aggregate; False if one as new is on record, or the domain is none of this notice's."""
