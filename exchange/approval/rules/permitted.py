"""What the matter, or else the law, allows to be entered in a term's ledger: by whom, by how much, how often. Pure.

Whoever hears of an entry holds it against this: the window that is asked for it, the department that is told of it, the
monitor that watches the term, and whoever verifies a consent again.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from exchange.approval.rules.deadline import project
from exchange.approval.rules.entry_reasons import BY_COURSE, special_procedure
from exchange.language import Text
from exchange.language.names import AMENDMENTS, coded
from exchange.schemas import (
    LONGEST_PROCEDURE,
    AmendmentRules,
    DeadlineState,
    EntryKind,
    LedgerEntry,
    Office,
    ProcedureKind,
)
from exchange.workdays import WorkingCalendar

MOST_BY_COURSE = 20
"""How often a window may begin one term anew of itself: as many results as a department can wait for."""


@dataclass(frozen=True)
class AmendedTerm:
    """Whose term it is, and who has to do with it."""

    department: str
    lead: str
    superiors: Collection[str] | None
    """What the directory names above the department; None where it does not tell any more who that was."""
    rules: AmendmentRules


@dataclass(frozen=True)
class NotPermitted:
    """Why an entry is not allowed, and what is."""

    why: Text
    remedy: Text
    by_whom: bool = False
    """It is who orders it that is wrong."""


def first_refused(term: AmendedTerm, ledger: Sequence[LedgerEntry]) -> tuple[LedgerEntry, NotPermitted] | None:
    """Return the first entry of a ledger that is not allowed, and why; None where all are."""
    for row, entry in enumerate(ledger):
        refused = refusal_of(term, ledger[:row], entry)
        if refused is not None:
            return entry, refused
    return None


def entered_late(state: DeadlineState, calendar: WorkingCalendar) -> LedgerEntry | None:
    """Return the first extension or restart that was entered when the term, as it then was, was over; None for none."""
    for row, entry in enumerate(state.ledger):
        if entry.kind not in (EntryKind.EXTEND, EntryKind.RESTART) or _is_by_course(state.lead, entry):
            continue
        term = project(state.model_copy(update={"ledger": state.ledger[:row]}), calendar)
        if term.due_at is not None and not term.provisional and entry.at > term.due_at:
            return entry
    return None


def refusal_of(term: AmendedTerm, before: Sequence[LedgerEntry], entry: LedgerEntry) -> NotPermitted | None:
    """Return why an entry is not allowed after those before it; None where it is."""
    match entry.kind:
        case EntryKind.EXTEND:
            return _extension(term, before, entry)
        case EntryKind.STOP:
            return _stop(term, before, entry)
        case EntryKind.RESUME:
            return _resumption(term, before, entry)
        case EntryKind.RESTART:
            return _restart(term, before, entry)
        case _:
            return None


def procedure_of(entry: LedgerEntry) -> ProcedureKind | None:
    """Return for which procedure an entry stops the clock, by its reason; None where it names none."""
    named = {kind: special_procedure(kind) for kind in ProcedureKind}
    return next((kind for kind, name in named.items() if entry.reason.split("; ", 1)[0] == name), None)


def _extension(term: AmendedTerm, before: Sequence[LedgerEntry], entry: LedgerEntry) -> NotPermitted | None:
    if any(one.kind is EntryKind.EXTEND for one in before):
        why = Text("the term of {department} was extended before", {"department": term.department})
        return NotPermitted(why, Text("a term is extended once (article 42)"))
    mine = [rule for rule in term.rules.extension if _is_among(term, rule.by, entry.actor)]
    if not mine:
        return _wrong_orderer(term, entry, [one for rule in term.rules.extension for one in rule.by])
    most = max(rule.days for rule in mine)
    if (entry.days or 0) > most:
        longest = "{actor} may extend the term of {department} by at most {most} working days"
        return _too_long(Text(longest, {"actor": entry.actor, "department": term.department, "most": most}))
    return None


def _stop(term: AmendedTerm, before: Sequence[LedgerEntry], entry: LedgerEntry) -> NotPermitted | None:
    procedure = procedure_of(entry)
    if procedure is None:
        named = ", ".join(kind.value for kind in ProcedureKind)
        why = Text("the clock stops only for a procedure of article 45")
        return NotPermitted(why, Text("name it: {procedures}", {"procedures": named}))
    stops = [one for one in (*before, entry) if one.kind is EntryKind.STOP]
    if term.rules.stops is None:
        return _stop_by_law(term, stops, entry)
    rule = next((rule for rule in term.rules.stops if rule.procedure is procedure), None)
    if rule is None or not _is_among(term, rule.by, entry.actor):
        return _wrong_orderer(term, entry, rule.by if rule else ())
    announced = sum(one.days or 0 for one in stops if procedure_of(one) is procedure)
    if entry.days is None or announced > rule.days:
        longest = "for this procedure the clock of {department} stops for at most {most} announced working days in all"
        return _too_long(Text(longest, {"department": term.department, "most": rule.days}))
    return None


def _stop_by_law(term: AmendedTerm, stops: Sequence[LedgerEntry], entry: LedgerEntry) -> NotPermitted | None:
    if entry.actor == term.lead:
        return None
    if entry.actor != term.department:
        return _wrong_orderer(term, entry, (Office.LEAD.value, Office.DEPARTMENT.value))
    own = [one for one in stops if one.actor == term.department]
    if entry.days is None or sum(one.days or 0 for one in own) > LONGEST_PROCEDURE:
        longest = "{department} may stop its own clock for at most {most} announced working days in all"
        return _too_long(Text(longest, {"department": term.department, "most": LONGEST_PROCEDURE}))
    return None


def _resumption(term: AmendedTerm, before: Sequence[LedgerEntry], entry: LedgerEntry) -> NotPermitted | None:
    stopped = {one.actor for one in before if one.kind is EntryKind.STOP}
    if entry.actor == term.lead or entry.actor in stopped:
        return None
    why = Text("{actor} may not let a clock run on that another has stopped", {"actor": entry.actor})
    return NotPermitted(why, Text("the lead does, or who has stopped it"), by_whom=True)


def _is_by_course(lead: str, entry: LedgerEntry) -> bool:
    """Whether the window begins a term anew of itself, with a message that asks or tells the department anew."""
    by_lead = (entry.kind, entry.actor) == (EntryKind.RESTART, lead)
    return by_lead and entry.reason in BY_COURSE and entry.notice is not None and not entry.basis


def _restart(term: AmendedTerm, before: Sequence[LedgerEntry], entry: LedgerEntry) -> NotPermitted | None:
    by_course = [one for one in (*before, entry) if _is_by_course(term.lead, one)]
    if _is_by_course(term.lead, entry) and len(by_course) <= MOST_BY_COURSE:
        return None
    rule = term.rules.restart
    if not _is_among(term, rule.by, entry.actor):
        return _wrong_orderer(term, entry, rule.by)
    if not entry.basis:
        return NotPermitted(Text("beginning a term anew needs its legal basis"), Text("give --basis with the article"))
    ordered = [one for one in before if one.kind is EntryKind.RESTART and not _is_by_course(term.lead, one)]
    if len(ordered) >= rule.most:
        why = Text("the term of {department} has begun anew as often as it may", {"department": term.department})
        return NotPermitted(why, Text("at most {most} times in this matter; extend it, or decide", {"most": rule.most}))
    return None


def _is_among(term: AmendedTerm, by: Sequence[str], actor: str) -> bool:
    offices: dict[str, tuple[str, ...]] = {Office.LEAD.value: (term.lead,), Office.DEPARTMENT.value: (term.department,)}
    if term.superiors is not None:
        offices[Office.SUPERIOR.value] = tuple(term.superiors)
    elif Office.SUPERIOR.value in by and actor != term.department:
        return True
    return any(actor == one or actor in offices.get(one, ()) for one in by)


def _wrong_orderer(term: AmendedTerm, entry: LedgerEntry, by: Sequence[str]) -> NotPermitted:
    why = Text(
        "{actor} may not order '{kind}' for the term of {department}",
        {"actor": entry.actor, "kind": coded(AMENDMENTS, entry.kind.value), "department": term.department},
    )
    if not by:
        return NotPermitted(why, Text("nobody does in this matter"), by_whom=True)
    offices = {Office.LEAD.value: term.lead, Office.DEPARTMENT.value: term.department}
    offices |= {Office.SUPERIOR.value: ", ".join(term.superiors or ()) or Office.SUPERIOR.value}
    named = ", ".join(dict.fromkeys(offices.get(one, one) for one in by))
    return NotPermitted(why, Text("in this matter it is ordered by: {orderers}", {"orderers": named}), by_whom=True)


def _too_long(why: Text) -> NotPermitted:
    return NotPermitted(why, Text("give a length, no more than that"))


def term_of_state(state: DeadlineState, rules: AmendmentRules, superiors: Collection[str] | None) -> AmendedTerm:
    """Return whose term a deadline is of."""
    return AmendedTerm(state.department, state.lead, superiors, rules)
