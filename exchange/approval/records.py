"""Records of applications that are decided in parallel: a case, and each department's part in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from exchange.approval.rules.states import CaseState, PartState
from exchange.paging import Place
from exchange.schemas import ObjectionGround, OrderedBy, ProtestGround, Verdict

COPIED = "copied-to-substitute"
"""What the journal calls a copy of a request that went to a substitute: it asks nobody, and is no part of a case."""


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case as the window keeps it."""

    number: str
    matter: str
    matter_version: str
    state: CaseState
    stage: int
    application: bytes
    """The application's JSON bytes."""
    applicant: str
    project: str
    conversation_id: str
    opened_at: datetime
    ready_at: datetime | None = None
    decided_at: datetime | None = None
    withdrawn_at: datetime | None = None
    outcome: str | None = None
    decision_id: str | None = None
    prepared: str | None = None
    """The ruling that the lead's rule has prepared, as `flow.decision.ruling_of` reads it."""
    rule_error: str | None = None
    """What the lead's rule failed with when it was last asked."""
    by_rule: bool | None = None
    """Whether the decision was made by the lead's rule; None while there is none."""
    reopened_at: datetime | None = None
    """When it was taken up again after it had been closed, last: from then on silence decides nothing."""

    @property
    def place(self) -> Place:
        """Its place in a list by time."""
        return self.opened_at, self.number


@dataclass(frozen=True, slots=True)
class PartRow:
    """One consulted department's part."""

    case_number: str
    department: str
    stage: int
    state: PartState
    revision: int = 1
    """Counts the changes that monitors must hear of."""
    consultation_id: str | None = None
    clearance_id: str | None = None
    fixed_due: datetime | None = None
    due_at: datetime | None = None
    """Derived; kept for lists only, never for a ruling."""
    issued_at: datetime | None = None
    signed_at: datetime | None = None
    answered_at: datetime | None = None
    deemed_at: datetime | None = None
    moot_at: datetime | None = None
    escalated_at: datetime | None = None
    reminded_at: datetime | None = None
    verdict: Verdict | None = None
    conditions: str | None = None
    reasons: str | None = None
    opinion_id: str | None = None
    deemed_id: str | None = None
    late_opinion_id: str | None = None
    late_at: datetime | None = None
    late_verdict: Verdict | None = None
    late_ground: ObjectionGround | None = None
    """On what the late objection rests, where the lead must hear of it at once."""
    receipt_id: str | None = None
    receipt_index: int | None = None
    started_at: datetime | None = None
    """When the term that runs now began; derived and kept for lists, as ``due_at`` is."""
    provisional: bool | None = None
    """Whether ``due_at`` was provisional when it was derived; None where a former release derived it."""
    calendar: str | None = None
    """By which calendar it was derived."""
    review_at: datetime | None = None
    """Since when the decision is to be reviewed over it: its opinion was in time and came in after the decision."""
    faulty_id: str | None = None
    """The last opinion of the department that was in time, and went back to it because something was wrong with it."""
    faulty_at: datetime | None = None
    """When the first of these arrived, at the earliest."""
    correct_by: datetime | None = None
    """Until when the department may correct it."""
    protest_id: str | None = None
    """The department's protest against what it was told of its part."""
    protest_ground: ProtestGround | None = None
    recalled_id: str | None = None
    """The last opinion that the department has recalled."""
    recall_id: str | None = None
    """By which message."""
    recalled_at: datetime | None = None
    clear_again: bool | None = None
    """Whether the result by which it was cleared was recalled: it is told the next one."""

    instead_of: str | None = None
    """The department that was not competent, where this one was added to the running case in its place."""
    added: str | None = None
    """Of one that was added: its entry as an approver of this case, JSON."""

    paper_by: datetime | None = None
    """Until when the department owes its paper after its deemed consent, as it was told."""
    paper_reminded_at: datetime | None = None
    """When it was reminded of that."""
    substitute: str | None = None
    """Who has the request as its substitute, and is told what it is told."""
    given_by: str | None = None
    """The substitute that gave the opinion on record; None where the department did itself."""
    late_given_by: str | None = None
    """The same of the late one."""

    supplement_id: str | None = None
    """By which message the department has announced a supplementary review, after its silence had effect."""
    supplement_until: datetime | None = None
    """The end of that review's last day."""
    supplement_told: int | None = None
    """What is still to be told of it; None once nothing is."""

    chased_at: datetime | None = None
    """When its department was last reminded by the lead's own hand."""
    ledger_from: int = 0
    """How many entries of its ledger are of earlier rounds, before the case was reopened."""

    @property
    def hearing(self) -> tuple[str, ...]:
        """Who is told what concerns this part: the department, and whoever acts for it."""
        return (self.department,) if self.substitute is None else (self.department, self.substitute)

    @property
    def alarming(self) -> bool:
        """Whether a late objection on grounds of safety waits for the lead."""
        return self.late_ground is ObjectionGround.SAFETY and self.review_at is not None

    @property
    def contested(self) -> bool:
        """Whether the department's protest waits for a review."""
        return self.protest_id is not None and self.review_at is not None


@dataclass(frozen=True, slots=True)
class ReopeningRow:
    """One reopening of a case, with what had been decided before."""

    case_number: str
    round: int
    """Counts from one."""
    at: datetime
    officer: str
    ordered_by: OrderedBy
    reasons: str
    basis: str
    """The legal bases, a line each."""
    order_named: str | None = None
    """The order of a superior or a court."""
    former_state: CaseState = CaseState.DECIDED
    former_id: str | None = None
    """The decision that was made; it stays as it was signed."""
    former_outcome: str | None = None
    former_at: datetime | None = None
    """When it was decided, or withdrawn."""
    notice_id: str | None = None
    """The signed notice to the departments; None where none could be reached."""
