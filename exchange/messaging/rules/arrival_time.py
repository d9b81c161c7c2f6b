"""When a message arrived, as far as it can be proved; and what its receipt says of that, and of how it is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from exchange.schemas import ArrivalBasis, ReceiptArrival


class ArrivalSource(StrEnum):
    """Who says when a message arrived."""

    BROKER = "broker"
    """The broker itself has stamped it: exact, whatever was down and in whatever order it came."""
    OWN = "own"
    """The member's own clock, when it took it from the queue."""
    EVENT = "event"
    """Its sender's time of signing: replays on a stepped clock alone."""
    SET_ASIDE = "set-aside"
    """Nobody, but that it had come when it was first set aside."""


@dataclass(frozen=True)
class Arrival:
    """When a message reached the broker: an interval where only that is known, and who says so."""

    earliest: datetime
    latest: datetime
    source: ArrivalSource
    stamp: datetime | None = None
    """What the broker has stamped on what was taken; None where nothing is, or the broker does not."""
    earlier_copy: bool = False
    """Whether it is that of the same bytes that had come before, and were set aside."""

    def not_before(self, moment: datetime | None) -> Arrival:
        """Return it without what lies before a moment at which it cannot have been there yet."""
        if moment is None or moment <= self.earliest:
            return self
        return replace(self, earliest=min(moment, self.latest))

    def of_earlier(self, first: Arrival | None) -> Arrival:
        """Return what counts where the same bytes had come before: their arrival. The stamp stays this one's."""
        return self if first is None else replace(first, stamp=self.stamp, earlier_copy=True)


_BASES: Mapping[ArrivalSource, ArrivalBasis] = {
    ArrivalSource.BROKER: ArrivalBasis.BROKER_STAMP,
    ArrivalSource.OWN: ArrivalBasis.OWN_CLOCK,
    ArrivalSource.EVENT: ArrivalBasis.SIGNING,
    ArrivalSource.SET_ASIDE: ArrivalBasis.SET_ASIDE,
}


def told_arrival(arrival: Arrival, now: datetime) -> tuple[datetime, ReceiptArrival]:
    """Return the arrival that a receipt signed at ``now`` states, with how it is known.

    Nothing has arrived later than now: where another clock is ahead of the member's own, that one counts.
    """
    at = min(arrival.latest, now)
    ahead = arrival.latest > now
    said = arrival.latest if ahead and arrival.source is ArrivalSource.BROKER else arrival.stamp
    return at, ReceiptArrival(
        basis=ArrivalBasis.OWN_CLOCK if ahead else _BASES[arrival.source],
        earlier_copy=arrival.earlier_copy,
        not_before=arrival.earliest if arrival.earliest < at else None,
        stamped_at=said if said != at else None,
    )
