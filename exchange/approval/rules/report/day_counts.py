"""How many cases took how many working days, and what follows: mean, median, percentiles. Nothing of an empty set."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from fractions import Fraction


@dataclass
class DayCounts:
    """Counts by working days; its size follows how different they are, not how many."""

    counts: Counter[int] = field(default_factory=Counter)

    def add(self, days: int, times: int = 1) -> None:
        """Count something that took so many days."""
        self.counts[days] += times

    def join(self, other: DayCounts) -> None:
        """Count all of another one too."""
        self.counts.update(other.counts)

    @property
    def number(self) -> int:
        """How many were counted."""
        return self.counts.total()

    @property
    def mean(self) -> Fraction | None:
        """Return the mean, exactly; None of nothing."""
        number = self.number
        return Fraction(sum(days * times for days, times in self.counts.items()), number) if number else None

    def within(self, percent: int) -> int | None:
        """Return the fewest days within which at least so many percent were done (the nearest rank); None of nothing.

        In the order of their days the one at rank ``ceil(percent * number / 100)``, counted from one: always a number
        of days that one of them took, never one in between. The median is ``within(50)``, of four the second.
        """
        if not 0 < percent <= 100:
            raise ValueError("a percentile lies above 0 and up to 100")
        wanted, seen = percent * self.number, 0
        for days in sorted(self.counts):
            seen += self.counts[days]
            if seen * 100 >= wanted > 0:
                return days
        return None


def share(some: int, of: int) -> Fraction | None:
    """Return a share, exactly; None of nothing."""
    return Fraction(some, of) if of else None
