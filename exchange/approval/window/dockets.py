"""Dockets from the window's records; what a docket is, rules know without any store (`decision`)."""

from __future__ import annotations

from exchange.approval.records import CaseRow
from exchange.approval.window.deadlines import matter_of
from exchange.approval.window.decision import Docket
from exchange.approval.window.store import Cases
from exchange.messaging.node import Step
from exchange.schemas import Application
from exchange.store.transaction import Transaction


def docket_of(step: Step, case: CaseRow) -> Docket:
    """Return the case as the lead sees it."""
    return docket_in(step.tx, case)


def docket_in(tx: Transaction, case: CaseRow) -> Docket:
    """Do what `docket_of` does, inside a transaction."""
    application = Application.model_validate_json(case.application)
    parts = tuple(tx[Cases].parts(case.number))
    asked = [part.department for part in parts if part.consultation_id is not None]
    tx[Cases].read_ledgers(case.number)
    ledgers = {department: tuple(tx[Cases].ledger(case.number, department)) for department in asked}
    return Docket(case, matter_of(tx, case), application, parts, ledgers)
