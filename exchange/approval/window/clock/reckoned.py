"""Until when a case is to be decided and delivered, by its record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from exchange.approval.clocks.store import CaseClocks
from exchange.approval.records import CaseRow
from exchange.approval.rules.clock.amending import Handling, handling_of
from exchange.approval.rules.clock.dates import CaseDates, CaseLedgers, case_dates
from exchange.approval.window.deadlines import matter_of
from exchange.approval.window.store import Cases
from exchange.errors import NotFound
from exchange.messaging.node import Step
from exchange.schemas import LedgerEntry
from exchange.store.transaction import Transaction
from exchange.workdays import WorkingCalendar


def dates_of(
    tx: Transaction, case: CaseRow, calendar: WorkingCalendar, further: Sequence[LedgerEntry] = ()
) -> CaseDates:
    """Return until when the lead is to decide a case, or had to, by law and by its promise.

    ``further``: entries that are about to be made.
    """
    parts = tx[Cases].parts(case.number)
    ledgers = {part.department: tx[Cases].ledger(case.number, part.department) for part in parts}
    own = [*tx[CaseClocks].ledger(case.number), *further]
    return case_dates(case, matter_of(tx, case), CaseLedgers(own, ledgers), calendar)


def decide_by(step: Step, number: str) -> tuple[datetime, bool]:
    """Return until when the lead is to decide a case that is there, and whether that is provisional."""
    case = step.tx[Cases].get(number)
    if case is None:
        raise NotFound("no case {case_number} here", remedy="`exchange status` lists the cases", case_number=number)
    dates = dates_of(step.tx, case, step.node.calendar)
    return dates.decide_by, dates.provisional


def handling_in(tx: Transaction, number: str) -> Handling:
    """Return whether one department handles a case or several; one that was added in another's place is no second."""
    return handling_of(sum(part.instead_of is None for part in tx[Cases].parts(number)))
