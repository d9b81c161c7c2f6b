"""The application of a filing as it is now: read from its signed messages."""

from __future__ import annotations

from collections.abc import Sequence

from exchange.approval.filings.records import FilingRow
from exchange.envelope.document import parse_body, payload_of
from exchange.errors import NotFound
from exchange.messaging.documents import Documents
from exchange.schemas import Application, Filing, FilingSupplement
from exchange.store.transaction import Transaction


def application_of(tx: Transaction, row: FilingRow) -> tuple[Application, Sequence[bytes]]:
    """Return a filing's application as it was completed last, and its files. Raises NotFound."""
    body, enclosures = filed_in(tx, row)
    return body.application, enclosures


def filed_in(tx: Transaction, row: FilingRow) -> tuple[Filing | FilingSupplement, Sequence[bytes]]:
    """Return what was handed in last, as it was signed, and its files. Raises NotFound."""
    stored = tx[Documents].get(row.portal, row.last_id)
    if stored is None:
        raise NotFound(
            "the signed filing {number} is not on record",
            remedy="restore the window's database from its backup",
            number=row.number,
        )
    payload = payload_of(stored.signed)
    if stored.kind == Filing.KIND:
        return parse_body(Filing, payload), stored.enclosures
    return parse_body(FilingSupplement, payload), stored.enclosures
