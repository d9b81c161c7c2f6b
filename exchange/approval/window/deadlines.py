"""The window's side of a deadline: derive its state from case, part, ledger and receipt, and tell the monitors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from exchange.approval.records import CaseRow, PartRow
from exchange.approval.rules import amendments
from exchange.approval.rules.entry_reasons import BEGINS
from exchange.approval.rules.ledger_bounds import check_room
from exchange.approval.rules.states import CaseState, PartState
from exchange.approval.window.derived import derived, told_by
from exchange.approval.window.store import Cases
from exchange.errors import CallerError, Conflict, Implausible, NotFound
from exchange.messaging.checks import expect_window
from exchange.messaging.node import Node, Step
from exchange.messaging.receipts import receipt_proof
from exchange.messaging.rules.wording import check_reason
from exchange.schemas import (
    Approver,
    DeadlineNotice,
    DeadlineState,
    DeadlineStatus,
    EntryKind,
    LedgerEntry,
    Matter,
    ProcedureKind,
    StartRule,
    Term,
    TermNotice,
)
from exchange.store.transaction import Transaction

_NOTICE_SIZE = 50
RUNNING = frozenset({PartState.ISSUED, PartState.SIGNED})
"""Part states in which a term may run."""


def matter_of(tx: Transaction, case: CaseRow) -> Matter:
    """Return the matter as it stood when the case was opened, whatever the catalogue says today.

    Bodies that were added to the case since are among its approvers.
    """
    text = tx.get_meta(matter_key(case.matter, case.matter_version))
    if text is None:
        raise NotFound(
            "matter {matter} version {matter_version} is not on record",
            remedy="restore the window's database from its backup; every case keeps its matter there",
            matter=case.matter,
            matter_version=case.matter_version,
        )
    matter = parse_matter(text)
    added = tuple(_approver(part.added) for part in tx[Cases].parts(case.number) if part.added is not None)
    return matter.model_copy(update={"approvers": (*matter.approvers, *added)}) if added else matter


@lru_cache(maxsize=256)
def _approver(text: str) -> Approver:
    return Approver.model_validate_json(text)


@lru_cache(maxsize=256)
def parse_matter(text: str) -> Matter:
    """Parse a matter from its JSON text; the same text is parsed once."""
    return Matter.model_validate_json(text)


def matter_key(code: str, version: str) -> str:
    """Return the key under which a matter's text is kept in the store."""
    return f"matter:{code}:{version}"


def approver_of(matter: Matter, department: str) -> Approver:
    """Return the matter's entry for a department that is part of the case."""
    return next(approver for approver in matter.approvers if approver.department == department)


def deadline_state(
    node: Node, case: CaseRow, part: PartRow, matter: Matter, entries: Sequence[LedgerEntry], tx: Transaction | None
) -> DeadlineState:
    """Return all that anyone needs to derive or re-check the deadline; with the receipt's proof if ``tx`` is given."""
    approver = approver_of(matter, part.department)
    evidence = None
    if tx is not None and part.receipt_id is not None and part.receipt_index is not None:
        evidence = receipt_proof(tx, part.department, part.receipt_id, part.receipt_index)
    return DeadlineState(
        case_number=case.number,
        matter=matter.code,
        matter_version=matter.version,
        department=part.department,
        lead=node.address,
        consultation_id=part.consultation_id or "",
        revision=part.revision,
        status=DeadlineStatus.RUNNING if is_running(case, part) else DeadlineStatus.CLOSED,
        term=Term(fixed=part.fixed_due) if part.fixed_due else Term(days=approver.term_days),
        start=matter.start,
        ledger=tuple(entries),
        default=approver.default,
        default_basis=approver.default_basis,
        effect_delay_days=matter.effect_delay_days,
        exclusions=matter.exclusions,
        evidence=evidence,
    )


def is_running(case: CaseRow, part: PartRow) -> bool:
    """Return whether the department's silence could still have a consequence."""
    return case.state is CaseState.OPEN and part.state in RUNNING


def start_term(
    step: Step, case: CaseRow, part: PartRow, matter: Matter, arrived: datetime, signed: datetime
) -> dict[str, object]:
    """Begin a department's term; returns what the part keeps of it.

    Its receipt says when; never before we asked, never after we heard of it.
    """
    claimed = arrived if matter.start is StartRule.ARRIVAL else signed
    at = max(part.issued_at or step.now, min(claimed, step.now))
    entry = LedgerEntry(kind=EntryKind.START, at=at, reason=BEGINS[matter.start], actor=step.node.address)
    entries, calendar = step.tx[Cases].ledger(case.number, part.department), step.node.calendar
    told, projection = told_by(deadline_state(step.node, case, part, matter, entries, None), entry, calendar)
    step.tx[Cases].add_entries(case.number, part.department, [told])
    return derived(projection, calendar)


def refresh(step: Step, case_number: str, department: str) -> None:
    """Have the monitors told of this part when the step ends."""
    step.deadline_changed(case_number, department, tell_monitors)


def tell_monitors(step: Step) -> None:
    """Send every monitor the present state of all changed deadlines, many in one message."""
    states = [present_state(step, number, department) for number, department in step.changed_parts]
    step.changed_parts.clear()
    told = [state for state in states if state is not None]
    monitors = step.node.monitors
    for first in range(0, len(told) if monitors else 0, _NOTICE_SIZE):
        step.send(DeadlineNotice(deadlines=tuple(told[first : first + _NOTICE_SIZE])), monitors)


