"""What a member's own log has of a case: entries of its journal, each with the proof that it stands under a head."""

from __future__ import annotations

from exchange.audit.log.heads import open_log_head
from exchange.audit.log.leaves import LogEntry
from exchange.audit.log.receipts import inclusion_receipt
from exchange.envelope import cbor
from exchange.evidence.collecting.parts import BundleParts
from exchange.evidence.proof.logs import ENTRIES, HEADS, LOG, STAMPS
from exchange.messaging.log.store import KeptHead, MemberLog
from exchange.messaging.stamping.store import LogStamps
from exchange.store.transaction import Transaction


def add_log(parts: BundleParts, tx: Transaction, member: str, number: str) -> None:
    """Add a member's sealed entries about a case; nothing where it has no log yet. What is newer is not sealed yet.

    Each stands under the earliest head that has it and is time-stamped, which tells most; else under the newest one.
    """
    kept = tx[MemberLog]
    newest = kept.newest()
    if newest is None:
        return
    for index, entry in kept.entries_of_case(number, newest):
        stamp = tx[LogStamps].first_over(index)
        head = kept.head_within(stamp.size) if stamp is not None else None
        if stamp is not None and head is not None and head.size == stamp.size:
            parts.files["/".join((LOG, member, STAMPS, f"{head.size}.tsr"))] = stamp.token
        else:
            head = newest
        _add_entry(parts, kept, member, head, index, entry)


def _add_entry(parts: BundleParts, kept: MemberLog, member: str, head: KeptHead, index: int, entry: LogEntry) -> None:
    path = kept.tiles.inclusion(index, head.size)
    receipt = inclusion_receipt(index, head.size, path, open_log_head(head.signed).x5t, head.root_signature)
    parts.files["/".join((LOG, member, ENTRIES, f"{index}.cbor"))] = cbor.encode([entry.as_leaf(), receipt])
    parts.files["/".join((LOG, member, HEADS, f"{head.size}.cose"))] = head.signed
