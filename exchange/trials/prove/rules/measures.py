"""What is measured of a run: how soon traffic completes again after a fault, and how much completed when."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from exchange.trials.prove.rules.faults import OF_ROLES, Fault, FaultKind


@dataclass(frozen=True, slots=True)
class Passage:
    """One document on its way: written by its sender, and signed for by its addressee. Seconds of the run."""

    began: float
    ended: float
    sender: str
    addressee: str


@dataclass(frozen=True)
class Struck:
    """What came of one planned fault. Seconds of the run."""

    fault: Fault
    at: float | None = None
    """When it struck; None where it was left out."""
    lifted: float | None = None
    """When it was taken back, or the process that died was there to be started again."""
    skipped: str = ""
    """Why it was left out."""
    recovered: float | None = None
    """When the first document that was written after ``lifted`` and passes the target was signed for."""

    @property
    def recovery(self) -> float | None:
        """Seconds from when it was taken back until traffic completes again."""
        return None if self.recovered is None or self.lifted is None else self.recovered - self.lifted

    @property
    def outage(self) -> float | None:
        """Seconds from when it struck until traffic completes again."""
        return None if self.recovered is None or self.at is None else self.recovered - self.at


class Passages:
    """All passages of a run, by when they began."""

    def __init__(self, passages: Iterable[Passage]) -> None:
        self._all = sorted(passages, key=lambda one: one.began)
        self._began = [one.began for one in self._all]

    def first_after(self, moment: float, concerns: Callable[[Passage], bool]) -> float | None:
        """Return when the first of those that began at or after a moment, and are meant, came to its end."""
        best: float | None = None
        for place in range(bisect_left(self._began, moment), len(self._all)):
            one = self._all[place]
            if best is not None and one.began >= best:
                break
            if concerns(one) and (best is None or one.ended < best):
                best = one.ended
        return best

    def throughput(self, width: float, until: float) -> list[int]:
        """Return how many came to their end in each ``width`` seconds from 0 on."""
        counts = [0] * max(1, ceil(until / width))
        for one in self._all:
            counts[min(int(one.ended / width), len(counts) - 1)] += 1
        return counts


def passes(fault: Fault, passage: Passage) -> bool:
    """Return whether a passage goes through what a fault strikes: one member, or what all have in common."""
    return fault.kind not in OF_ROLES or fault.target in (passage.sender, passage.addressee)


def recovered(one: Struck, passages: Passages) -> float | None:
    """Return when traffic that began after a fault was over completed again."""
    if one.lifted is None:
        return None
    return passages.first_after(one.lifted, lambda passage: passes(one.fault, passage))


SHARES = (50, 90, 99, 100)
"""Percentiles that are told; 100 is the longest."""


@dataclass(frozen=True)
class Percentiles:
    """How figures lie: their percentiles by share."""

    number: int
    at: Mapping[int, float]


def spread(figures: Sequence[float]) -> Percentiles | None:
    """Return the percentiles of figures, by nearest rank; None where there is none."""
    if not figures:
        return None
    ordered = sorted(figures)
    return Percentiles(len(ordered), {share: ordered[ceil(share / 100 * len(ordered)) - 1] for share in SHARES})


def by_kind(struck: Iterable[Struck], figure: Callable[[Struck], float | None]) -> dict[FaultKind, Percentiles]:
    """Return the percentiles of a figure for each kind of fault that has one."""
    found: dict[FaultKind, list[float]] = {}
    for one in struck:
        value = figure(one)
        if value is not None:
            found.setdefault(one.fault.kind, []).append(value)
    spreads = {kind: spread(found[kind]) for kind in FaultKind if kind in found}
    return {kind: one for kind, one in spreads.items() if one is not None}
