"""Queues: how deep, how old, how fast, who takes from them, and where each is going."""

from __future__ import annotations

from collections.abc import Mapping

from exchange.console.pages.overview import shared
from exchange.console.section import Group, Page, Section, Visit
from exchange.errors import BrokerUnavailable
from exchange.language import Recorded, joined
from exchange.operations.health.chart import Chart
from exchange.operations.health.growth import GrowthForecast, Trend
from exchange.operations.health.queues import BOUND, SORTS, QueueRow, arranged, rows
from exchange.operations.health.sampler import sampler_of
from exchange.operations.troubles.lights import Words
from exchange.web.render import count, span

_KINDS: Mapping[str, Words] = {
    "dead": ("死信", "dead letters"),
    "opinions": ("意见", "opinions"),
    "inbox": ("收件", "inbox"),
    "inbox.urgent": ("急件", "urgent"),
}


def kind_of(row: QueueRow) -> Words:
    """Say what a member's queue is for; its own name where it is no member's."""
    name = row.figures.name
    return _KINDS.get(row.purpose, (name, name)) if row.member is not None else (name, name)


def in_words(projection: GrowthForecast) -> Words:
    """Write a projection as people say it."""
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
    """Write a chart in words, for readers who do not see it."""
    if drawn is None:
        return "尚无历史", "no history yet"
    if drawn.flat:
        return "一小时内为空", "empty all hour"
    first, last, most = count(drawn.first), count(drawn.last), count(drawn.highest)
    return f"一小时内从 {first} 到 {last}，最多 {most}", f"within the hour from {first} to {last}, at most {most}"


def _queues(visit: Visit) -> Mapping[str, object]:
    snapshot = sampler_of(visit.view).latest()
    if snapshot.broker is None:
        trouble = snapshot.broker_trouble
        reason, remedy, code = (trouble.reason, trouble.remedy, trouble.code) if trouble else ("", "", "")
        raise BrokerUnavailable(joined([Recorded(reason)]), remedy=joined([Recorded(remedy)]), code=code)
    sort, member = visit.query.get("sort", "depth"), visit.query.get("member", "")
    found = arranged(rows(snapshot, sampler_of(visit.view).history), sort, member)
    return {
        **shared(visit, snapshot),
        "told": snapshot.broker.queues_told,
        "busy": [row for row in found if not row.quiet],
        "quiet": [row for row in found if row.quiet],
        "sort": sort if sort in SORTS else "name",
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
