"""Lines of lists and search results over many members."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from exchange.approval.rules.states import CaseState, PartState
from exchange.messaging.records import OutboxState
from exchange.notices.records import NoticeRow
from exchange.schemas import ObjectionGround, ProtestGround


@dataclass(frozen=True, slots=True)
class MessageHead:
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
    state: OutboxState
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
    late_ground: ObjectionGround | None = None
    review_at: datetime | None = None
    protest_id: str | None = None
    recalled_at: datetime | None = None
    protest_ground: ProtestGround | None = None
    supplement_until: datetime | None = None
    """Until when a supplementary review was announced."""
    given_by: str | None = None
    """The substitute that gave the opinion in its name."""
    fixed_due: datetime | None = None
    """What a statute or a court fixed its end to."""

    late_opinion_id: str | None = None
    paper_by: datetime | None = None
    """Until when it owes its paper after its deemed consent."""
    paper_reminded_at: datetime | None = None

    @property
    def contested(self) -> bool:
        """Whether the department's protest waits for a review."""
        return self.protest_id is not None and self.review_at is not None


@dataclass(frozen=True, slots=True)
class UnsignedNotice:
    """A notice at a relay office, and its own authorities that have not signed for it."""

    notice: NoticeRow
    missing: tuple[str, ...]
    """The first of them, by name."""
    missing_number: int
    authorities: int
