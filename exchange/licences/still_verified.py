"""Documents on record that are listed with others: one that does not verify any more hides none of these."""

from __future__ import annotations

from exchange.envelope import Verified, verify_signed
from exchange.errors import SenderError
from exchange.messaging.node import Node
from exchange.messaging.records import StoredDocument


def still_verified(node: Node, stored: StoredDocument) -> Verified | None:
    """Return a document on record as it verifies now; None for one that does not."""
    try:
        return verify_signed(stored.signed, node.directory)
    except SenderError:
        return None
