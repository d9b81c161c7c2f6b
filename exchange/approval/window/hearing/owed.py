"""Whether a case may be decided, or a hearing comes first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from exchange.approval.filings.store import Filings
from exchange.approval.hearings.records import HearingRow
from exchange.approval.hearings.store import Hearings
from exchange.approval.records import CaseRow
from exchange.approval.rules.hearings import is_owed, request_by, waits_since
from exchange.approval.rules.states import CaseState
from exchange.approval.window.deadlines import matter_of
from exchange.errors import Conflict
from exchange.messaging.node import Step
from exchange.schemas import HearingMode
from exchange.store.transaction import Transaction
from exchange.workdays import WorkingCalendar


def requested_in_time(tx: Transaction, case_number: str, calendar: WorkingCalendar) -> datetime | None:
    """Return when the applicant has asked for a hearing, within five working days of the acceptance; else None."""
    filing = tx[Filings].of_case(case_number)
    if filing is None or filing.hearing_at is None:
        return None
    told_at = filing.ended_at or filing.received_at
    return filing.hearing_at if filing.hearing_at < request_by(told_at, calendar) else None


def hearing_owed(tx: Transaction, case: CaseRow, calendar: WorkingCalendar) -> bool:
    """Return whether the decision must wait for a hearing."""
    mode, hearings = matter_of(tx, case).hearing, tx[Hearings].of_case(case.number)
    if mode is HearingMode.NEVER and not hearings:
        return False
    return is_owed(mode, requested_in_time(tx, case.number, calendar), hearings)


def waits_for(
    tx: Transaction, case: CaseRow, hearings: Sequence[HearingRow], calendar: WorkingCalendar, now: datetime
) -> datetime | None:
    """Return since when a hearing of a case waits for its lead, to be called or put on record; None where none does.

    ``hearings``: those of the case.
    """
    if case.state not in (CaseState.OPEN, CaseState.READY):
        return None
    mode = matter_of(tx, case).hearing
    if mode is HearingMode.NEVER and not hearings:
        return None
    return waits_since(mode, requested_in_time(tx, case.number, calendar), hearings, case.opened_at, now)


def expect_heard(step: Step, case: CaseRow) -> None:
    """Raise Conflict where a hearing comes before the decision."""
    if hearing_owed(step.tx, case, step.node.calendar):
        raise Conflict(
            "case {number} is decided after its hearing (articles 46 to 48)",
            remedy="call it, hold it and put it on record; then decide",
            number=case.number,
        )
