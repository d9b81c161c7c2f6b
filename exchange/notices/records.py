"""Records of notices, of their readers and of the branches they went down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from exchange.notices.rules.states import NoticeSeat, NoticeState
from exchange.paging import Place
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

    replaces: str | None = None
    """The notice in whose place its origin has put it."""

    @property
    def place(self) -> Place:
        """Its place in a list by time."""
        return self.received_at, self.notice_id


@dataclass(frozen=True, slots=True)
class ReaderRow:
    """One of a relay office's own authorities, and what is known of its having a notice."""

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
