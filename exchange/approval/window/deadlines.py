"""The window's side of a deadline: derive its state from case, part, ledger and receipt, and tell the monitors."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache

from exchange.approval.filings.changes import cases_changed
from exchange.approval.records import CaseRow, PartRow
from exchange.approval.rules.deadline import Projection, project
from exchange.approval.rules.entry_reasons import BEGINS, COUNTED_FROM_ISSUE
from exchange.approval.rules.ledger_bounds import check_room
from exchange.approval.rules.states import CaseState, PartState
from exchange.approval.rules.stops import began
from exchange.approval.untold.store import UntoldDeadlines
from exchange.approval.window.derived import derived, told_by
from exchange.approval.window.matters import for_case
from exchange.approval.window.ordered import who_ordered
from exchange.approval.window.store import Cases
from exchange.errors import NotFound
from exchange.messaging.documents import Documents
from exchange.messaging.node import Node, Step
from exchange.messaging.receipts import receipt_proof
from exchange.messaging.rules.moments import precedes
from exchange.schemas import (
    Approver,
    DeadlineNotice,
    DeadlineState,
    DeadlineStatus,
    EntryKind,
    LedgerEntry,
    Matter,
    StartRule,
    Term,
    TermNotice,
)
from exchange.store.transaction import Transaction

_NOTICE_SIZE = 50
MONITORS = "monitors"
"""As whom a window's debts know them."""
RUNNING = frozenset({PartState.ISSUED, PartState.SIGNED})
"""Part states in which a term may run."""


def matter_of(tx: Transaction, case: CaseRow) -> Matter:
    """Return the matter as it stood when the case was opened, whatever the catalogue says today.

    What became of the case since counts, as `for_case` says.
    """
    return for_case(kept_matter(tx, case.matter, case.matter_version), case, tx[Cases].parts(case.number))


def kept_matter(tx: Transaction, matter: str, version: str) -> Matter:
    """Return the matter that cases of this version keep. Raises NotFound."""
    text = tx.get_meta(matter_key(matter, version))
    if text is None:
        raise NotFound(
            "matter {matter} version {matter_version} is not on record",
            remedy="restore the window's database from its backup; every case keeps its matter there",
            matter=matter,
            matter_version=version,
        )
    return parse_matter(text)


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
        amendments=matter.amendments,
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
    if part.substitute is not None:
        tell_ledger(step, case, part, part.substitute)
    return derived(projection, calendar)


def tell_ledger(step: Step, case: CaseRow, part: PartRow, substitute: str) -> None:
    """Tell who acts for a department how its term stands, entry by entry: its own receipt has begun none."""
    entries = step.tx[Cases].ledger(case.number, part.department)
    state = deadline_state(step.node, case, part, matter_of(step.tx, case), entries, None)
    projection = project(state, step.node.calendar)
    for entry in entries:
        step.send(_notice(state, entry, projection), (substitute,), conversation_id=case.conversation_id)


def refresh(step: Step, case_number: str, department: str) -> None:
    """Have the monitors told of this part when the step ends, or, under load, together with others."""
    step.deadline_changed(case_number, department, _tell_or_leave)


def _tell_or_leave(step: Step) -> None:
    """Tell the monitors, or leave it for a round that tells them of all that has changed till then."""
    cases_changed(step, [number for number, _ in step.changed_parts])
    debts = step.node.untold
    if not debts.may_wait(MONITORS, begun=debts.is_owed(MONITORS)):
        tell_monitors(step)
        debts.settled(MONITORS)
        return
    step.tx[UntoldDeadlines].add(step.changed_parts)
    step.changed_parts.clear()
    debts.owes(MONITORS)


def tell_monitors(step: Step) -> None:
    """Send every monitor the present state of all changed deadlines, many in one message.

    What this clock is behind of is told of later: monitors return what tells of the future.
    """
    told = []
    for number, department in step.changed_parts:
        state = present_state(step, number, department)
        if state is not None and is_ahead(state, step.now):
            step.tx[UntoldDeadlines].add([(number, department)])
        elif state is not None:
            told.append(state)
    step.changed_parts.clear()
    monitors = step.node.monitors
    for first in range(0, len(told) if monitors else 0, _NOTICE_SIZE):
        step.send(DeadlineNotice(deadlines=tuple(told[first : first + _NOTICE_SIZE])), monitors)


def is_ahead(state: DeadlineState, now: datetime) -> bool:
    """Return whether a ledger tells of what comes after now: it was written by a clock that has gone back since."""
    return any(precedes(now, entry.at) for entry in state.ledger)


def present_state(step: Step, number: str, department: str) -> DeadlineState | None:
    """Return a part's deadline as its monitors are told of it; None while there is nothing to watch."""
    case, part = step.tx[Cases].get(number), step.tx[Cases].part(number, department)
    if case is None or part is None or part.consultation_id is None:
        return None
    running = is_running(case, part)
    state = watched_state(step, case, part, proved=running)
    return None if running and not state.ledger else state


def watched_state(step: Step, case: CaseRow, part: PartRow, *, proved: bool = False) -> DeadlineState:
    """Return a part's deadline as it is watched: one that no receipt has begun is counted from when it was asked.

    So nobody escapes by not signing. What arrives is never ruled late by it, and no silence counts by it.
    ``proved``: with the proof of the receipt.
    """
    matter, entries = matter_of(step.tx, case), step.tx[Cases].ledger(case.number, part.department)
    state = deadline_state(step.node, case, part, matter, entries, step.tx if proved else None)
    asked_at = _asked_at(step, part, waits=bool(approver_of(matter, part.department).after))
    if asked_at is None or began(entries) is not None:
        return state
    start = LedgerEntry(kind=EntryKind.START, at=asked_at, reason=COUNTED_FROM_ISSUE, actor=step.node.address)
    return state.model_copy(update={"ledger": (start, *entries)})


def _asked_at(step: Step, part: PartRow, *, waits: bool) -> datetime | None:
    """When all that the department needs to answer was put to it; None while that is to come."""
    if not waits:
        return part.issued_at
    if part.clearance_id is None:
        return None
    cleared = step.tx[Documents].get(step.node.address, part.clearance_id)
    return cleared.recorded_at if cleared is not None else step.now


def enter(
    step: Step,
    case: CaseRow,
    part: PartRow,
    state: DeadlineState,
    entry: LedgerEntry,
    notice_id: str | None = None,
    in_reply_to: str | None = None,
) -> LedgerEntry:
    """Put an entry into a ledger, and tell the department, and whoever ordered it, how its term stands by it.

    Returns the entry as it is on record, with the due moment that is told. The notices say in which order the entries
    stand. Raises Implausible where the ledger has no room for it.
    """
    check_room(state, entry)
    calendar = step.node.calendar
    entry, projection = told_by(state, entry, calendar)
    step.tx[Cases].add_entries(case.number, part.department, [entry])
    step.tx[Cases].move_part(case.number, part.department, {part.state}, part.state, **derived(projection, calendar))
    notice, about = _notice(state, entry, projection), case.conversation_id
    told = tuple(dict.fromkeys((*part.hearing, *who_ordered(step, part.department, entry.actor))))
    step.send(notice, told, conversation_id=about, in_reply_to=in_reply_to, message_id=notice_id)
    refresh(step, case.number, part.department)
    return entry


def _notice(state: DeadlineState, entry: LedgerEntry, projection: Projection) -> TermNotice:
    return TermNotice(
        case_number=state.case_number,
        department=state.department,
        consultation_id=state.consultation_id,
        entry=entry,
        due_at=projection.due_at,
        provisional=projection.due_at is not None and projection.provisional,
    )
