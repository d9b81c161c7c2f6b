"""The books of the reconciliation: what messages come to one by one, summed up and held against the queues."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from exchange.operations.reconciliation.facts import LAWS, BalanceTerm, Difference, DifferenceKind, Law
from exchange.operations.reconciliation.laws import Judged


class BalanceVerdict(StrEnum):
    """The result. UNKNOWN: something could not be read, so that it neither balances nor differs."""

    BALANCED = "balanced"
    DIFFERS = "differs"
    UNKNOWN = "unknown"


class Unread(NamedTuple):
    """What could not be read, and why."""

    name: str
    """A member's address, or `BROKER`."""
    reason: str


BROKER = "broker"


@dataclass(frozen=True)
class Balance:
    """The books at one moment."""

    counts: Mapping[BalanceTerm, int]
    differences: tuple[Difference, ...]
    unnamed: int = 0
    """Differences beyond those that are named."""
    unread: tuple[Unread, ...] = ()
    depths: Mapping[str, int] = field(default_factory=dict)
    """What lies in each member's queues, by the broker."""

    @property
    def verdict(self) -> BalanceVerdict:
        """Balanced only when everything was read and nothing differs."""
        if self.unread:
            return BalanceVerdict.UNKNOWN
        if self.differences or self.unnamed or any(self.gap(law) for law in Law):
            return BalanceVerdict.DIFFERS
        return BalanceVerdict.BALANCED

    def gap(self, law: Law) -> int:
        """Return by how much the whole exceeds its parts."""
        whole, parts = LAWS[law]
        return self.counts.get(whole, 0) - sum(self.counts.get(part, 0) for part in parts)

    def of_law(self, law: Law) -> tuple[Difference, ...]:
        """Return the differences of one law."""
        return tuple(difference for difference in self.differences if difference.law is law)


KEPT = 20_000
"""So many messages are kept by name while they are not clear; of more, only how many."""


@dataclass
class Books:
    """The running sums of the books: what is clear as figures only, the rest by name."""

    counts: Counter[BalanceTerm] = field(default_factory=Counter)
    open: dict[str, Judged] = field(default_factory=dict)
    """What is not clear, by message id."""
    more_untraced: Counter[str] = field(default_factory=Counter)
    """Untraced copies beyond those kept, by addressee."""
    more_differences: int = 0

    def enter(self, message_id: str, judged: Judged) -> None:
        """Put a message in the books, or replace what they say of it."""
        before = self.open.pop(message_id, None)
        if judged.is_clear or (before is None and len(self.open) >= KEPT):
            self.counts.update(judged.counts)
            self.more_untraced.update(untraced.addressee for untraced in judged.untraced)
            self.more_differences += len(judged.differences)
        else:
            self.open[message_id] = judged

    def unsettled(self, depths: Mapping[str, int] | None) -> list[str]:
        """Return the ids of messages worth another look: those that differ, and, where the broker has told its depths,
        untraced ones of which queues do not hold enough.
        """
        short = set() if depths is None else {one for one, n in self._untraced().items() if n > depths.get(one, 0)}
        return [
            message_id
            for message_id, judged in self.open.items()
            if judged.differences or any(untraced.addressee in short for untraced in judged.untraced)
        ]

    def balance(self, depths: Mapping[str, int] | None, unread: Sequence[Unread] = ()) -> Balance:
        """Compute the balance, by what lies in each member's queues. Where the broker does not answer (None, which
        belongs among the ``unread``) nothing untraced is called lost.

        Where a queue holds some of the untraced but not all of them, all are named: which of them it holds cannot be
        known.
        """
        counts, unnamed = self.counts.copy(), self.more_differences
        differences: list[Difference] = []
        for judged in self.open.values():
            counts.update(judged.counts)
            differences += judged.differences
        for addressee, number in self._untraced().items():
            held = number if depths is None else min(number, depths.get(addressee, 0))
            counts[BalanceTerm.QUEUED] += held
            if held < number:
                named = list(self._nowhere(addressee))
                differences += named
                unnamed += max(0, number - held - len(named))
        return Balance(counts, tuple(differences), unnamed, tuple(unread), dict(depths or {}))

    def _nowhere(self, addressee: str) -> Iterator[Difference]:
        for judged in self.open.values():
            for untraced in judged.untraced:
                if untraced.addressee == addressee:
                    yield Difference(
                        Law.DISPATCHED, DifferenceKind.NOWHERE, untraced.message_id, untraced.sender, untraced.addressee
                    )

    def _untraced(self) -> Counter[str]:
        found = self.more_untraced.copy()
        for judged in self.open.values():
            found.update(untraced.addressee for untraced in judged.untraced)
        return found
