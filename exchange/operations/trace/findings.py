"""What is wrong with one addressee's copy, and where its records contradict one another."""

from __future__ import annotations

from collections.abc import Iterator

from exchange.messaging.copy_states import BY_RECEIPT
from exchange.messaging.records import OutboxState
from exchange.operations.trace.copy import CopyFacts
from exchange.operations.trace.stages import TraceFinding
from exchange.schemas.instants import CLOCK_SKEW


def findings(view: CopyFacts) -> Iterator[TraceFinding]:
    """Yield what is wrong with the copy, or worth a look."""
    copy, taken, receipt, message = view.copy, view.taken, view.proven, view.message
    if copy is None and message.sender in view.facts.members:
        yield TraceFinding.NO_COPY
    if copy is not None and copy.state == OutboxState.FAILED:
        yield TraceFinding.ABANDONED
    if view.refused is not None or view.transit:
        yield TraceFinding.SET_ASIDE
    elif view.aside:
        yield TraceFinding.TAKEN_AFTER_ALL
    yield from _whereabouts(view)
    if taken is not None and taken.digest != message.digest:
        yield TraceFinding.OTHER_BYTES
    if receipt is not None and receipt.digest != message.digest:
        yield TraceFinding.RECEIPT_OF_OTHER_BYTES
    yield from _of_receipts(view)
    if _times_contradict(view):
        yield TraceFinding.TIMES


def _whereabouts(view: CopyFacts) -> Iterator[TraceFinding]:
    """A copy that the broker confirmed and nobody has taken in: is it still queued?"""
    copy = view.copy
    if copy is None or copy.state != OutboxState.SENT or not view.here or view.taken or view.aside:
        return
    waiting = view.waiting_in_queue
    if waiting:
        yield TraceFinding.STILL_QUEUED
    elif waiting == 0:
        yield TraceFinding.NOWHERE


def _of_receipts(view: CopyFacts) -> Iterator[TraceFinding]:
    copy, taken, receipt = view.copy, view.taken, view.proven
    settled = copy is not None and copy.state in BY_RECEIPT and copy.needs_receipt
    if view.receipt is not None and view.receipt.fault:
        yield TraceFinding.RECEIPT_NOT_PROVEN
    elif settled and view.receipt is None:
        yield TraceFinding.STATE_WITHOUT_RECEIPT
    if taken is not None and copy is not None and copy.needs_receipt and not settled and receipt is None:
        yield TraceFinding.RECEIPT_MISSING
    if receipt is None:
        return
    if not receipt.accepted:
        yield TraceFinding.RETURNED
    if view.here and taken is None:
        yield TraceFinding.RECEIPT_WITHOUT_RECORD
    says = OutboxState.DELIVERED if receipt.accepted else OutboxState.RETURNED
    if (taken is not None and taken.accepted != receipt.accepted) or (copy is not None and copy.state != says):
        yield TraceFinding.RECEIPT_DIFFERS


def _times_contradict(view: CopyFacts) -> bool:
    """Nothing arrives before it was written, or is signed for before it arrived."""
    created, taken, receipt = view.message.created_at, view.taken, view.proven
    early = created is not None and taken is not None and taken.latest < created - CLOCK_SKEW
    if receipt is None or receipt.arrived_at is None or receipt.signed_for_at is None:
        return early
    unseen = created is not None and receipt.arrived_at < created - CLOCK_SKEW
    return early or unseen or receipt.signed_for_at < receipt.arrived_at - CLOCK_SKEW
