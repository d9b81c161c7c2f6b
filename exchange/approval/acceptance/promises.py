"""Materials that an acceptance lets be handed in later, and of which of them nothing has come."""

from __future__ import annotations

from exchange.approval.filings.application import application_of
from exchange.approval.filings.records import FilingRow
from exchange.approval.rules.acceptance.outcomes import still_promised
from exchange.envelope.document import parse_body, payload_of
from exchange.messaging.documents import Documents
from exchange.schemas import Acceptance, Application, Promised
from exchange.store.transaction import Transaction


def promised_in(tx: Transaction, row: FilingRow, window: str) -> tuple[Promised, ...]:
    """Return what is still to come of what was promised when a filing was accepted, by the signed acceptance."""
    stored = tx[Documents].get(window, row.acceptance_id or "")
    if stored is None:
        return ()
    acceptance = parse_body(Acceptance, payload_of(stored.signed))
    return still_promised(acceptance.promised, application_of(tx, row)[0])


def keeps_promise(tx: Transaction, row: FilingRow, window: str, supplement: Application) -> bool:
    """Return whether a supplement brings something that was promised."""
    owed = promised_in(tx, row, window)
    return len(still_promised(owed, supplement)) < len(owed)
