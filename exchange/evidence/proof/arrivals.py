"""How the arrival that a receipt states is known: by the broker's stamp, or on its receiver's word alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from exchange.evidence.proof.findings import EvidenceFinding, FindingCode, Weight
from exchange.language import Text
from exchange.language.names import ARRIVAL_BASES, coded
from exchange.schemas import ArrivalBasis, Receipt


def arrived_from(receipt: Receipt) -> datetime:
    """Return the moment from which it may have been there: of an interval its beginning; doubt favours the sender."""
    told = receipt.arrival
    return receipt.arrived_at if told is None or told.not_before is None else told.not_before


def on_own_word(department: str, receipt: Receipt) -> Iterator[EvidenceFinding]:
    """Yield that an arrival on which something hangs rests on its receiver alone; nothing where the broker stamped it.

    The broker signs nothing: that it stamped is the receiver's signed word as well. A receipt of version 1 says nothing
    of how its arrival is known, and counts for no more than the receiver's own clock.
    """
    told = receipt.arrival
    if told is not None and told.basis is ArrivalBasis.BROKER_STAMP:
        return
    basis = coded(ARRIVAL_BASES, told.basis.value) if told is not None else Text("its receipt does not say how")
    words = Text("when {id} reached {receiver} is known to {receiver} alone, and decides about {department}: {basis}",
                 {"id": receipt.message_id, "receiver": receipt.receiver, "department": department,
                  "basis": basis})  # fmt: skip
    yield EvidenceFinding(Weight.CLAIMED, FindingCode.ARRIVAL_CLAIMED, department, words)