def present_state(step: Step, number: str, department: str) -> DeadlineState | None:
    """Return a part's deadline as its monitors are told of it; None while there is nothing to watch."""
    case, part = step.tx[Cases].get(number), step.tx[Cases].part(number, department)
    if case is None or part is None or part.consultation_id is None:
        return None
    entries = step.tx[Cases].ledger(number, department)
    running = is_running(case, part)
    if running and not entries:
        return None
    return deadline_state(step.node, case, part, matter_of(step.tx, case), entries, step.tx if running else None)


@dataclass(frozen=True)
class Amendment:
    """What is to happen to a term: by which entry, why, by what law, and who orders it."""

    kind: EntryKind
    reason: str
    basis: tuple[str, ...]
    actor: str
    days: int | None = None
    procedure: ProcedureKind | None = None


def amend(node: Node, case_number: str, department: str, amendment: Amendment) -> LedgerEntry:
    """Stop, resume, restart or extend a running term by an entry in its ledger; the department is told.

    Raises Denied (this is no window), NotFound, Conflict (term over, extended before, not stopped) or CallerError with
    what to repair.
    """
    with node.step() as step:
        return amend_in(step, case_number, department, amendment)


def amend_in(step: Step, case_number: str, department: str, amendment: Amendment) -> LedgerEntry:
    """Do what `amend` does, inside a step."""
    node = step.node
    expect_window(node)
    node.directory.member(amendment.actor)
    check_reason(amendment.reason, "an amendment needs a reason", "say why the term is changed")
    for basis in amendment.basis:
        check_reason(basis, "a basis is blank", "name the article on which the term is changed")
    case, part = _running_part(step, case_number, department)
    entries = step.tx[Cases].ledger(case_number, department)
    state = deadline_state(node, case, part, matter_of(step.tx, case), entries, None)
    notice_id = node.new_id()
    entry = _entry(amendment, state, node, step.now).model_copy(update={"notice": notice_id})
    try:
        enter(step, case, part, state, entry, notice_id)
    except Implausible as full:
        raise Conflict(full.text, remedy="let the term end as it stands") from full
    kind, days = entry.kind.value, entry.days
    step.note("deadline-amended", case_number, notice_id, department=department, kind=kind, days=days)
    return entry


def enter(
    step: Step,
    case: CaseRow,
    part: PartRow,
    state: DeadlineState,
    entry: LedgerEntry,
    notice_id: str | None = None,
    in_reply_to: str | None = None,
) -> None:
    """Put an entry into a ledger, whoever ordered it, and tell the department how its term stands by it.

    The notices say in which order the entries stand. Raises Implausible where the ledger has no room for it.
    """
    check_room(state, entry)
    calendar = step.node.calendar
    entry, projection = told_by(state, entry, calendar)
    step.tx[Cases].add_entries(case.number, part.department, [entry])
    step.tx[Cases].move_part(case.number, part.department, {part.state}, part.state, **derived(projection, calendar))
    notice = TermNotice(
        case_number=case.number,
        department=part.department,
        consultation_id=state.consultation_id,
        entry=entry,
        due_at=projection.due_at,
        provisional=projection.due_at is not None and projection.provisional,
    )
    about = case.conversation_id
    step.send(notice, (part.department,), conversation_id=about, in_reply_to=in_reply_to, message_id=notice_id)
    refresh(step, case.number, part.department)


def _running_part(step: Step, case_number: str, department: str) -> tuple[CaseRow, PartRow]:
    case = step.tx[Cases].get(case_number)
    if case is None:
        raise NotFound(
            "no case {case_number} here", remedy="`exchange status` lists the cases", case_number=case_number
        )
    part = step.tx[Cases].part(case_number, department)
    if part is None:
        consulted = ", ".join(one.department for one in step.tx[Cases].parts(case_number))
        raise NotFound(
            "{department} is not consulted in case {case_number}",
            remedy="name one of: {consulted}",
            department=department,
            case_number=case_number,
            consulted=consulted,
        )
    if not is_running(case, part):
        raise Conflict(
            "the term of {department} in {case_number} is not running",
            remedy="nothing can be amended",
            department=department,
            case_number=case_number,
        )
    return case, part


def _entry(amendment: Amendment, state: DeadlineState, node: Node, now: datetime) -> LedgerEntry:
    kind, days = amendment.kind, amendment.days
    why = amendment.reason, amendment.basis, amendment.actor, now, node.calendar
    if kind is EntryKind.STOP:
        return amendments.stop(state, amendment.procedure, days, *why)
    if amendment.procedure is not None:
        raise CallerError("a special procedure stops the clock, nothing else", remedy="leave out --procedure, or stop")
    if kind is EntryKind.EXTEND:
        return amendments.extend(state, days or 0, *why)
    if kind is EntryKind.RESUME:
        return amendments.resume(state, *why)
    if kind is EntryKind.RESTART:
        return amendments.restart(state, *why)
    if kind is EntryKind.REPROJECT:
        remedy = (
            "`exchange calendar load FILE` publishes the announcement; the window reckons its terms again by itself"
        )
        raise CallerError("another calendar is not entered by hand", remedy=remedy)
    raise CallerError(
        "a term starts by the department's receipt, not by hand", remedy="choose stop, resume, restart or extend"
    )
