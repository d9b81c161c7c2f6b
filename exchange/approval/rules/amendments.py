"""What may be entered in a deadline's ledger, by whom it is asked and when (Administrative License Law, 42 and 45)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from exchange.approval.rules.deadline import Projection, project, reckon
from exchange.approval.rules.entry_reasons import special_procedure
from exchange.approval.rules.stops import stopped_at
from exchange.errors import CallerError, Conflict
from exchange.language import noted
from exchange.schemas import DeadlineState, EntryKind, LedgerEntry, ProcedureKind
from exchange.workdays import WorkingCalendar

NOT_TOLD = noted("the department has not signed for the notice that its term ends earlier than it was told before")
"""Why a silence is escalated that would have been consent: it may believe that its clock still stands."""


def extend(
    state: DeadlineState,
    days: int,
    reason: str,
    basis: tuple[str, ...],
    actor: str,
    now: datetime,
    calendar: WorkingCalendar,
) -> LedgerEntry:
    """Extend a term once, before it is over, with its basis. Raises Conflict or CallerError."""
    _running(state, now, calendar)
    if any(entry.kind is EntryKind.EXTEND for entry in state.ledger):
        raise Conflict(
            "the term of {department} was extended before",
            remedy="a term is extended once (article 42)",
            department=state.department,
        )
    if days < 1:
        raise CallerError("an extension says by how many working days", remedy="give a number of working days")
    return _entry(EntryKind.EXTEND, now, reason, basis, actor, days)


def stop(
    state: DeadlineState,
    procedure: ProcedureKind | None,
    days: int | None,
    reason: str,
    basis: tuple[str, ...],
    actor: str,
    now: datetime,
    calendar: WorkingCalendar,
) -> LedgerEntry:
    """Stop the clock for a procedure of the closed list (article 45), for announced working days or until resumed.

    Raises Conflict or CallerError.
    """
    if procedure is None:
        raise CallerError(
            "the clock stops only for a procedure of article 45",
            remedy="name it (--procedure): {procedurekind}; or extend the term",
            procedurekind=", ".join(kind.value for kind in ProcedureKind),
        )
    if _running(state, now, calendar).stopped:
        raise Conflict(
            "the term of {department} is stopped already", remedy="resume it first", department=state.department
        )
    return _entry(EntryKind.STOP, now, f"{special_procedure(procedure)}; {reason}", basis, actor, days)


def resume(
    state: DeadlineState, reason: str, basis: tuple[str, ...], actor: str, now: datetime, calendar: WorkingCalendar
) -> LedgerEntry:
    """Start a stopped clock again with what is left of the budget, though its announced time is not over yet.

    Raises Conflict when it does not stand still, or not by what this actor may end.
    """
    own = actor if actor == state.department else None
    if stopped_at(state.ledger, calendar, state.department, now, by=own) is None:
        raise Conflict(
            "the term of {department} is not stopped",
            remedy="only a stopped term can be resumed",
            department=state.department,
        )
    return _entry(EntryKind.RESUME, now, reason, basis, actor)


def restart(
    state: DeadlineState, reason: str, basis: tuple[str, ...], actor: str, now: datetime, calendar: WorkingCalendar
) -> LedgerEntry:
    """Begin the whole term anew, as after a supplement of the file. Raises Conflict when it is over."""
    _running(state, now, calendar)
    return _entry(EntryKind.RESTART, now, reason, basis, actor)


def owed_notices(state: DeadlineState, calendar: WorkingCalendar) -> Sequence[LedgerEntry]:
    """Return the entries of whose notices the department must have one: from the last that brought its end nearer on.

    The list is empty where none did.
    """
    last = None
    for row in range(1, len(state.ledger)):
        before, after = (reckon(state.term, state.ledger[:end], calendar, state.department) for end in (row, row + 1))
        nearer = after.due_at is not None and (before.due_at is None or after.due_at < before.due_at)
        if before.started_at is not None and nearer:
            last = row
    return state.ledger[last:] if last is not None else ()


def _running(state: DeadlineState, now: datetime, calendar: WorkingCalendar) -> Projection:
    projection = project(state, calendar)
    if projection.started_at is None:
        raise Conflict(
            "the term of {department} has not begun",
            remedy="it begins with the department's receipt",
            department=state.department,
        )
    if projection.due_at is not None and now > projection.due_at:
        raise Conflict(
            "the term of {department} is over",
            remedy="what changes a term is entered before its end",
            department=state.department,
        )
    return projection


def _entry(
    kind: EntryKind, at: datetime, reason: str, basis: tuple[str, ...], actor: str, days: int | None = None
) -> LedgerEntry:
    if kind in (EntryKind.STOP, EntryKind.EXTEND, EntryKind.RESTART) and not basis:
        message = "stopping, extending or restarting a term needs its legal basis"
        raise CallerError(message, remedy="give --basis with the article")
    try:
        return LedgerEntry(kind=kind, at=at, days=days, reason=reason, basis=basis, actor=actor)
    except ValueError as error:
        raise CallerError("the ledger entry is invalid", remedy="give a reason, a basis and positive days") from error
