"""A served member's metrics for Prometheus: counted while it works, looked up when they are asked for.

Names follow Prometheus' conventions; labels are members, kinds, codes and states, all of them few: a series a message
or a case would cost more than it tells.
"""

from __future__ import annotations

from collections import Counter as Counts
from collections.abc import Sequence

from prometheus_client import CollectorRegistry, Counter

from exchange.messaging.observer import Observer
from exchange.messaging.ports import Delivery, PublishOutcome
from exchange.messaging.records import DeadLetter, InboxEntry, Parcel, Signed
from exchange.telemetry.times import Times

FAST = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
"""Buckets in seconds for work on one message."""

SLOW = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0)
"""Buckets in seconds for a commit, which waits for a disk."""

_MOST_WORDS = 60
"""Different codes or kinds that get a series of their own; the rest is `other`."""


class MemberMetrics(Observer):
    """Counts what a member does. One of them a process and registry; safe from several threads."""

    def __init__(self, registry: CollectorRegistry, member: str) -> None:
        self._member = member
        self._codes, self._kinds = Words(), Words()

        def counter(name: str, text: str, *labels: str) -> Counter:
            return Counter(name, text, ("member", *labels), registry=registry)

        def times(name: str, text: str, buckets: Sequence[float], label: str | None = None) -> Times:
            made = Times(name, text, member, buckets, label)
            registry.register(made)
            return made

        self._sent = counter("yizhan_messages_sent", "Copies handed to the broker, repetitions included.", "kind")
        self._published = counter("yizhan_publishes", "What became of copies at the broker.", "outcome")
        self._confirmed = counter("yizhan_messages_confirmed", "Copies the broker confirmed.", "kind")
        self._delivered = counter("yizhan_messages_delivered", "Copies whose addressee has signed for them.")
        self._refused = counter("yizhan_messages_sent_back", "Copies whose addressee has returned them.")
        self._taken = counter("yizhan_messages_taken", "Messages recorded in the inbox, each once.", "kind")
        self._handled = counter("yizhan_messages_handled", "Messages their handler has accepted.", "kind")
        self._returned = counter("yizhan_messages_returned", "Messages returned to their sender.", "code")
        self._failed = counter("yizhan_messages_failed", "Messages set aside as dead letters.", "stage", "code")
        self._open = times("yizhan_open_seconds", "Opening and verifying one message.", FAST)
        self._handle = times("yizhan_handle_seconds", "One message's handler.", FAST, "kind")
        self._commit = times("yizhan_commit_seconds", "Sealing, signing and writing one step.", SLOW)
        for outcome in PublishOutcome:
            self._published.labels(member, outcome.value)
        for always in (self._delivered, self._refused):
            always.labels(member)

    def sent(self, parcels: Sequence[Parcel]) -> None:
        for kind, number in Counts(parcel.kind for parcel in parcels).items():
            self._sent.labels(self._member, self._kinds.known(kind)).inc(number)

    def settled(self, fates: Sequence[tuple[Parcel, PublishOutcome]]) -> None:
        for outcome, number in Counts(outcome.value for _, outcome in fates).items():
            self._published.labels(self._member, outcome).inc(number)
        confirmed = (parcel.kind for parcel, outcome in fates if outcome is PublishOutcome.CONFIRMED)
        for kind, number in Counts(confirmed).items():
            self._confirmed.labels(self._member, self._kinds.known(kind)).inc(number)

    def opened(self, seconds: float) -> None:
        self._open.observe(seconds)

    def handled(self, delivery: Delivery, entry: InboxEntry, seconds: float) -> None:
        self._handle.observe(seconds, self._kinds.known(entry.header.kind))

    def committed(
        self, seconds: float, entries: Sequence[InboxEntry], letters: Sequence[DeadLetter], signed: Sequence[Signed]
    ) -> None:
        if entries or letters:
            self._commit.observe(seconds)
        for kind, number in Counts(entry.header.kind for entry in entries).items():
            self._taken.labels(self._member, self._kinds.known(kind)).inc(number)
        for kind, number in Counts(entry.header.kind for entry in entries if entry.accepted).items():
            self._handled.labels(self._member, self._kinds.known(kind)).inc(number)
        for entry in entries:
            if entry.reason is not None:
                self._returned.labels(self._member, self._codes.known(entry.reason.partition(":")[0])).inc()
        for letter in letters:
            self._failed.labels(self._member, letter.stage, self._codes.known(letter.reason_code)).inc()
        accepted = sum(one.accepted for one in signed)
        self._delivered.labels(self._member).inc(accepted)
        self._refused.labels(self._member).inc(len(signed) - accepted)


class Words:
    """A set of label values that cannot grow beyond a bound."""

    def __init__(self, most: int = _MOST_WORDS) -> None:
        self._most = most
        self._known: set[str] = set()

    def known(self, word: str) -> str:
        """Return the word, or `other` once there are too many."""
        if word in self._known:
            return word
        if len(self._known) >= self._most:
            return "other"
        self._known.add(word)
        return word
