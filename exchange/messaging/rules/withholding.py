"""What a key that counts no more signed, and that comes in only now.

A signature says when it was made, and whoever has the key can write any date. As long as the key counts that is its
owner's word; afterwards it is anybody's who has stolen it. So of what arrives once a certificate has ended, revoked or
over, its date alone proves nothing. It is taken where something else proves that it is older: the stamp of the
receiver's own broker, a copy on record, or an earlier arrival of the same bytes. Everything else waits for two people.
"""

from __future__ import annotations

from datetime import datetime

from exchange.clock import CST
from exchange.directory import Lookup
from exchange.envelope import Authentic, Signer, signer_of
from exchange.errors import Withheld
from exchange.messaging.rules.arrival_time import Arrival

WITHHELD = "withheld"
"""Reason code of what waits for two people."""
OPENED = "open"
"""The stage at which what cannot be opened is set aside."""
ARRIVED = "arrival"
"""The stage at which what waits for two people is set aside."""
EARLY = "order"
"""The stage at which what came before the message it speaks of is set aside."""
TRANSIT = "transit"
"""The stage at which a relay office sets aside what it could not pass on."""


def ended_at(signer: Signer) -> datetime:
    """Return from when on a certificate's key may be in anybody's hands."""
    return min(signer.revoked_at or signer.not_after, signer.not_after)


def proves_older(signer: Signer, arrival: Arrival, on_record_since: datetime | None = None) -> bool:
    """Return whether an arrival proves that the signer's certificate still counted; an interval must lie before.

    ``on_record_since``: since when the receiver has had these very bytes, set aside for whatever reason.
    """
    had_by = min(arrival.latest, on_record_since or arrival.latest)
    return had_by < ended_at(signer)


def withheld_for(
    directory: Lookup, opened: Authentic, arrival: Arrival, on_record_since: datetime | None
) -> Withheld | None:
    """Return what speaks against taking a message in; None for nothing.

    ``on_record_since``: since when these very bytes are among the dead letters.
    """
    signer = opened.signer or signer_of(opened.signed, directory)
    if proves_older(signer, arrival, on_record_since):
        return None
    return Withheld(
        "{sender} dates its signature {at}, but its certificate counts no more since {ended}, and this arrived at "
        "{arrived}: nothing else says that it is older",
        sender=opened.header.sender,
        at=_moment(opened.header.created_at),
        ended=_moment(ended_at(signer)),
        arrived=_moment(arrival.latest),
    )


def _moment(at: datetime) -> str:
    return f"{at.astimezone(CST):%Y-%m-%d %H:%M:%S}"
