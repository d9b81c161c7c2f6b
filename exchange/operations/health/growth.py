"""Growth: what becomes of a queue if it goes on as it does. Pure; points are seconds and messages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

LEAST_SPAN = 30.0
"""Seconds that must have been watched before anything is said."""

_LEAST_POINTS = 3
_NOISE = 0.05
"""Part of the highest depth seen by which a queue may change and still counts as steady."""

Point = tuple[float, float]
"""Seconds on any clock, and messages at that moment."""


class Trend(StrEnum):
    """Where a queue is going."""

    UNKNOWN = "unknown"
    EMPTY = "empty"
    STEADY = "steady"
    GROWING = "growing"
    SHRINKING = "shrinking"


@dataclass(frozen=True, slots=True)
class GrowthForecast:
    """A trend, its rate, and in how long it arrives where it leads."""

    trend: Trend
    per_minute: float = 0.0
    """Messages more (or less) each minute."""
    seconds: float | None = None
    """Until the bound is reached (growing) or nothing is left (shrinking); None where it leads nowhere."""


def project(points: Sequence[Point], bound: float) -> GrowthForecast:
    """Carry the straight line through the points (least squares) on to ``bound`` or to nothing.

    Points are in order of time. A change too small to tell from chance is called steady.
    """
    if len(points) < _LEAST_POINTS or points[-1][0] - points[0][0] < LEAST_SPAN:
        return GrowthForecast(Trend.UNKNOWN)
    highest, depth = max(number for _, number in points), points[-1][1]
    if highest <= 0:
        return GrowthForecast(Trend.EMPTY)
    slope = _slope(points)
    if abs(slope) * (points[-1][0] - points[0][0]) < max(1.0, _NOISE * highest):
        return GrowthForecast(Trend.STEADY if depth > 0 else Trend.EMPTY)
    if slope > 0:
        return GrowthForecast(Trend.GROWING, slope * 60, max(0.0, bound - depth) / slope)
    return GrowthForecast(Trend.SHRINKING, slope * 60, depth / -slope) if depth > 0 else GrowthForecast(Trend.EMPTY)


def _slope(points: Sequence[Point]) -> float:
    """Messages a second."""
    middle = sum(at for at, _ in points) / len(points)
    mean = sum(number for _, number in points) / len(points)
    spread = sum((at - middle) ** 2 for at, _ in points)
    return sum((at - middle) * (number - mean) for at, number in points) / spread if spread else 0.0
