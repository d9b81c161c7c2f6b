"""The whole file of a case at its window: how it stands, the days of every term, the decision, and its revision."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from exchange.approval.clocks.store import CaseClocks
from exchange.approval.hearings.records import HearingRow
from exchange.approval.hearings.store import Hearings
from exchange.approval.rules.consent import lacking
from exchange.approval.rules.course.adding import replaced
from exchange.approval.rules.states import CaseState
from exchange.approval.supplements.shown import ShownSupplement, supplements_of
from exchange.approval.supplements.store import SupplementRequests
from exchange.approval.window.deadlines import matter_of
from exchange.approval.window.status import CaseStatus, decision_in, status_in
from exchange.approval.window.store import Cases
from exchange.errors import Changed
from exchange.messaging.checks import expect_window
from exchange.messaging.node import Node, Step
from exchange.schemas import Decision, LedgerEntry
from exchange.store.transaction import Transaction


@dataclass(frozen=True)
class CaseFile:
    """A case with all that belongs to it."""

    status: CaseStatus
    withdrawn_at: datetime | None
    ledgers: Mapping[str, tuple[LedgerEntry, ...]]
    """By department: what began, stopped, resumed or extended its term."""
    decision: Decision | None
    lacking: tuple[str, ...]
    """While it is undecided: departments whose consent a grant would lack, without those that disagreed."""
    hearings: tuple[HearingRow, ...]
    """In the order in which they were called."""
    supplements: tuple[ShownSupplement, ...]
    """What its departments have asked of the applicant."""
    revision: str
    """Another one after any change of the record."""


def case_file(node: Node, number: str) -> CaseFile:
    """Return the file of one case. Raises Denied (this is no window) or NotFound."""
    with node.store.reading() as tx:
        return case_file_in(tx, node, number)


def case_file_in(tx: Transaction, node: Node, number: str) -> CaseFile:
    """Do what `case_file` does, inside a transaction."""
    expect_window(node)
    status, case, parts = status_in(tx, node, number), tx[Cases].get(number), tx[Cases].parts(number)
    ledgers = {part.department: tuple(tx[Cases].ledger(number, part.department)) for part in parts}
    undecided = case is not None and case.state in (CaseState.OPEN, CaseState.READY)
    matter = matter_of(tx, case) if case is not None and undecided else None
    owed: tuple[str, ...] = ()
    if matter is not None:
        owed = lacking(matter.completion, matter.quorum, parts, replaced(parts))
    withdrawn_at, hearings = case.withdrawn_at if case else None, tx[Hearings].of_case(number)
    asked, revision = supplements_of(tx, node.address, number), _revision(tx, node.address, number)
    return CaseFile(status, withdrawn_at, ledgers, decision_in(tx, node, status), owed, hearings, asked, revision)


def expect_revision(step: Step, number: str, known: Collection[str]) -> None:
    """Raise Changed unless a case that is here is as it was when somebody read one of the ``known`` revisions."""
    if step.tx[Cases].get(number) is not None and _revision(step.tx, step.node.address, number) not in known:
        raise Changed("case {number} has changed since it was read", number=number)


def _revision(tx: Transaction, window: str, number: str) -> str:
    parts = tx[Cases].parts(number)
    ledgers = [tx[Cases].ledger(number, part.department) for part in parts]
    record = replace(tx[CaseClocks].get(number), look_at=None)  # when it is looked at next changes nothing of it
    hearings, asked = tx[Hearings].of_case(number), tx[SupplementRequests].of_case(window, number)
    whole = repr((tx[Cases].get(number), parts, ledgers, record, tx[CaseClocks].ledger(number), hearings, asked))
    return hashlib.sha256(whole.encode()).hexdigest()[:32]
