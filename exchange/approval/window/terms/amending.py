"""Amend: a term is stopped, resumed, begun anew or extended, as the matter allows; the department is told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from exchange.approval.records import CaseRow, PartRow
from exchange.approval.rules import amendments
from exchange.approval.rules.permitted import refusal_of, term_of_state
from exchange.approval.superiors import superiors_of
from exchange.approval.window.deadlines import deadline_state, enter, is_running, matter_of
from exchange.approval.window.ordered import tell_refused
from exchange.approval.window.store import Cases
from exchange.errors import CallerError, Conflict, Denied, Implausible, NotFound, Returned
from exchange.messaging.checks import expect_window
from exchange.messaging.node import Node, Step
from exchange.messaging.rules.wording import check_reason
from exchange.schemas import DeadlineState, EntryKind, LedgerEntry, Matter, ProcedureKind


@dataclass(frozen=True)
class Amendment:
    """What is to happen to a term: by which entry, why, by what law, and who orders it."""

    kind: EntryKind
    reason: str
    basis: tuple[str, ...]
    actor: str
    days: int | None = None
    procedure: ProcedureKind | None = None

    @property
    def facts(self) -> dict[str, object]:
        """What a journal says of it."""
        return {"kind": self.kind.value, "days": self.days, "by": self.actor}

    def entry(self, at: datetime) -> LedgerEntry | None:
        """Return the entry that it asks for; None where it is none, for want of what such an entry says."""
        try:
            return LedgerEntry(
                kind=self.kind, at=at, days=self.days, reason=self.reason, basis=self.basis, actor=self.actor
            )
        except ValueError:
            return None


def amend(node: Node, case_number: str, department: str, amendment: Amendment) -> LedgerEntry:
    """Stop, resume, restart or extend a running term by an entry in its ledger; the department is told.

    Raises Denied (this is no window, or the matter does not let this actor), NotFound, Conflict (term over, extended
    before, more than the matter allows, not stopped) or CallerError with what to repair. What is refused is noted.
    """
    with refusals_noted(node, case_number, department, amendment), node.step() as step:
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
    matter = matter_of(step.tx, case)
    state = deadline_state(node, case, part, matter, entries, None)
    notice_id = node.new_id()
    entry = _entry(amendment, state, node, step.now).model_copy(update={"notice": notice_id})
    expect_permitted(step, state, matter, entry)
    try:
        entry = enter(step, case, part, state, entry, notice_id)
    except Implausible as full:
        raise Conflict(full.text, remedy="let the term end as it stands") from full
    kind, days = entry.kind.value, entry.days
    step.note("deadline-amended", case_number, notice_id, department=department, kind=kind, days=days)
    return entry


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


def expect_permitted(step: Step, state: DeadlineState, matter: Matter, entry: LedgerEntry) -> None:
    """Raise Denied or Conflict for an entry that the matter does not allow, with what it does."""
    term = term_of_state(state, matter.amendments, superiors_of(state.department, step.node.directory))
    refused = refusal_of(term, state.ledger, entry)
    if refused is not None:
        raise (Denied if refused.by_whom else Conflict)(refused.why, remedy=refused.remedy)


def return_unpermitted(step: Step, state: DeadlineState, matter: Matter, entry: LedgerEntry) -> None:
    """Raise Returned for what a department has signed and the matter does not allow."""
    try:
        expect_permitted(step, state, matter, entry)
    except (Denied, Conflict) as error:
        raise Returned(error.text, code="not-permitted", remedy=error.remedy_text) from error


@contextmanager
def refusals_noted(node: Node, case_number: str, department: str, amendment: Amendment) -> Iterator[None]:
    """Record in the journal of the case, beside nothing that was undone, that an amendment was refused, and why.

    Whoever is named as having ordered it, if another member, is told by a signed notice.
    """
    try:
        yield
    except NotFound:
        raise
    except CallerError as error:
        why = str(error.text)
        with node.step() as step:
            told = tell_refused(step, case_number, department, amendment.entry(step.now), why)
            step.note("amendment-refused", case_number, told, department=department, why=why, **amendment.facts)
        raise
