"""The clocks of a case as they are shown: to the lead, its officers and the applicant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from exchange.approval.clocks.records import ClockRow
from exchange.approval.clocks.store import CaseClocks
from exchange.approval.records import CaseRow
from exchange.approval.rules.clock.amending import Handling
from exchange.approval.rules.clock.dates import CaseDates, deliver_by, in_this_round
from exchange.approval.rules.stops import Stop, stopped_at
from exchange.approval.window.clock.reckoned import dates_of, handling_in
from exchange.approval.window.deadlines import matter_of
from exchange.messaging.node import Node
from exchange.schemas import LedgerEntry
from exchange.store.transaction import Transaction


@dataclass(frozen=True)
class CaseTerm:
    """The terms of one case at one moment."""

    dates: CaseDates
    days: int
    """Working days by law, without what it was extended by."""
    promised_days: int | None
    handling: Handling
    """Who may extend it, and by how much."""
    entries: tuple[LedgerEntry, ...]
    """What has happened to it in its present round: when, why, by what law, and by whose order."""
    stopped: Stop | None
    """How its clock stands still by what the lead has announced, while it does."""
    record: ClockRow
    """What was told of it, explained, and delivered."""
    deliver_by: datetime | None = None
    """Until when what was granted is to be delivered."""
    delivery_provisional: bool = False


def case_term(tx: Transaction, case: CaseRow, node: Node) -> CaseTerm:
    """Return the terms of a case."""
    matter, calendar = matter_of(tx, case), node.calendar
    entries = tuple(in_this_round(case, tx[CaseClocks].ledger(case.number)))
    delivery = deliver_by(case.decided_at, case.outcome, calendar)
    return CaseTerm(
        dates=dates_of(tx, case, calendar),
        days=matter.decision_days,
        promised_days=matter.promised_days,
        handling=handling_in(tx, case.number),
        entries=entries,
        stopped=stopped_at(entries, calendar, node.address, node.clock.now(), by=node.address),
        record=tx[CaseClocks].get(case.number),
        deliver_by=delivery[0] if delivery is not None else None,
        delivery_provisional=delivery is not None and delivery[1],
    )
