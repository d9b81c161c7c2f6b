"""When silence may count, and when not: everything that stands in the way, told at once (missing one, escalate)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from exchange.approval.rules.deadline import Projection
from exchange.approval.rules.entry_reasons import BY_COURSE, COUNTED_FROM_ISSUE
from exchange.approval.rules.reminders.reminded import reminders_of
from exchange.language import noted
from exchange.schemas import DeadlineState, DeadlineStatus, DefaultMode, EntryKind, LedgerEntry, SentReminder

NOT_CURRENT = noted("the directory is not known to be current: who may speak for the department is not certain")
"""What stands in the way where no fresh statement of the directory has come for `STALE_PATIENCE`."""
STALE_PATIENCE = timedelta(days=1)
"""So long no consequence is drawn, in real time; then what is due is the lead's."""
NO_RECEIPT = noted("no proof of receipt: the department has not signed for what was put to it")
"""What stands in the way of every consequence where a department has not signed for the request, or its clearance."""
SENT_BACK = noted("the department has sent the request back")
UNREACHABLE = noted("nothing can be sent to the department any more")
RECALLED_LATE = noted("the department has recalled its opinion after the end of its term")
"""Why a part is escalated of which no monitor says so."""
_MOST, _LONGEST = 20, 500
"""Obstacles of an escalation, and characters of each."""
NOT_PROVED = noted("no proof of receipt of the reminder within the term")
"""What stands in the way where reminders went out and the department has signed for none of them."""


def obstacles(state: DeadlineState, projection: Projection, sent: Sequence[SentReminder], now: datetime) -> list[str]:
    """Return every reason why this department's silence has no legal consequence at ``now``; empty if it has one."""
    due_at = projection.due_at
    found = [
        (state.default is DefaultMode.NONE, noted("no default is provided for this department in this matter")),
        (not state.default_basis, noted("no rule is cited for a default")),
        (state.evidence is None or not is_proved(state.ledger), NO_RECEIPT),
        (not state.file_complete, noted("the file is not complete")),
        (state.status is not DeadlineStatus.RUNNING, noted("the term is closed")),
        (projection.started_at is None, noted("the term has not begun")),
        (projection.stopped, noted("the clock is stopped")),
        (projection.provisional, noted("the date is provisional: the calendar is not published that far")),
        (due_at is None or now <= due_at, noted("the term is not over")),
        (not reminders_of(state, projection, sent), noted("no reminder went out within the term")),
    ]
    return [text for holds, text in found if holds] + [f"excluded: {reason.value}" for reason in state.exclusions]


def is_proved(ledger: Sequence[LedgerEntry]) -> bool:
    """Return whether the term that runs now began by a receipt, not by what was sent out and may have reached nobody.

    A term that the window begins anew of itself is proved by the beginning that the receipt for its message makes.
    """
    begins = [entry for entry in ledger if entry.kind in (EntryKind.START, EntryKind.RESTART)]
    return not begins or begins[-1].reason not in (COUNTED_FROM_ISSUE, *BY_COURSE)


def as_told(hindered: Sequence[str]) -> tuple[str, ...]:
    """Return obstacles as an escalation can carry them: so many, each so long at most, whatever an error said."""
    return tuple(text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…" for text in hindered[:_MOST])
