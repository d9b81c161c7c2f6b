"""What a member's own log has of a case or a message: entries of its journal, each proved to stand under a head."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from exchange.audit.log.heads import open_log_head
from exchange.audit.log.leaves import LogEntry
from exchange.audit.log.receipts import inclusion_receipt
from exchange.envelope import cbor
from exchange.errors import Malformed
from exchange.evidence.collecting.parts import BundleParts
from exchange.evidence.proof.logs import ENTRIES, HEADS, LOG, STAMPS
from exchange.messaging.log.handovers import HandoverEvent, read_handover
from exchange.messaging.log.store import KeptHead, MemberLog
from exchange.messaging.stamping.store import LogStamps
from exchange.store.transaction import Transaction

Key = tuple[str, str]
"""Sender and message id."""


def add_log(parts: BundleParts, tx: Transaction, member: str, number: str, messages: Collection[Key]) -> None:
    """Add a member's sealed entries about a case, and of its handing these messages over.

    Nothing where it has no log yet. What is newer is not sealed yet.
    """
    kept = tx[MemberLog]
    newest = kept.newest()
    if newest is not None:
        of_case = kept.entries_of_case(number, newest)
        _add_entries(parts, tx, member, newest, dict([*of_case, *_handed_over(kept, newest, messages)]))


def add_handovers(parts: BundleParts, tx: Transaction, member: str, messages: Collection[Key]) -> bool:
    """Add a member's sealed entries of its handing these messages over; return whether there are any."""
    kept = tx[MemberLog]
    newest = kept.newest()
    found = dict(_handed_over(kept, newest, messages)) if newest is not None else {}
    if newest is not None:
        _add_entries(parts, tx, member, newest, found)
    return bool(found)


def _handed_over(kept: MemberLog, head: KeptHead, messages: Collection[Key]) -> Iterator[tuple[int, LogEntry]]:
    ids = dict.fromkeys(message_id for _, message_id in messages)
    for index, entry in kept.entries_of_messages(ids, list(HandoverEvent), head):
        try:
            told = read_handover(entry.event, entry.at, entry.message_id, entry.detail)
        except Malformed:
            continue  # it says of no message that it was handed over
        if (told.sender, told.message_id) in messages:
            yield index, entry


def _add_entries(
    parts: BundleParts, tx: Transaction, member: str, newest: KeptHead, entries: Mapping[int, LogEntry]
) -> None:
    """Each stands under the earliest head that has it and is time-stamped, which tells most; else the newest one."""
    kept = tx[MemberLog]
    for index, entry in entries.items():
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
