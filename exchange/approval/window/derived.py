"""What an entry makes of a term: the due moment that it tells, and what a part keeps of it for lists."""

from __future__ import annotations

from exchange.approval.rules.deadline import Projection, project
from exchange.schemas import DeadlineState, LedgerEntry
from exchange.workdays import WorkingCalendar, calendar_key


def told_by(state: DeadlineState, entry: LedgerEntry, calendar: WorkingCalendar) -> tuple[LedgerEntry, Projection]:
    """Return an entry with the due moment that it gives, which is told by it from now on; and the projection."""
    grown = state.model_copy(update={"ledger": (*state.ledger, entry.model_copy(update={"told": None}))})
    projection = project(grown, calendar)
    return entry.model_copy(update={"told": projection.due_at}), projection


def derived(projection: Projection, calendar: WorkingCalendar) -> dict[str, object]:
    """Return what a part keeps of a projection, for lists, and for when another calendar counts."""
    return {
        "due_at": projection.due_at,
        "started_at": projection.started_at,
        "provisional": projection.provisional,
        "calendar": calendar_key(calendar),
    }
