"""Queues: how deep, how old, how fast, who takes from them, and where each is going."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from exchange.broker.admin.figures import QueueFigures
from exchange.broker.traffic.topology import dead_queue, opinions_queue
from exchange.console.pages.overview import shared
from exchange.console.section import Group, Page, Section, Visit
from exchange.errors import BrokerUnavailable
from exchange.operations.health.chart import Chart, chart
from exchange.operations.health.growth import GrowthForecast, Trend, project
from exchange.operations.health.sampler import PROJECTED_FROM, History, sampler_of
from exchange.operations.health.snapshot import Snapshot
from exchange.operations.troubles import lights as rules
from exchange.operations.troubles.lights import Light, Sign, Words
from exchange.web.render import count, span

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
    def light(self) -> Light:
        """Its light. One that is empty and has nobody to take from it is neither good nor, by itself, a fault."""
        if self.sign is not None:
            return self.sign.light
        return Light.GOOD if self.figures.consumers and self.figures.depth is not None else Light.UNKNOWN


def rows(snapshot: Snapshot, history: History) -> list[QueueRow]:
    """All queues of a snapshot."""
    return [_row(snapshot, history, queue) for queue in snapshot.broker.queues] if snapshot.broker else []


def _row(snapshot: Snapshot, history: History, queue: QueueFigures) -> QueueRow:
    points = history.points(queue.name)
    recent = [point for point in points if point[0] >= snapshot.mono - PROJECTED_FROM]
    age = snapshot.age(queue)
    sign = rules.queue(queue.name, queue.depth, queue.consumers, age)
    drawn = chart(points, snapshot.mono)
    return QueueRow(queue, snapshot.member_of(queue.name), age, drawn, project(recent, BOUND), sign)


_SORTS: Mapping[str, Callable[[QueueRow], float | str | None]] = {
    "name": lambda row: row.figures.name,
    "depth": lambda row: row.figures.depth,
    "age": lambda row: row.age,
    "in": lambda row: row.figures.rate_in,
    "out": lambda row: row.figures.rate_out,
    "consumers": lambda row: row.figures.consumers,
}


def arranged(found: Sequence[QueueRow], sort: str, member: str) -> list[QueueRow]:
    """Those of a member (all for an empty one), by a column: names from A, figures from the largest, unknown last."""
    chosen = [row for row in found if member in ("", row.member)]
    by_name = sorted(chosen, key=lambda row: row.figures.name)
    if sort == "name" or sort not in _SORTS:
        return by_name
    figure = _SORTS[sort]
    return sorted(by_name, key=lambda row: -(float(figure(row) or 0) if figure(row) is not None else -1.0))


_KINDS: Mapping[str, Words] = {
    "dead": ("死信", "dead letters"),
    "opinions": ("意见", "opinions"),
    "inbox": ("收件", "inbox"),
    "inbox.urgent": ("急件", "urgent"),
}


def kind_of(row: QueueRow) -> Words:
    """What a member's queue is for; its own name where it is no member's."""
    if row.member is None:
        return row.figures.name, row.figures.name
    if row.figures.name in (dead_queue(row.member), opinions_queue(row.member)):
        return _KINDS[row.figures.name.rpartition(".")[2]]
    return _KINDS.get(row.figures.name.removeprefix(f"{row.member}."), (row.figures.name, row.figures.name))


def in_words(projection: GrowthForecast) -> Words:
    """A projection as people say it."""
    rate = f"{projection.per_minute:+,.1f}"
    left = span(projection.seconds)
    if projection.trend is Trend.GROWING:
        far = projection.seconds is not None and projection.seconds > 30 * 86_400
        if far:
            return f"每分钟 {rate}", f"{rate} a minute"
        return f"每分钟 {rate}，{left}后达 {BOUND:,}", f"{rate} a minute, {BOUND:,} in {left}"
    if projection.trend is Trend.SHRINKING:
        return f"每分钟 {rate}，{left}后清空", f"{rate} a minute, empty in {left}"
    return {Trend.EMPTY: ("空", "empty"), Trend.STEADY: ("平稳", "steady")}.get(
        projection.trend, ("观察中", "watching")
    )


def chart_in_words(drawn: Chart | None) -> Words:
    """A chart for who does not see it."""
    if drawn is None:
        return "尚无历史", "no history yet"
    if drawn.flat:
        return "一小时内为空", "empty all hour"
    first, last, most = count(drawn.first), count(drawn.last), count(drawn.highest)
    return f"一小时内从 {first} 到 {last}，最多 {most}", f"within the hour from {first} to {last}, at most {most}"


def _queues(visit: Visit) -> Mapping[str, object]:
    snapshot = sampler_of(visit.desk).latest()
    if snapshot.broker is None:
        trouble = snapshot.broker_trouble
        reason, remedy, code = (trouble.reason, trouble.remedy, trouble.code) if trouble else ("", "", "")
        raise BrokerUnavailable(reason, remedy=remedy, code=code)
    sort, member = visit.query.get("sort", "depth"), visit.query.get("member", "")
    found = arranged(rows(snapshot, sampler_of(visit.desk).history), sort, member)
    return {
        **shared(visit, snapshot),
        "busy": [row for row in found if not row.quiet],
        "quiet": [row for row in found if row.quiet],
        "sort": sort if sort in _SORTS else "name",
        "member": member,
        "members": [(one.address, visit.say(one.name, one.name_en)) for one in snapshot.members],
        "names": {one.address: visit.say(one.name, one.name_en) for one in snapshot.members},
        "kind": lambda row: visit.say(*kind_of(row)),
        "trend": lambda row: visit.say(*in_words(row.projection)),
        "drawn": lambda row: visit.say(*chart_in_words(row.chart)),
        "columns": [(key, visit.say(*words)) for key, words in _COLUMNS.items()],
    }


_COLUMNS: Mapping[str, Words] = {
    "depth": ("积压", "Depth"),
    "age": ("最早一件", "Oldest"),
    "in": ("进 /s", "In /s"),
    "out": ("出 /s", "Out /s"),
    "consumers": ("消费者", "Consumers"),
}

SECTION = Section(
    pages=(Page("/queues", ("队列", "Queues"), "queues.html", _queues, in_menu=True, group=Group.MESSAGES),)
)
