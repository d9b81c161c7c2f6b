"""Withhold: what comes in after its signer's certificate has ended, unless something proves that it is older."""

from __future__ import annotations

from datetime import datetime

from exchange.clock import CST
from exchange.directory import Lookup
from exchange.envelope import Authentic, signer_of
from exchange.errors import Withheld
from exchange.messaging.rules.arrival_time import Arrival
from exchange.messaging.rules.withholding import ended_at, proves_older


def withheld_for(
    directory: Lookup, opened: Authentic, arrival: Arrival, on_record_since: datetime | None
) -> Withheld | None:
    """Return what speaks against taking a message in; None for nothing.

    ``on_record_since``: since when these very bytes are among the dead letters.
    """
    signer = signer_of(opened.signed, directory)
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
