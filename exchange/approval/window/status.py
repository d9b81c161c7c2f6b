"""Status: what the applicant, and the window's officers, see of a case; derived from the record, read only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from exchange.approval.records import CaseRow, PartRow, ReopeningRow
from exchange.approval.rules.after.paper import OwedPaper, paper_of
from exchange.approval.rules.completion import SETTLED
from exchange.approval.rules.course.adding import Placement, to_place
from exchange.approval.rules.deadline import days_left, is_provisional
from exchange.approval.rules.states import WITHOUT_DECISION, CaseState, PartState
from exchange.approval.rules.stops import Stop, stopped_at
from exchange.approval.window.clock.shown import CaseTerm, case_term
from exchange.approval.window.deadlines import approver_of, matter_of
from exchange.approval.window.decision import Ruling, ruling_of
from exchange.approval.window.lead_duties import term_to_decide
from exchange.approval.window.matters import completing
from exchange.approval.window.proposals import proposals_of
from exchange.approval.window.store import Cases
from exchange.envelope import verify_signed
from exchange.errors import NotFound
from exchange.language import Words
from exchange.messaging.documents import Documents
from exchange.messaging.node import Node
from exchange.schemas import Decision, DefaultMode, EntryKind, LedgerEntry, ObjectionGround, ProtestGround, Verdict
from exchange.store.transaction import Transaction


@dataclass(frozen=True)
class PartStatus:
    """One department's line."""

    department: str
    names: Words
    """What the directory calls it."""
    stage: int
    state: PartState
    verdict: Verdict | None
    default: DefaultMode
    due_at: datetime | None
    reminded: bool
    late: bool
    reasons: str
    conditions: str
    message_id: str | None
    """The opinion's or the deemed consent's message."""
    late_opinion_id: str | None
    """Kept, and without effect by itself."""
    consultation_id: str | None
    provisional: bool = False
    """Whether its due moment lies beyond the published calendar, which may still move it."""
    days_left: int | None = None
    """Working days until it is due, the last one counted."""
    stopped: Stop | None = None
    """How its clock stands still, while it does."""
    amendments: tuple[LedgerEntry, ...] = ()
    """What has happened to its term since that began: when, why, by what law, and by whose order."""
    review_at: datetime | None = None
    """Since when the decision is to be reviewed over its opinion, which was in time."""
    faulty_id: str | None = None
    """Its last opinion that went back to it, and was in time."""
    correct_by: datetime | None = None
    """Until when it may correct that."""
    protest_id: str | None = None
    """Its protest against what it was told of its part."""
    protest_ground: ProtestGround | None = None
    contested: bool = False
    """Whether that protest waits for the lead's review."""
    instead_of: str | None = None
    """The department that was not competent, in whose place this one was added."""
    recalled_id: str | None = None
    """Its last opinion that it has recalled."""
    recall_id: str | None = None
    """By which message."""
    recalled_at: datetime | None = None
    late_ground: ObjectionGround | None = None
    """On what its late objection rests."""
    alarming: bool = False
    """Whether that waits for the lead."""
    paper: OwedPaper | None = None
    """What it owes after its deemed consent, and whether that has come."""
    substitute: str | None = None
    """Who has its request as its substitute."""
    given_by: str | None = None
    """The substitute that gave the opinion in its name."""
    late_given_by: str | None = None
    supplement_until: datetime | None = None
    """Until when its supplementary review was announced."""
    chased_at: datetime | None = None
    """When it was last reminded by the lead's own hand."""


@dataclass(frozen=True)
class CaseStatus:
    """A case at one instant."""

    number: str
    matter: str
    matter_names: Words
    project: str
    applicant: str
    state: CaseState
    stage: int
    opened_at: datetime
    decided_at: datetime | None
    outcome: str | None
    decision_id: str | None
    ready_at: datetime | None
    prepared: Ruling | None
    """What the lead's rule has prepared, for an officer to confirm."""
    rule_error: str | None
    """What the lead's rule failed with; the case is an officer's to decide."""
    by_rule: bool
    """The lead's rule has decided: no person did."""
    parts: tuple[PartStatus, ...]
    proposals: tuple[Placement, ...] = ()
    """Departments that are not competent, and whom they name: one may be asked in their place."""
    reopenings: tuple[ReopeningRow, ...] = ()
    """When, why and at whose instance it was taken up again, with what had been decided before."""
    due_at: datetime | None = None
    """Until when the lead is to decide, from the first day on; None once it is closed."""
    provisional: bool = False
    """Whether ``due_at`` lies beyond the published calendar, which may still move it."""
    term: CaseTerm | None = None
    """Its own terms, by law and as promised, with what moved them, and the delivery."""

    @property
    def answered(self) -> int:
        """Departments whose part is settled, by an opinion or by rule."""
        return sum(part.state in SETTLED for part in self.parts)

    @property
    def step(self) -> Words:
        """Where the case stands, in the applicant's words, Chinese and English."""
        if self.state is CaseState.READY and self.prepared is not None:
            return "规则已拟决定，待经办人确认", "prepared by rule, awaiting an officer's confirmation"
        if self.reopenings and self.state in _AGAIN:
            return _AGAIN[self.state]
        if self.by_rule:
            return "已依规则办结，无人审批", "decided by rule; no person approved"
        return _STEPS[self.state]


_STEPS = {
    CaseState.OPEN: ("部门会审中", "with the departments"),
    CaseState.READY: ("待决定", "awaiting the decision"),
    CaseState.DECIDED: ("已办结", "decided"),
    CaseState.WITHDRAWN: ("已撤回", "withdrawn"),
    CaseState.BY_LAW: ("逾期未决定，视为准予延续，无人审批", "renewed by law, undecided in time; no person approved"),
}


