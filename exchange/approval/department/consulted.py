"""The consultation that a department was asked by, from its signed document on record."""

from __future__ import annotations

from exchange.envelope import verify_signed
from exchange.errors import NotFound
from exchange.messaging.node import Node
from exchange.messaging.records import StoredDocument
from exchange.schemas import Consultation

FROM_BACKUP = "restore the department's database from its backup, or have the window put the case again"


def consultation_of(node: Node, stored: StoredDocument | None) -> Consultation:
    """Return the consultation from its signed document on record. Raises NotFound."""
    if stored is None:
        raise NotFound("the consultation's document is not on record", remedy=FROM_BACKUP)
    body = verify_signed(stored.signed, node.directory).body
    if not isinstance(body, Consultation):
        raise NotFound("the document on record is not a consultation", remedy=FROM_BACKUP)
    return body
