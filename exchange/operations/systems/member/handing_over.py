"""Messages given to a member's own system on lease, and what becomes of that in the member's journal.

One acknowledgement is one line, in the transaction in which the inbox learns of it. A lease that is over without one is
no handing over: the first of a message is a line, too, written when somebody next asks for messages.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from exchange.messaging.inbox import Inbox
from exchange.messaging.log.handovers import HandingSystem, Handover, HandoverEvent, Handovers, handover_line
from exchange.messaging.records import StoredDocument
from exchange.operations.systems.member.records import LEASES_KEPT
from exchange.operations.systems.member.store import Leases
from exchange.store.transaction import Transaction

Key = tuple[str, str]
"""Sender and message id."""


def lease_out(
    tx: Transaction, lease_id: str, limit: int, now: datetime, until: datetime, at: datetime
) -> list[StoredDocument]:
    """Lease up to ``limit`` messages, oldest first. Leases go by the machine's time, what is noted by the domain's:
    ``at``.
    """
    _note_lapsed(tx, now, at)
    tx[Leases].forget(now - LEASES_KEPT)
    return tx[Leases].lease(lease_id, limit, now, until)


def hand_over(
    tx: Transaction, lease_id: str, wanted: Collection[Key], system: HandingSystem, now: datetime, at: datetime
) -> int:
    """Note that the own system has messages of a lease; return of how many nobody had said so before."""
    known = tx[Inbox].known(list(wanted))
    taken = [key for key in dict.fromkeys(wanted) if tx[Inbox].take(*key, at)]
    tx[Leases].acknowledge(lease_id, wanted, now)
    done = HandoverEvent.DONE
    tx.journal([handover_line(Handover(done, at, *key, known[key].digest, system)) for key in taken])
    return len(taken)


def _note_lapsed(tx: Transaction, now: datetime, at: datetime) -> None:
    over = [(one.sender, one.message_id) for one in tx[Leases].settle_lapsed(now)]
    if not over:
        return
    known = tx[Inbox].known(over)
    told = {(one.sender, one.message_id) for one in tx[Handovers].of([message_id for _, message_id in over])}
    failed = HandoverEvent.FAILED
    fresh = [key for key in over if key in known and key not in told]
    tx.journal([handover_line(Handover(failed, at, *key, known[key].digest, None)) for key in fresh])
