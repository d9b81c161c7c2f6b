"""Where a department's part of a case stands against its term: the columns of the deadline board."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from exchange.approval.rules.states import PartState

RECENT = timedelta(days=30)
"""How long deemed and escalated parts stay on the board after they were due."""


class BoardColumn(StrEnum):
    """Columns of the deadline board; every open part stands in exactly one."""

    UNDATED = "undated"  # the term has not begun, or its clock is stopped
    RUNNING = "running"
    PAST_HALF = "past-50"
    PAST_MOST = "past-90"
    OVERDUE = "overdue"  # over, and neither answered, deemed nor escalated yet
    DEEMED = "deemed"
    REFUSED = "deemed-refusal"
    ESCALATED = "escalated"


SETTLED_COLUMNS = {
    BoardColumn.DEEMED: PartState.DEEMED,
    BoardColumn.REFUSED: PartState.REFUSED,
    BoardColumn.ESCALATED: PartState.ESCALATED,
}
"""Columns of parts that are over, of which the board shows what was due lately."""
_SETTLED = {state: column for column, state in SETTLED_COLUMNS.items()}


def states_of(standing: BoardColumn) -> tuple[PartState, ...]:
    """Return the states that a part in this column of the board can have."""
    found = tuple(state for state, one in _SETTLED.items() if one is standing)
    return found or (PartState.ISSUED, PartState.SIGNED)


def standing_of(
    state: PartState, started_at: datetime | None, due_at: datetime | None, now: datetime
) -> BoardColumn | None:
    """Return where a part stands; None for one that has no deadline to keep (planned, answered, moot).

    A term of which only the end is known runs until it is over.
    """
    if state in _SETTLED:
        return _SETTLED[state]
    if state not in (PartState.ISSUED, PartState.SIGNED):
        return None
    if due_at is None:
        return BoardColumn.UNDATED
    if now > due_at:
        return BoardColumn.OVERDUE
    if started_at is None or (now - started_at) * 2 < due_at - started_at:
        return BoardColumn.RUNNING
    return BoardColumn.PAST_MOST if (now - started_at) * 10 >= (due_at - started_at) * 9 else BoardColumn.PAST_HALF
