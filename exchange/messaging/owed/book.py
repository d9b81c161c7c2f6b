"""Receipts given for what arrived: one signed batch a sender for what a step took in, or, under load, several steps.

Each receipt is a leaf of a Merkle tree whose root is signed, so that each document's proof stands alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from exchange.audit import tree_root
from exchange.envelope import Authentic, pack_leaves
from exchange.errors import Malformed
from exchange.machine.debts import Debts
from exchange.messaging.node import Node, Step
from exchange.messaging.owed.store import OwedBatch, OwedBatches
from exchange.messaging.rules.arrival_time import Arrival, told_arrival
from exchange.schemas import Receipt, ReceiptArrival, ReceiptBatch, ReceiptOutcome

_LARGEST_BATCH = 1000
_FULL = _LARGEST_BATCH // 2
"""Receipts with which a batch is signed, whatever its age."""


class ReceiptBook:
    """Collects the receipts of one step and sends one signed batch a sender, or leaves it owed for a while."""

    def __init__(self, step: Step, debts: Debts) -> None:
        self._step = step
        self._debts = debts
        self._by_sender: dict[str, list[Receipt]] = defaultdict(list)
        self._batch_ids: dict[str, str] = {}
        self._urgent: set[str] = set()
        self._before: Mapping[str, OwedBatch] | None = None

    def give(self, opened: Authentic, arrival: Arrival, code: str | None = None, reason: str = "") -> str:
        """Add a receipt for an authentic message; return the id of the batch it will be in."""
        sender = opened.header.sender
        before = self._owed[sender].number if sender in self._owed else 0
        if before + len(self._by_sender[sender]) >= _LARGEST_BATCH:
            raise Malformed("more than {largest_batch} receipts in one step", largest_batch=_LARGEST_BATCH)
        told = told_arrival(arrival, self._step.now)
        self._by_sender[sender].append(
            _receipt(self._step, opened.header.message_id, sender, opened.digest, told, code, reason)
        )
        if code is not None:
            self._urgent.add(sender)
        if sender not in self._batch_ids:
            owed = self._owed.get(sender)
            self._batch_ids[sender] = owed.receipt_id if owed is not None else self._step.node.new_id()
        return self._batch_ids[sender]

    def give_anew(self, receipt: Receipt) -> str:
        """Add a receipt in place of one that was given; return the id of the batch it will be in, which goes at once.

        Its message may have been recorded long ago: what is owed is looked for among the latest alone.
        """
        self._by_sender[receipt.sender].append(receipt)
        self._urgent.add(receipt.sender)
        if receipt.sender not in self._batch_ids:
            owed = self._owed.get(receipt.sender)
            self._batch_ids[receipt.sender] = owed.receipt_id if owed is not None else self._step.node.new_id()
        batch, step = self._batch_ids[receipt.sender], self._step
        step.tx[OwedBatches].signed_anew(receipt.sender, receipt.message_id, batch, step.now)
        step.note("receipt-anew", None, receipt.message_id, sender=receipt.sender)
        return batch

    def close(self) -> None:
        """Plan the signed batches; call it before what is taken in is recorded."""
        for sender, receipts in self._by_sender.items():
            owed = self._owed.get(sender)
            if self._may_wait(sender, owed, len(receipts)):
                self._leave(sender, owed, len(receipts))
                continue
            before = _taken_up(self._step, owed) if owed is not None else []
            _send(self._step, sender, self._batch_ids[sender], [*before, *receipts])
            self._debts.settled(sender)

    @property
    def _owed(self) -> Mapping[str, OwedBatch]:
        if self._before is None:
            self._before = self._step.tx[OwedBatches].all()
        return self._before

    def _may_wait(self, sender: str, owed: OwedBatch | None, number: int) -> bool:
        """What goes back is told at once; the others as long as there is room, and time."""
        if sender in self._urgent or number + (owed.number if owed is not None else 0) >= _FULL:
            return False
        return self._debts.may_wait(sender, begun=owed is not None)

    def _leave(self, sender: str, owed: OwedBatch | None, number: int) -> None:
        if owed is None:
            self._step.tx[OwedBatches].begin(sender, self._batch_ids[sender], number)
        else:
            self._step.tx[OwedBatches].add(sender, number)
        self._debts.owes(sender)


def look_at_owed(node: Node, debts: Debts) -> None:
    """Learn what is owed that a process before this one has left, or a step that came to nothing has hidden.

    Raises DatabaseUnavailable.
    """
    with node.store.reading() as tx:
        for sender in tx[OwedBatches].all():
            debts.owes(sender)


def sign_owed(node: Node, debts: Debts) -> int:
    """Sign and send all receipts that are owed; returns how many batches that were.

    Raises DatabaseUnavailable, or TokenUnavailable.
    """
    with node.step() as step:
        batches = step.tx[OwedBatches].all()
        debts.stand(batches.keys())
        for sender, batch in batches.items():
            _send(step, sender, batch.receipt_id, _taken_up(step, batch))
            debts.settled(sender)
    return len(batches)


def _taken_up(step: Step, batch: OwedBatch) -> list[Receipt]:
    """The receipts of a batch that are on record as owed, and are so no more.

    A clock that was ahead when they were recorded, and has been set since, must not have them signed for before they
    came: their sender could take no such receipt, and the same one is given whenever it asks again.
    """
    found = step.tx[OwedBatches].receipts(batch)
    if any(one.recorded_at > step.now for one in found):
        step.tx[OwedBatches].record_no_later(batch, step.now)
        found = step.tx[OwedBatches].receipts(batch)
    step.tx[OwedBatches].signed(batch.sender)
    return [
        _receipt(step, one.message_id, batch.sender, one.digest, told_arrival(one.arrival, one.recorded_at))
        for one in found
    ]


def _receipt(
    step: Step,
    message_id: str,
    sender: str,
    digest: str,
    told: tuple[datetime, ReceiptArrival],
    code: str | None = None,
    why: str = "",
) -> Receipt:
    arrived_at, arrival = told
    return Receipt(
        version=2,
        outcome=ReceiptOutcome.RETURNED if code else ReceiptOutcome.ACCEPTED,
        message_id=message_id,
        sender=sender,
        receiver=step.node.address,
        digest=digest,
        arrived_at=arrived_at,
        arrival=arrival,
        signed_for_at=step.now,
        reason_code=code,
        reason=why,
    )


def _send(step: Step, sender: str, receipt_id: str, receipts: Sequence[Receipt]) -> None:
    """Plan a signed batch."""
    leaves = [receipt.as_json() for receipt in receipts]
    batch = ReceiptBatch(
        root=tree_root(leaves).hex(), size=len(leaves), receiver=step.node.address, sender=sender, at=step.now
    )
    step.send(batch, (sender,), message_id=receipt_id, enclosures=(pack_leaves(leaves),), needs_receipt=False)
