"""Small charts: an hour of figures as an SVG path, and the same in words for who does not see it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 120, 28
"""Units of the drawing; the page scales it."""

HOUR = 3600.0

Point = tuple[float, float]
"""Seconds, and a figure."""


@dataclass(frozen=True, slots=True)
class Chart:
    """What a template needs to draw one."""

    line: str
    area: str
    first: float
    last: float
    highest: float

    @property
    def flat(self) -> bool:
        """Whether nothing happened within the hour."""
        return self.highest == 0


def chart(points: Sequence[Point], now: float, span: float = HOUR) -> Chart | None:
    """Draw the last ``span`` seconds before ``now``, one step a unit, at its highest; None without two points."""
    seen = [(at, figure) for at, figure in points if now - span <= at <= now]
    if len(seen) < 2:
        return None
    highest = max(figure for _, figure in seen)
    columns: dict[int, float] = {}
    for at, figure in seen:
        column = round((at - (now - span)) / span * WIDTH)
        columns[column] = max(figure, columns.get(column, 0.0))
    corners = [(x, _y(figure, highest)) for x, figure in sorted(columns.items())]
    line = "M" + "L".join(f"{x},{y:g}" for x, y in corners)
    area = f"{line}L{corners[-1][0]},{HEIGHT}L{corners[0][0]},{HEIGHT}Z"
    return Chart(line, area, seen[0][1], seen[-1][1], highest)


def _y(figure: float, highest: float) -> float:
    """From the top; the line keeps clear of both edges."""
    room = HEIGHT - 3
    return round(HEIGHT - 1.5 - (figure / highest * room if highest else 0.0), 1)


_BARS = "▁▂▃▄▅▆▇█"


def bars(points: Iterable[Point], now: float, width: int, span: float = HOUR) -> str:
    """Draw the last ``span`` seconds for a terminal: one character a step, blank where nothing is known."""
    columns: dict[int, float] = {}
    for at, figure in points:
        if now - span <= at <= now:
            column = min(width - 1, int((at - (now - span)) / span * width))
            columns[column] = max(figure, columns.get(column, 0.0))
    highest = max(columns.values(), default=0.0)
    return "".join(_bar(columns.get(column), highest) for column in range(width))


def _bar(figure: float | None, highest: float) -> str:
    if figure is None:
        return " "
    return _BARS[round(figure / highest * (len(_BARS) - 1))] if highest else _BARS[0]