_BEFORE = (CaseState.OPEN, CaseState.READY)


_AGAIN = {
    CaseState.OPEN: ("重新办理，部门会审中", "reopened: with the departments"),
    CaseState.READY: ("重新办理，待决定", "reopened: awaiting a new decision"),
}
"""The same in a case that was taken up again."""


def case_status(node: Node, number: str) -> CaseStatus:
    """Return the status of one case. Raises NotFound."""
    with node.store.reading() as tx:
        return status_in(tx, node, number)


def status_in(tx: Transaction, node: Node, number: str) -> CaseStatus:
    """Do what `case_status` does, inside a transaction."""
    case = tx[Cases].get(number)
    if case is None:
        raise NotFound(
            "no case {number} at {address}",
            remedy="`exchange status` lists the cases",
            number=number,
            address=node.address,
        )
    matter = matter_of(tx, case)
    rows = tx[Cases].parts(number)
    tx[Cases].read_ledgers(number)
    ledgers = {part.department: tx[Cases].ledger(number, part.department) for part in rows}
    defaults = {part.department: approver_of(matter, part.department).default for part in rows}
    parts = tuple(_part(node, case, part, defaults[part.department], ledgers[part.department]) for part in rows)
    term, own = term_to_decide(tx, case, node.calendar), case_term(tx, case, node)
    places = to_place(case.state, completing(case, matter), rows)
    proposals = tuple(proposals_of(tx, node, [row for row in rows if row.department in places]))
    reopenings = tuple(tx[Cases].reopenings(number)) if case.reopened_at is not None else ()
    return replace(_status(case, matter.names, parts, proposals, reopenings, term), term=own)


def decision_on(node: Node, case: CaseStatus) -> Decision | None:
    """Return the lead's decision from its signed document; None while there is none."""
    with node.store.reading() as tx:
        return decision_in(tx, node, case)


def decision_in(tx: Transaction, node: Node, case: CaseStatus) -> Decision | None:
    """Do what `decision_on` does, inside a transaction."""
    if case.decision_id is None:
        return None
    stored = tx[Documents].get(node.address, case.decision_id)
    body = verify_signed(stored.signed, node.directory).body if stored else None
    return body if isinstance(body, Decision) else None


def cases_more(node: Node, shown: int) -> int:
    """Return how many cases of the window a list of the ``shown`` latest ones leaves out."""
    with node.store.reading() as tx:
        return sum(number for name, number in tx[Cases].counts().items() if name.startswith("case-")) - shown


def recent_cases(node: Node, limit: int = 20) -> list[CaseStatus]:
    """Return the latest cases of the window, newest first."""
    with node.store.reading() as tx:
        numbers = [case.number for case in tx[Cases].recent(None, limit)]
    return [case_status(node, number) for number in numbers]


def _status(
    case: CaseRow,
    matter_names: Words,
    parts: tuple[PartStatus, ...],
    proposals: tuple[Placement, ...],
    reopenings: tuple[ReopeningRow, ...],
    term: tuple[datetime | None, bool],
) -> CaseStatus:
    due_at, provisional = term
    return CaseStatus(
        number=case.number,
        matter=case.matter,
        matter_names=matter_names,
        project=case.project,
        applicant=case.applicant,
        state=case.state,
        stage=case.stage,
        opened_at=case.opened_at,
        decided_at=case.decided_at,
        outcome=case.outcome,
        decision_id=case.decision_id,
        ready_at=case.ready_at,
        prepared=ruling_of(case.prepared) if case.prepared and case.state in _BEFORE else None,
        rule_error=case.rule_error,
        by_rule=bool(case.by_rule),
        parts=parts,
        proposals=proposals,
        reopenings=reopenings,
        due_at=due_at,
        provisional=provisional,
    )


_AS_RECORDED = (
    "department", "stage", "state", "verdict", "due_at", "consultation_id", "late_opinion_id", "late_ground",
    "review_at", "alarming", "faulty_id", "correct_by", "protest_id", "protest_ground", "contested", "instead_of",
    "recalled_id", "recall_id", "recalled_at", "substitute", "given_by", "late_given_by", "supplement_until",
    "chased_at",
)  # fmt: skip


def _part(node: Node, case: CaseRow, part: PartRow, default: DefaultMode, entries: Sequence[LedgerEntry]) -> PartStatus:
    now, calendar = node.clock.now(), node.calendar
    guessed = is_provisional(part.due_at, calendar, part.fixed_due) if part.provisional is None else part.provisional
    is_waited_for = part.state in (PartState.ISSUED, PartState.SIGNED)
    paper = paper_of(part, now, calendar) if case.state not in WITHOUT_DECISION else None
    return PartStatus(
        **{name: getattr(part, name) for name in _AS_RECORDED},
        names=_names(node, part.department),
        default=default,
        reminded=part.reminded_at is not None,
        late=part.late_opinion_id is not None,
        reasons=part.reasons or "",
        conditions=part.conditions or "",
        message_id=part.opinion_id or part.deemed_id,
        paper=paper,
        provisional=part.due_at is not None and guessed,
        amendments=tuple(entry for entry in entries if entry.kind is not EntryKind.START),
        days_left=days_left(part.due_at, calendar, now) if part.due_at else None,
        stopped=stopped_at(entries, calendar, part.department, now) if is_waited_for else None,
    )


def _names(node: Node, department: str) -> Words:
    """What the directory calls it; the address of one that it does not list, so that the case can still be seen."""
    try:
        member = node.directory.member(department)
    except NotFound:
        return department, department
    return member.name, member.name_en
