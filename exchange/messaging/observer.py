"""What may be told of a member's work while it is done: figures and traces are kept by whoever listens.

Told are kinds, codes, numbers and seconds; of messages their ids, and never what stands in them. An observer must not
raise, and must cost next to nothing: it is called on the path of every message.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from exchange.messaging.ports import Delivery, PublishOutcome
from exchange.messaging.records import DeadLetter, InboxEntry, Parcel, Signed


class Observer:
    """Hears what happens, and by itself does nothing with it."""

    def headers(self, parcel: Parcel) -> Mapping[str, str]:
        """Return the headers that go with a copy, in clear."""
        return {}

    def sent(self, parcels: Sequence[Parcel]) -> None:
        """Note that copies were handed to the publisher."""

    def settled(self, fates: Sequence[tuple[Parcel, PublishOutcome]]) -> None:
        """Note that the outcome of copies at the broker is on record."""

    def opened(self, seconds: float) -> None:
        """Note that a delivery was opened and verified, or refused, in so many seconds."""

    def handled(self, delivery: Delivery, entry: InboxEntry, seconds: float) -> None:
        """Note that a message went through its handler, which accepted or returned it. Not committed yet."""

    def committed(
        self, seconds: float, entries: Sequence[InboxEntry], letters: Sequence[DeadLetter], signed: Sequence[Signed]
    ) -> None:
        """Note that a step is on record which took so many seconds to seal, sign and write: the messages it took in,
        the letters it set aside, and the receipts for what the member had sent.
        """


class Observers(Observer):
    """Several observers, told one after another."""

    def __init__(self, observers: Sequence[Observer]) -> None:
        self._observers = observers

    def headers(self, parcel: Parcel) -> Mapping[str, str]:
        return {name: text for one in self._observers for name, text in one.headers(parcel).items()}

    def sent(self, parcels: Sequence[Parcel]) -> None:
        for one in self._observers:
            one.sent(parcels)

    def settled(self, fates: Sequence[tuple[Parcel, PublishOutcome]]) -> None:
        for one in self._observers:
            one.settled(fates)

    def opened(self, seconds: float) -> None:
        for one in self._observers:
            one.opened(seconds)

    def handled(self, delivery: Delivery, entry: InboxEntry, seconds: float) -> None:
        for one in self._observers:
            one.handled(delivery, entry, seconds)

    def committed(
        self, seconds: float, entries: Sequence[InboxEntry], letters: Sequence[DeadLetter], signed: Sequence[Signed]
    ) -> None:
        for one in self._observers:
            one.committed(seconds, entries, letters, signed)
