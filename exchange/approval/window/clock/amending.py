"""Amend the term of a whole case: extended once, stopped for a procedure of article 45, or let run on; told to all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from exchange.approval.clocks.store import CaseClocks
from exchange.approval.filings.changes import cases_changed
from exchange.approval.records import CaseRow
from exchange.approval.rules.clock import amending as rules
from exchange.approval.rules.clock.dates import in_this_round
from exchange.approval.rules.clock.watching import UNDECIDED
from exchange.approval.superiors import superiors_of
from exchange.approval.window.clock.reckoned import dates_of, handling_in
from exchange.approval.window.clock.telling import tell_amended, tell_refused
from exchange.approval.window.store import Cases
from exchange.errors import CallerError, Conflict, NotFound
from exchange.language.names import CASE_STATES, coded
from exchange.messaging.checks import expect_window
from exchange.messaging.node import Node, Step
from exchange.messaging.rules.wording import check_reason
from exchange.schemas import EntryKind, LedgerEntry, ProcedureKind


@dataclass(frozen=True)
class CaseAmendment:
    """What is to happen to the term of a case: by which entry, why, by what law, and who orders it."""

    kind: EntryKind
    reason: str
    actor: str
    basis: tuple[str, ...] = ()
    """Article 42 or 45 where none is named."""
    days: int | None = None
    procedure: ProcedureKind | None = None

    @property
    def facts(self) -> dict[str, object]:
        """What a journal says of it."""
        return {"kind": self.kind.value, "days": self.days, "by": self.actor}

    def entry(self, at: datetime) -> LedgerEntry | None:
        """Return the entry that it asks for; None where it is none, for want of what such an entry says."""
        basis = self.basis or rules.BASIS.get(self.kind, ())
        try:
            return LedgerEntry(kind=self.kind, at=at, days=self.days, reason=self.reason, basis=basis, actor=self.actor)
        except ValueError:
            return None


def amend_case(node: Node, number: str, wanted: CaseAmendment) -> LedgerEntry:
    """Extend, stop or let run on the term of a case by an entry in its ledger; returns it as it is on record.

    The departments consulted are told, and whoever has ordered it. Raises Denied (this is no window, or it is not for
    this actor to order), NotFound, Conflict (decided, over, extended before, not stopped) or CallerError with what to
    repair. What is refused is noted.
    """
    with case_refusals_noted(node, number, wanted), node.step() as step:
        return amend_case_in(step, number, wanted)


def amend_case_in(step: Step, number: str, wanted: CaseAmendment) -> LedgerEntry:
    """Do what `amend_case` does, inside a step."""
    expect_window(step.node)
    step.node.directory.member(wanted.actor)
    check_reason(wanted.reason, "an amendment needs a reason", "say why the term is changed: the applicant is told")
    for basis in wanted.basis:
        check_reason(basis, "a basis is blank", "name the article on which the term is changed")
    case = _undecided(step, number)
    entry = _entry(step, case, wanted)
    dates = dates_of(step.tx, case, step.node.calendar, (entry,))
    entry = entry.model_copy(update={"notice": step.node.new_id(), "told": dates.decide_by})
    step.tx[CaseClocks].add_entry(number, entry)
    tell_amended(step, case, dates, entry)
    cases_changed(step, [number])
    step.note("case-term-amended", number, entry.notice, due_at=dates.decide_by.isoformat(), **wanted.facts)
    return entry


def _undecided(step: Step, number: str) -> CaseRow:
    case = step.tx[Cases].get(number)
    if case is None:
        raise NotFound("no case {case_number} here", remedy="`exchange status` lists the cases", case_number=number)
    if case.state not in UNDECIDED:
        raise Conflict(
            "case {case_number} is {state}",
            remedy="only the term of an undecided case is amended",
            case_number=number,
            state=coded(CASE_STATES, case.state.value),
        )
    return case


def _entry(step: Step, case: CaseRow, wanted: CaseAmendment) -> LedgerEntry:
    facts = rules.AmendedCase(
        number=case.number,
        lead=step.node.address,
        superiors=superiors_of(step.node.address, step.node.directory),
        handling=handling_in(step.tx, case.number),
        dates=dates_of(step.tx, case, step.node.calendar),
        entries=in_this_round(case, step.tx[CaseClocks].ledger(case.number)),
    )
    why = (wanted.reason, wanted.basis, wanted.actor, step.now)
    if wanted.kind is EntryKind.STOP:
        return rules.announce(facts, wanted.procedure, wanted.days, *why)
    if wanted.procedure is not None:
        raise CallerError("a special procedure stops the clock, nothing else", remedy="leave out --procedure, or stop")
    if wanted.kind is EntryKind.EXTEND:
        return rules.extend(facts, wanted.days, *why)
    if wanted.kind is EntryKind.RESUME:
        return rules.run_on(facts, *why, step.node.calendar)
    raise CallerError("the term of a case is extended, stopped or resumed", remedy="choose extend, stop or resume")


@contextmanager
def case_refusals_noted(node: Node, number: str, wanted: CaseAmendment) -> Iterator[None]:
    """Record in the journal of the case that an amendment of its term was refused, and why.

    Whoever is named as having ordered it, if another member, is told by a signed notice.
    """
    try:
        yield
    except NotFound:
        raise
    except CallerError as error:
        why = str(error.text)
        with node.step() as step:
            case, entry = step.tx[Cases].get(number), wanted.entry(step.now)
            told = None
            if case is not None and entry is not None:
                told = tell_refused(step, case, dates_of(step.tx, case, node.calendar), entry, why)
            step.note("case-amendment-refused", number, told, why=why, **wanted.facts)
        raise
