"""What an applicant says after it has filed: it withdraws, states its view of the case, asks for a hearing."""

from __future__ import annotations

from exchange.approval.acceptance.senders import own_filing
from exchange.approval.acceptance.showing import show
from exchange.approval.filings.records import FilingRow
from exchange.approval.filings.states import FilingState
from exchange.approval.filings.store import Filings
from exchange.approval.renewals.waiting import expect_not_arisen, renewing
from exchange.approval.window.closing import withdraw_in
from exchange.approval.window.store import Cases
from exchange.errors import Conflict, Returned
from exchange.messaging.checks import expect, returned_for
from exchange.messaging.incoming import Handler, Incoming
from exchange.messaging.node import Step
from exchange.schemas import Body, FilingStatement, FilingWithdrawal

_WITHDRAWN = "the applicant has withdrawn its application"
_OVER = (FilingState.NOT_ACCEPTED, FilingState.WITHDRAWN, FilingState.BY_LAW)


def handlers() -> dict[str, Handler]:
    """Return the message handlers of a window for what applicants say."""
    return {FilingWithdrawal.KIND: take_withdrawal, FilingStatement.KIND: take_statement}


def take_withdrawal(step: Step, incoming: Incoming, body: Body) -> None:
    """Take an application back, before the decision: whoever has not answered need not any more."""
    wanted = expect(body, FilingWithdrawal)
    row = own_filing(step, incoming, wanted.filing)
    if row.state in _OVER:
        raise _settled(row)
    with returned_for(Conflict, code="case-closed"):
        if row.case_number is None:
            expect_not_arisen(renewing(step.tx, step.node.address, row), incoming.arrival.earliest)
            step.tx[Filings].move(row, FilingState.WITHDRAWN, ended_at=step.now)
        else:
            withdraw_in(step, row.case_number, _WITHDRAWN, incoming.arrival.earliest)
    step.note("filing-withdrawn", row.case_number, incoming.message_id, portal=row.portal, filing=row.number)


def take_statement(step: Step, incoming: Incoming, body: Body) -> None:
    """Put a statement on record, and show it, as it was signed, to the departments that are still to answer."""
    said = expect(body, FilingStatement)
    row = own_filing(step, incoming, said.filing)
    if row.state in _OVER:
        raise _settled(row)
    if said.hearing and row.hearing_at is None:
        step.tx[Filings].move(row, row.state, hearing_at=incoming.arrival.earliest)
        if row.case_number is not None:
            step.tx[Cases].hold_up(row.case_number)
    step.note(
        "statement", row.case_number, incoming.message_id,
        portal=row.portal, filing=row.number, hearing=said.hearing,
    )  # fmt: skip
    if row.case_number is not None:
        show(step, incoming, row, row.case_number)


def _settled(row: FilingRow) -> Returned:
    return Returned("filing {number} is settled", code="filing-closed", remedy="see how it stands", number=row.number)
