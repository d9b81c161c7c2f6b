"""What a request wants, as its department has signed it."""

from __future__ import annotations

from exchange.approval.supplements.records import SupplementRow
from exchange.envelope.document import parse_body, payload_of
from exchange.errors import NotFound
from exchange.messaging.documents import Documents
from exchange.schemas import SupplementRequest
from exchange.store.transaction import Transaction


def request_of(tx: Transaction, row: SupplementRow) -> SupplementRequest:
    """Return a request as it was signed. Raises NotFound."""
    stored = tx[Documents].get(row.department, row.request_id)
    if stored is None:
        raise NotFound(
            "the signed request of {department} in case {case_number} is not on record",
            remedy="restore the database from its backup",
            department=row.department,
            case_number=row.case_number,
        )
    return parse_body(SupplementRequest, payload_of(stored.signed))
