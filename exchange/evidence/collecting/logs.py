"""What a member's own log has of a case: entries of its journal, each with the proof that it stands under a head."""

from __future__ import annotations

from exchange.audit.log.heads import open_log_head
from exchange.audit.log.receipts import inclusion_receipt
from exchange.envelope import cbor
from exchange.evidence.collecting.parts import BundleParts
from exchange.evidence.proof.logs import ENTRIES, HEADS, LOG
from exchange.messaging.log.store import MemberLog
from exchange.store.transaction import Transaction


def add_log(parts: BundleParts, tx: Transaction, member: str, number: str) -> None:
    """Add a member's sealed entries about a case; nothing where it has no log yet. What is newer is not sealed yet."""
    kept = tx[MemberLog]
    newest = kept.newest()
    if newest is None:
        return
    x5t = open_log_head(newest.signed).x5t
    for index, entry in kept.entries_of_case(number, newest):
        path = kept.tiles.inclusion(index, newest.size)
        receipt = inclusion_receipt(index, newest.size, path, x5t, newest.root_signature)
        parts.files["/".join((LOG, member, ENTRIES, f"{index}.cbor"))] = cbor.encode([entry.as_leaf(), receipt])
        parts.files["/".join((LOG, member, HEADS, f"{newest.size}.cose"))] = newest.signed
