"""A histogram that is filled on the path of every message.

prometheus_client's own takes several locks and a walk through its buckets for each observation, and a dictionary for
its labels; this one is a bisection and an addition. What Prometheus gets is the same.
"""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from prometheus_client.core import HistogramMetricFamily, Metric
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString


class Times(Collector):
    """Seconds by one label of few values, or by none. Safe from several threads."""

    def __init__(self, name: str, text: str, member: str, buckets: Sequence[float], label: str | None = None) -> None:
        self._name, self._text, self._member, self._label = name, text, member, label
        self._bounds = tuple(buckets)
        self._words = [floatToGoString(bound) for bound in (*buckets, float("inf"))]  # type: ignore[no-untyped-call]
        self._lock = threading.Lock()
        self._found: dict[str, _Row] = {}
        if label is None:
            self._found[""] = _Row(len(self._words))

    def observe(self, seconds: float, value: str = "") -> None:
        """Add one observation under a value of the label."""
        place = bisect_left(self._bounds, seconds)
        with self._lock:
            row = self._found.get(value)
            if row is None:
                row = self._found[value] = _Row(len(self._words))
            row.counts[place] += 1
            row.total += seconds

    def describe(self) -> list[Metric]:
        return []

    def collect(self) -> Iterator[Metric]:
        labels = ("member", self._label) if self._label else ("member",)
        family = HistogramMetricFamily(self._name, self._text, labels=labels)
        with self._lock:
            rows = [(value, list(row.counts), row.total) for value, row in self._found.items()]
        for value, counts, total in rows:
            buckets, below = [], 0
            for word, number in zip(self._words, counts, strict=True):
                below += number
                buckets.append((word, float(below)))
            family.add_metric((self._member, value) if self._label else (self._member,), buckets, total)
        yield family


class _Row:
    def __init__(self, buckets: int) -> None:
        self.counts = [0] * buckets
        self.total = 0.0
