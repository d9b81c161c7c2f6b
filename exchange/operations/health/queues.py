"""Queues as people look at them: with light, age, history, and where each is going; in the order of a column."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from exchange.broker.admin.figures import QueueFigures
from exchange.broker.traffic.topology import dead_queue, opinions_queue
from exchange.operations.health.chart import Chart, chart
from exchange.operations.health.growth import GrowthForecast, project
from exchange.operations.health.sampler import PROJECTED_FROM, History
from exchange.operations.health.snapshot import Snapshot
from exchange.operations.troubles import lights
from exchange.operations.troubles.lights import Light, Sign

BOUND = 10_000
"""Messages in one queue from which its reader is hours behind; projections say when that is reached."""


@dataclass(frozen=True)
class QueueRow:
    """One queue as pages show it."""

    figures: QueueFigures
    member: str | None
    age: float | None
    chart: Chart | None
    projection: GrowthForecast
    sign: Sign | None

    @property
    def quiet(self) -> bool:
        """Whether there is nothing to see: empty all hour, nothing comes, and somebody would take it."""
        moved = (self.figures.rate_in or 0) + (self.figures.rate_out or 0) > 0
        busy_hour = self.chart is not None and not self.chart.flat
        return self.figures.depth == 0 and not moved and not busy_hour and bool(self.figures.consumers)

    @property
    def purpose(self) -> str:
        """What a member's queue is for: dead, opinions, inbox or inbox.urgent; the queue's own name for others."""
        name = self.figures.name
        if self.member is None:
            return name
        if name in (dead_queue(self.member), opinions_queue(self.member)):
            return name.rpartition(".")[2]
        return name.removeprefix(f"{self.member}.")

    @property
    def light(self) -> Light:
        """Its light. One that is empty and has nobody to take from it is neither good nor, by itself, a fault."""
        if self.sign is not None:
            return self.sign.light
        return Light.GOOD if self.figures.consumers and self.figures.depth is not None else Light.UNKNOWN


def rows(snapshot: Snapshot, history: History) -> list[QueueRow]:
    """Return all queues of a snapshot."""
    return [_row(snapshot, history, queue) for queue in snapshot.broker.queues] if snapshot.broker else []


def _row(snapshot: Snapshot, history: History, queue: QueueFigures) -> QueueRow:
    points = history.points(queue.name)
    recent = [point for point in points if point[0] >= snapshot.mono - PROJECTED_FROM]
    age = snapshot.age(queue)
    sign = lights.queue(queue.name, queue.depth, queue.consumers, age)
    drawn = chart(points, snapshot.mono)
    return QueueRow(queue, snapshot.member_of(queue.name), age, drawn, project(recent, BOUND), sign)


SORTS: Mapping[str, Callable[[QueueRow], float | str | None]] = {
    "name": lambda row: row.figures.name,
    "depth": lambda row: row.figures.depth,
    "age": lambda row: row.age,
    "in": lambda row: row.figures.rate_in,
    "out": lambda row: row.figures.rate_out,
    "consumers": lambda row: row.figures.consumers,
}


def arranged(found: Sequence[QueueRow], sort: str, member: str) -> list[QueueRow]:
    """Sort the queues of ``member`` (all if empty) by a column: names from A, largest figures first, unknown last."""
    chosen = [row for row in found if member in ("", row.member)]
    by_name = sorted(chosen, key=lambda row: row.figures.name)
    if sort == "name" or sort not in SORTS:
        return by_name
    figure = SORTS[sort]
    return sorted(by_name, key=lambda row: -(float(figure(row) or 0) if figure(row) is not None else -1.0))
