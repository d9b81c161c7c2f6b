"""The first page: whether all is well, at a glance; if not, what is not, why, and what to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from exchange.console.section import Page, Section, Visit
from exchange.operations.health.sampler import sampler_of
from exchange.operations.health.snapshot import Snapshot
from exchange.operations.troubles import lights
from exchange.operations.troubles.kinds import is_technical
from exchange.operations.troubles.lights import Light, SystemPart
from exchange.operations.troubles.words import KINDS
from exchange.web.render import count, size, span

Say = Callable[[str, str], str]

STALE = 30.0
"""Seconds after which what a page shows is called old."""

PARTS: Mapping[SystemPart, lights.Words] = {
    SystemPart.CASES: ("案件与期限", "Cases and terms"),
    SystemPart.BROKER: ("消息代理", "Broker"),
    SystemPart.QUEUE: ("队列", "Queues"),
    SystemPart.DATABASE: ("数据库", "Databases"),
    SystemPart.ROLE: ("成员", "Members"),
    SystemPart.LINK: ("级联", "Links"),
    SystemPart.CERTIFICATE: ("证书", "Certificates"),
    SystemPart.CALENDAR: ("日历", "Calendar"),
    SystemPart.WORK: ("待办", "Open work"),
}

LIGHTS: Mapping[Light, lights.Words] = {
    Light.GOOD: ("正常", "good"),
    Light.WARN: ("注意", "attention"),
    Light.BAD: ("故障", "fault"),
    Light.UNKNOWN: ("不明", "unknown"),
}


@dataclass(frozen=True)
class Card:
    """One part of the domain: its light, one figure, and a line below."""

    part: SystemPart
    title: str
    light: Light
    figure: str
    below: str
    path: str


def _overview(visit: Visit) -> Mapping[str, object]:
    snapshot = sampler_of(visit.view).latest()
    signs = snapshot.signs
    names = {member.address: visit.say(member.name, member.name_en) for member in snapshot.members}
    return {
        **shared(visit, snapshot),
        "whole": snapshot.light,
        "verdict": verdict(snapshot, visit.say),
        "causes": snapshot.causes,
        "kinds": {kind: visit.say(*words) for kind, words in KINDS.items()},
        "names": names,
        "cards": cards(snapshot, visit.say),
        "roles": [sign for sign in signs if sign.part is SystemPart.ROLE],
    }


def shared(visit: Visit, snapshot: Snapshot) -> dict[str, object]:
    """Return what every page of figures shows: the light words, and how old the figures are."""
    return {
        "snapshot": snapshot,
        "lights": {light: visit.say(*words) for light, words in LIGHTS.items()},
        "stale": visit.view.clock.real_seconds(visit.view.clock.now() - snapshot.at) > STALE,
    }


def verdict(snapshot: Snapshot, say: Say) -> str:
    """Say in one sentence how the whole domain stands."""
    bad, warn = (sum(cause.light is light for cause in snapshot.causes) for light in (Light.BAD, Light.WARN))
    if bad:
        return say(f"{bad} 处故障", f"{bad} fault{'' if bad == 1 else 's'}") + (
            say(f"，{warn} 处需注意", f", {warn} to look at") if warn else ""
        )
    if warn:
        return say(f"{warn} 处需注意", f"{warn} to look at")
    return say("一切正常", "All is well") if snapshot.light is Light.GOOD else say("有些情况不明", "Not all is known")


def cards(snapshot: Snapshot, say: Say) -> list[Card]:
    """Return one card a part, in a fixed order; links only where there are any."""
    made = [
        _cases(snapshot, say),
        _broker(snapshot, say),
        _queues(snapshot, say),
        _roles(snapshot, say),
        _databases(snapshot, say),
        _work(snapshot, say),
    ]
    if snapshot.links or snapshot.links_trouble:
        made.append(_links(snapshot, say))
    return [*made, _certificates(snapshot, say), _calendar(snapshot, say)]


def _cases(snapshot: Snapshot, say: Say) -> Card:
    """Cases and people: bad or amber by the list of troubles, which names them."""
    open_ones = [cause.light for cause in snapshot.causes if not is_technical(cause.kind)]
    known = any(member.readable for member in snapshot.facts.members)
    ends = snapshot.facts.ends
    figure = say(f"{count(ends.overdue)} 个逾期", f"{count(ends.overdue)} overdue")
    days = snapshot.limits.ahead.days
    below = say(f"{days} 天内 {count(ends.soon)} 个期限届满", f"{count(ends.soon)} terms end within {days} days")
    light = lights.worst([Light.GOOD if known else Light.UNKNOWN, *open_ones])
    return Card(SystemPart.CASES, say(*PARTS[SystemPart.CASES]), light, figure, below, "/deadlines")


def _card(snapshot: Snapshot, say: Say, part: SystemPart, figure: str, below: str, path: str = "") -> Card:
    light = lights.whole([sign for sign in snapshot.signs if sign.part is part])
    return Card(part, say(*PARTS[part]), light, figure, below, path)


def _broker(snapshot: Snapshot, say: Say) -> Card:
    broker = snapshot.broker
    if broker is None:
        return _card(snapshot, say, SystemPart.BROKER, say("连接不上", "not reachable"), "", "/queues")
    used = sum(node.memory_used or 0 for node in broker.nodes)
    free = min((node.disk_free for node in broker.nodes if node.disk_free is not None), default=None)
    below = say(
        f"{count(broker.connections)} 个连接 · 内存 {size(used)} · 磁盘剩余 {size(free)}",
        f"{count(broker.connections)} connections · memory {size(used)} · disk free {size(free)}",
    )
    return _card(snapshot, say, SystemPart.BROKER, f"RabbitMQ {broker.version}", below, "/queues")


def _queues(snapshot: Snapshot, say: Say) -> Card:
    """Good as long as nothing is stuck: queues give signs only of what is wrong."""
    if snapshot.broker is None or not snapshot.broker.queues_told:
        return Card(SystemPart.QUEUE, say(*PARTS[SystemPart.QUEUE]), Light.UNKNOWN, "–", "", "/queues")
    light = lights.whole([s for s in snapshot.signs if s.part is SystemPart.QUEUE]) if _stuck(snapshot) else Light.GOOD
    queues = snapshot.broker.queues
    depth = sum(queue.depth or 0 for queue in queues)
    comes, goes = sum(queue.rate_in or 0 for queue in queues), sum(queue.rate_out or 0 for queue in queues)
    figure = say(f"{count(depth)} 件在途", f"{count(depth)} waiting")
    below = say(
        f"{len(queues)} 个队列 · 进 {count(round(comes, 1))}/s · 出 {count(round(goes, 1))}/s",
        f"{len(queues)} queues · in {count(round(comes, 1))}/s · out {count(round(goes, 1))}/s",
    )
    return Card(SystemPart.QUEUE, say(*PARTS[SystemPart.QUEUE]), light, figure, below, "/queues")


def _stuck(snapshot: Snapshot) -> bool:
    return any(sign.part is SystemPart.QUEUE for sign in snapshot.signs)


def _roles(snapshot: Snapshot, say: Say) -> Card:
    good = sum(sign.part is SystemPart.ROLE and sign.light is Light.GOOD for sign in snapshot.signs)
    figure = say(f"{good}/{len(snapshot.members)} 运行中", f"{good} of {len(snapshot.members)} served")
    silent = [member.silent_for for member in snapshot.members if member.silent_for is not None]
    below = say(f"最久无动静 {span(max(silent))}", f"longest silent {span(max(silent))}") if silent else ""
    return _card(snapshot, say, SystemPart.ROLE, figure, below, "/members")


def _databases(snapshot: Snapshot, say: Say) -> Card:
    good = sum(member.database is None for member in snapshot.members)
    figure = say(f"{good}/{len(snapshot.members)} 可用", f"{good} of {len(snapshot.members)} answer")
    return _card(snapshot, say, SystemPart.DATABASE, figure, "", "/members")


def _work(snapshot: Snapshot, say: Say) -> Card:
    """Good where nothing lies; unknown where no database could be asked."""
    known = [member.work for member in snapshot.members if member.work is not None]
    waiting, desks = sum(one.waiting for one in known), sum(one.on_desk for one in known)
    dead, watched = sum(one.dead for one in known), sum(one.watched for one in known)
    light = Light.GOOD if known else Light.UNKNOWN
    light = max((light, lights.whole(sign for sign in snapshot.signs if sign.part is SystemPart.WORK)), key=_rank)
    below = say(
        f"{count(waiting)} 份待签收 · {count(watched)} 个期限 · {count(dead)} 件死信",
        f"{count(waiting)} copies unsigned · {count(watched)} deadlines · {count(dead)} dead letters",
    )
    figure = say(f"{count(desks)} 件待答复", f"{count(desks)} to answer")
    return Card(SystemPart.WORK, say(*PARTS[SystemPart.WORK]), light, figure, below, "/members")


def _rank(light: Light) -> int:
    return (Light.UNKNOWN, Light.GOOD, Light.WARN, Light.BAD).index(light)


def _links(snapshot: Snapshot, say: Say) -> Card:
    good = sum(link.runs for link in snapshot.links)
    waiting = sum(link.waiting or 0 for link in snapshot.links)
    below = say(f"{count(waiting)} 件待转", f"{count(waiting)} waiting to cross")
    return _card(
        snapshot,
        say,
        SystemPart.LINK,
        say(f"{good}/{len(snapshot.links)} 连通", f"{good} of {len(snapshot.links)} run"),
        below,
    )


def _certificates(snapshot: Snapshot, say: Say) -> Card:
    terms = [until for member in snapshot.members for until in (member.certificate_until, member.key_until) if until]
    first = min(
        [*terms, *([snapshot.directory_until] if snapshot.directory_until else []), *_tls_end(snapshot)], default=None
    )
    if first is None:
        return _card(snapshot, say, SystemPart.CERTIFICATE, "–", "", "/members")
    days = max(timedelta(), first - snapshot.at).days
    below = say(f"名录第 {snapshot.directory_version} 版", f"directory version {snapshot.directory_version}")
    return _card(
        snapshot, say, SystemPart.CERTIFICATE, say(f"最近到期 {days} 天", f"{days} days left"), below, "/members"
    )


def _tls_end(snapshot: Snapshot) -> list[datetime]:
    return [snapshot.tls.until] if snapshot.tls is not None and snapshot.tls.until is not None else []


def _calendar(snapshot: Snapshot, say: Say) -> Card:
    until = snapshot.announced_until
    figure = str(until) if until else say("缺失", "missing")
    return _card(
        snapshot, say, SystemPart.CALENDAR, figure, say("放假安排已公布至此日", "holidays announced until then")
    )


SECTION = Section(pages=(Page("/", ("总览", "Overview"), "overview.html", _overview, in_menu=True),))
