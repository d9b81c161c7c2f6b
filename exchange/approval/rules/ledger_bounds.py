"""What a ledger may reach over, so that it is quickly reckoned and its end can be told. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from exchange.approval.rules.deadline import Projection
from exchange.errors import Implausible
from exchange.messaging.rules.moments import moment_text
from exchange.schemas import DeadlineState, LedgerEntry
from exchange.schemas.instants import CLOCK_SKEW, LAST_YEAR, within_bounds

MOST_YEARS = 10
"""Between the first entry of a ledger and its last."""
MOST_DAYS = 2_500
"""Working days that all entries of a ledger may add or announce: about ten years."""
MOST_ENTRIES = 100
"""As many as a deadline can carry."""
_LONGEST = timedelta(days=MOST_YEARS * 366)


def check_ledger(state: DeadlineState, signed_at: datetime) -> None:
    """Do `check_entries` for a deadline. Raises Implausible."""
    check_entries(state.department, state.ledger, signed_at, state.case_number)


def check_entries(department: str, ledger: Sequence[LedgerEntry], signed_at: datetime, number: str = "") -> None:
    """Raise Implausible where a ledger tells of what comes after its signing, or reaches over too long a time.

    To be called before the ledger is reckoned, of whatever a stranger has signed.
    """
    moments = [entry.at for entry in ledger]
    if not moments:
        return
    if max(moments) > signed_at + CLOCK_SKEW:
        raise Implausible(
            "the ledger of {department} in {number} has an entry of {said}, which is after it was signed at {signed}",
            department=department,
            number=number,
            said=moment_text(max(moments)),
            signed=moment_text(signed_at),
        )
    days = sum(entry.days or 0 for entry in ledger)
    if max(moments) - min(moments) > _LONGEST or days > MOST_DAYS:
        raise Implausible(
            "the ledger of {department} in {number} reaches over more than {years} years or {days} working days",
            department=department,
            number=number,
            years=MOST_YEARS,
            days=MOST_DAYS,
        )


def check_room(state: DeadlineState, entry: LedgerEntry) -> None:
    """Raise Implausible where an entry would make a ledger longer than anybody else would read it.

    What a window entered beyond that, its monitors would return, and nobody would watch the term any more.
    """
    grown = state.model_copy(update={"ledger": (*state.ledger, entry)})
    if len(grown.ledger) > MOST_ENTRIES:
        raise Implausible(
            "the ledger of {department} in {number} would have more than {most} entries",
            department=state.department,
            number=state.case_number,
            most=MOST_ENTRIES,
        )
    check_ledger(grown, max(one.at for one in grown.ledger))


def check_end(state: DeadlineState, projection: Projection) -> None:
    """Raise Implausible where a term would end beyond the last instant that can be written."""
    ends = (projection.due_at, projection.effective_at)
    if not all(end is None or within_bounds(end) for end in ends):
        raise Implausible(
            "the term of {department} in {number} would end after the year {last}",
            department=state.department,
            number=state.case_number,
            last=LAST_YEAR,
        )
