"""What is in flight on one confirming channel: delivery tags, returns and confirms, and what each tells of a message.

Pure bookkeeping, for one thread. The broker numbers the publishes of a channel from 1; it confirms them one by one or
up to a number, and returns an unroutable message before confirming it (RabbitMQ, "Consumer Acknowledgements and
Publisher Confirms").
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from exchange.language import Text, noted
from exchange.messaging.ports import Publication, PublishOutcome, PublishResult


@dataclass(slots=True)
class Flying:
    """A publication on the wire, since when (seconds of a monotonic clock)."""

    publication: Publication
    since: float


@dataclass
class Flight:
    """The unconfirmed publications of one channel, in the order in which they were sent."""

    _flying: dict[int, Flying] = field(default_factory=dict)
    _oldest: int = 1
    _next: int = 1
    _returned: Counter[tuple[str, str]] = field(default_factory=Counter)

    def __len__(self) -> int:
        return len(self._flying)

    def sent(self, publication: Publication, now: float) -> None:
        """Give the next delivery tag to this publication."""
        self._flying[self._next] = Flying(publication, now)
        self._next += 1

    def returned(self, message_id: str, queue: str) -> None:
        """Note that the broker found no queue for this message; its confirm follows."""
        self._returned[(message_id, queue)] += 1

    def confirmed(self, tag: int, multiple: bool) -> Iterator[tuple[Publication, PublishResult]]:
        """Yield the results of what the broker took (or returned): everything up to ``tag``, or only that."""
        for publication in self._land(tag, multiple):
            yield publication, self._taken(publication)

    def refused(self, tag: int, multiple: bool) -> Iterator[tuple[Publication, PublishResult]]:
        """Yield the results of what the broker did not take: a queue is full or without a quorum."""
        reason = noted("the queue is full or has no quorum")
        for publication in self._land(tag, multiple):
            yield publication, PublishResult(publication.id, PublishOutcome.REFUSED, reason)

    def oldest_since(self) -> float | None:
        """Return when the longest-waiting publication was sent; None when nothing is in flight."""
        while self._oldest < self._next and self._oldest not in self._flying:
            self._oldest += 1
        flying = self._flying.get(self._oldest)
        return None if flying is None else flying.since

    def waits_again(self, now: float) -> None:
        """Count all waiting from ``now``: the broker had held the connection."""
        for flying in self._flying.values():
            flying.since = now

    def abandon(self) -> list[Publication]:
        """Forget and return all publications in flight: the channel is gone, and nobody will ever confirm them."""
        left = [flying.publication for flying in self._flying.values()]
        self._flying.clear()
        return left

    def _land(self, tag: int, multiple: bool) -> Iterator[Publication]:
        if not multiple:
            flying = self._flying.pop(tag, None)
            if flying is not None:
                yield flying.publication
            return
        for each in range(self._oldest, tag + 1):
            flying = self._flying.pop(each, None)
            if flying is not None:
                yield flying.publication
        self._oldest = max(self._oldest, tag + 1)

    def _taken(self, publication: Publication) -> PublishResult:
        key = (publication.message_id, publication.queue)
        if not self._returned or not self._returned[key]:
            return PublishResult(publication.id, PublishOutcome.CONFIRMED)
        self._returned[key] -= 1
        if not self._returned[key]:
            del self._returned[key]
        return PublishResult(
            publication.id, PublishOutcome.UNROUTABLE, str(Text("no queue {queue}", {"queue": publication.queue}))
        )
