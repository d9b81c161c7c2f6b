"""A department's part of the one case, as the window keeps it, and the deadline that is derived from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from exchange.approval.rules.entry_reasons import COUNTED_FROM_ISSUE
from exchange.approval.rules.states import PartState
from exchange.approval.rules.stops import began
from exchange.schemas import (
    Approver,
    DeadlineState,
    DeadlineStatus,
    EntryKind,
    LedgerEntry,
    Matter,
    ReceiptProof,
    Term,
    Verdict,
)

CASE = "C-1"
CONSULTATION = "11111111-1111-4111-8111-111111111111"
PROOF = ReceiptProof(receipt=b"leaf", index=0, size=1, path=(), signed=b"root")
RUNNING = (PartState.ISSUED, PartState.SIGNED)
FINAL = (PartState.ANSWERED, PartState.DEEMED, PartState.REFUSED, PartState.MOOT)
"""What is settled, unless its department recalls its opinion."""


class MondayToFriday:
    """A calendar without holidays, fast, and published up to a day."""

    version = "monday-to-friday"
    papers = ()

    def announcement(self, year: int) -> str | None:
        return None

    def is_workday(self, day: date) -> bool:
        return day.weekday() < 5

    def published(self, day: date) -> bool:
        return day.year < 2030


CALENDAR = MondayToFriday()


@dataclass
class Seat:
    """A department's part at the window."""

    department: str
    stage: int
    state: PartState = PartState.PLANNED
    revision: int = 1
    verdict: Verdict | None = None
    late_opinion_id: str | None = None
    opinion_id: str | None = None
    recalled_id: str | None = None
    recalled_ids: list[str] = field(default_factory=list)
    clear_again: bool = False
    open_since: int = 0
    """How much the window had handled when the part was opened again: what was returned until then is given anew."""
    signed_for: bool = False
    cleared: bool = False
    asked_at: datetime | None = None
    """When all that it needs to answer was put to it."""
    ledger: list[LedgerEntry] = field(default_factory=list)

    @property
    def started(self) -> bool:
        """Whether its term has begun."""
        return any(entry.kind is EntryKind.START for entry in self.ledger)


def watched(state: DeadlineState, seat: Seat, lead: str) -> DeadlineState:
    """The deadline as it is watched: one that no receipt has begun is counted from when it was asked."""
    if seat.asked_at is None or began(seat.ledger) is not None:
        return state
    start = LedgerEntry(kind=EntryKind.START, at=seat.asked_at, reason=COUNTED_FROM_ISSUE, actor=lead)
    return state.model_copy(update={"ledger": (start, *seat.ledger)})


def deadline_of(seat: Seat, matter: Matter, rule: Approver, running: bool) -> DeadlineState:
    """The deadline as the window derives it from its records."""
    return DeadlineState(
        case_number=CASE,
        matter=matter.code,
        matter_version=matter.version,
        department=seat.department,
        lead=matter.lead,
        consultation_id=CONSULTATION,
        revision=seat.revision,
        status=DeadlineStatus.RUNNING if running else DeadlineStatus.CLOSED,
        term=Term(days=rule.term_days),
        start=matter.start,
        ledger=tuple(seat.ledger),
        default=rule.default,
        default_basis=rule.default_basis,
        effect_delay_days=matter.effect_delay_days,
        exclusions=matter.exclusions,
        evidence=PROOF if seat.signed_for else None,
    )
