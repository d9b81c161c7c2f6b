"""What a key that counts no more signed, and that comes in only now.

A signature says when it was made, and whoever has the key can write any date. As long as the key counts that is its
owner's word; afterwards it is anybody's who has stolen it. So of what arrives once a certificate has ended, revoked or
over, its date alone proves nothing. It is taken where something else proves that it is older: the stamp of the
receiver's own broker, a copy on record, or an earlier arrival of the same bytes. Everything else waits for two people.
"""

from __future__ import annotations

from datetime import datetime

from exchange.envelope import Signer
from exchange.messaging.rules.arrival_time import Arrival

WITHHELD = "withheld"
"""Reason code of what waits for two people."""
ARRIVED = "arrival"
"""The stage at which it was set aside."""


def ended_at(signer: Signer) -> datetime:
    """Return from when on a certificate's key may be in anybody's hands."""
    return min(signer.revoked_at or signer.not_after, signer.not_after)


def proves_older(signer: Signer, arrival: Arrival, on_record_since: datetime | None = None) -> bool:
    """Return whether an arrival proves that the signer's certificate still counted; an interval must lie before.

    ``on_record_since``: since when the receiver has had these very bytes, set aside for whatever reason.
    """
    had_by = min(arrival.latest, on_record_since or arrival.latest)
    return had_by < ended_at(signer)
