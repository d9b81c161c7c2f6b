"""How `exchange top` looks: a verdict, what needs somebody, queues, members; and the same as a document."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from exchange.cli.called import as_called
from exchange.cli.view import plain
from exchange.clock import CST
from exchange.console.pages.members import rows as member_rows
from exchange.console.pages.overview import verdict
from exchange.console.pages.queues import in_words
from exchange.language import choose, tr
from exchange.operations.health.chart import bars
from exchange.operations.health.queues import QueueRow, arranged
from exchange.operations.health.queues import rows as queue_rows
from exchange.operations.health.sampler import History
from exchange.operations.health.snapshot import MemberSnapshot, Snapshot
from exchange.operations.troubles import lights
from exchange.operations.troubles.kinds import Cause
from exchange.operations.troubles.lights import Light
from exchange.web.render import count, span

_WIDE = 110
"""Columns from which charts and projections have room."""

_MARKS = {
    Light.GOOD: ("●", "green"),
    Light.WARN: ("■", "yellow"),
    Light.BAD: ("◆", "bold red"),
    Light.UNKNOWN: ("○", "dim"),
}
_QUEUE_COLUMNS = (("积压", "depth"), ("最早", "oldest"), ("进/秒", "in/s"), ("出/秒", "out/s"), ("消费", "cons."))
_MEMBER_COLUMNS = (("动静", "sign"), ("待签", "unsigned"), ("待答", "to answer"), ("死信", "dead"))
_MORE_OF_MEMBERS = (("期限", "deadlines"), ("版本", "release"), ("证书", "cert."))
_BAR = 24
_FRAME = 9
"""Lines of the head, of both tables' titles and of the foot."""


def screen(snapshot: Snapshot, history: History, width: int, height: int | None) -> RenderableType:
    """Show the whole snapshot, for so many columns; ``height`` lines at most, or as many as it takes."""
    wide = width >= _WIDE
    found = arranged(queue_rows(snapshot, history), "depth", "")
    busy = [row for row in found if not row.quiet]
    members = sorted(member_rows(snapshot), key=lambda row: row.light is Light.GOOD)
    shown, queues, people = room(height, len(snapshot.causes), len(busy), len(members))
    lines: list[RenderableType] = [_head(snapshot), Text("")]
    lines += [_cause(cause, width) for cause in snapshot.causes[:shown]]
    if len(snapshot.causes) > shown:
        lines.append(_more(len(snapshot.causes) - shown))
    lines.append(_queues(busy, len(found), history, snapshot, wide, queues))
    lines.append(_members([(row.snapshot, row.light) for row in members], wide, people))
    if height is not None:
        lines.append(Text(tr("q quits"), style="dim"))
    return Group(*lines)


def room(height: int | None, reasons: int, queues: int, members: int) -> tuple[int, int, int]:
    """Return how many of each are shown in so many lines; the rest is told by its number, in a line of its own."""
    if height is None:
        return reasons, queues, members
    shown = min(reasons, max(2, height // 7))
    lines = max(4, height - _FRAME - 2 * shown - (reasons > shown))
    of_queues = min(queues, max(2, lines // 2, lines - members))
    of_members = min(members, max(2, lines - of_queues))
    return shown, of_queues - (of_queues < queues), of_members - (of_members < members)


def _more(number: int) -> Text:
    return Text("   … " + tr("{number} more", number=number), style="dim")


def _mark(light: Light) -> Text:
    mark, style = _MARKS[light]
    return Text(mark, style=style)


def _head(snapshot: Snapshot) -> Table:
    light = snapshot.light
    left = Text.assemble((choose(("驿站 ", "Yizhan ")), "bold"), (f"{snapshot.domain}  ", "dim"), _mark(light), " ")
    left.append(verdict(snapshot, lambda zh, en: choose((zh, en))), style=_MARKS[light][1])
    broker = f"RabbitMQ {snapshot.broker.version}  " if snapshot.broker else ""
    line = Table.grid(expand=True)
    line.add_column(overflow="ellipsis", no_wrap=True)
    line.add_column(justify="right", no_wrap=True)
    line.add_row(left, Text(f"{broker}{snapshot.at.astimezone(CST):%H:%M:%S}", style="dim"))
    return line


def _cause(cause: Cause, width: int) -> Text:
    line = Text.assemble("  ", _mark(cause.light), " ")
    line.append_text(plain(choose(cause.text)))
    line.truncate(width, overflow="ellipsis")
    for remedy in choose(cause.remedy).splitlines()[:1]:
        below = plain(f"    → {as_called(remedy)}", style="cyan")
        below.truncate(width, overflow="ellipsis")
        line.append("\n").append_text(below)
    return line


def _table(title: str, columns: Sequence[tuple[str, bool]], wide: bool) -> Table:
    table = Table(
        title=title, title_justify="left", title_style="bold", box=None, header_style="dim", padding=(0, 1), expand=True
    )
    for name, is_number in columns:
        table.add_column(name, justify="right" if is_number else "left", no_wrap=True, overflow="ellipsis")
    table.columns[0].ratio = 1
    return table


def _queues(busy: Sequence[QueueRow], total: int, history: History, snapshot: Snapshot, wide: bool, most: int) -> Table:
    columns = [("", False), *((choose(name), True) for name in _QUEUE_COLUMNS)]
    columns += [(tr("last hour"), False), (tr("goes"), False)] if wide else []
    quiet = tr("{number} quiet", number=total - len(busy))
    table = _table("\n" + tr("Queues  [dim]{quiet}[/]", quiet=quiet), columns, wide)
    for row in busy[:most]:
        one = row.figures
        cells: list[RenderableType] = [
            Text.assemble(_mark(row.light), " ", plain(one.name)), count(one.depth), span(row.age),
            count(one.rate_in), count(one.rate_out),
            Text(count(one.consumers), style="" if one.consumers else "yellow"),
        ]  # fmt: skip
        if wide:
            cells.append(Text(bars(history.points(one.name), snapshot.mono, _BAR), style="cyan"))
            cells.append(choose(in_words(row.projection)))
        table.add_row(*cells)
    if len(busy) > most:
        table.add_row(_more(len(busy) - most))
    return table


def _members(members: Sequence[tuple[MemberSnapshot, Light]], wide: bool, most: int) -> Table:
    columns = [("", False), *((choose(name), True) for name in (*_MEMBER_COLUMNS, *(_MORE_OF_MEMBERS if wide else ())))]
    table = _table("\n" + tr("Members"), columns, wide)
    for member, light in members[:most]:
        work = member.work
        name = plain(choose((member.name, member.name_en)))
        address = f"  {member.address}" if wide else ""
        cells: list[RenderableType] = [
            Text.assemble(_mark(light), " ", name, (address, "dim")), span(member.silent_for),
            *(count(number) for number in ((work.waiting, work.on_desk, work.dead) if work else (None, None, None))),
        ]  # fmt: skip
        if wide:
            until = member.certificate_until
            cells.append(count(work.watched if work else None))
            cells += [member.release or "–", f"{until:%Y-%m-%d}" if until else "–"]
        table.add_row(*cells)
    if len(members) > most:
        table.add_row(_more(len(members) - most))
    return table


def as_document(snapshot: Snapshot, history: History) -> dict[str, Any]:
    """Return the snapshot for machines: figures that are not known are null."""
    broker = snapshot.broker
    return {
        "at": snapshot.at,
        "domain": snapshot.domain,
        "light": snapshot.light.value,
        "troubles": [
            {
                "kind": alert.kind.value,
                "severity": alert.severity.value,
                "subject": alert.subject,
                "chinese": alert.chinese,
                "english": alert.english,
                "remedy": alert.remedy[1],
                "page": alert.page,
            }
            for cause in snapshot.causes
            for alert in cause.alerts
        ],
        "signs": [_sign(sign) for sign in snapshot.signs],
        "broker": None
        if broker is None
        else {
            "version": broker.version,
            "connections": broker.connections,
            "nodes": [{name: getattr(node, name) for name in node.__dataclass_fields__} for node in broker.nodes],
            "queues_told": broker.queues_told,
        },
        "queues": [_queue(row) for row in arranged(queue_rows(snapshot, history), "depth", "")],
        "members": [_member(member) for member in snapshot.members],
        "links": [{"neighbour": link.neighbour, "runs": link.runs, "waiting": link.waiting} for link in snapshot.links],
        "calendar_until": snapshot.announced_until,
        "directory": {"version": snapshot.directory_version, "until": snapshot.directory_until},
    }


def _sign(sign: lights.Sign) -> dict[str, str]:
    return {
        "part": sign.part.value,
        "subject": sign.subject,
        "light": sign.light.value,
        "finding": sign.finding[1],
        "remedy": sign.remedy[1],
    }


def _queue(row: QueueRow) -> dict[str, Any]:
    one = row.figures
    return {
        "name": one.name,
        "member": row.member,
        "light": row.light.value,
        "ready": one.ready,
        "unacked": one.unacked,
        "consumers": one.consumers,
        "rate_in": one.rate_in,
        "rate_out": one.rate_out,
        "oldest_seconds": row.age,
    }


def _member(member: MemberSnapshot) -> dict[str, Any]:
    work = member.work
    return {
        "address": member.address,
        "roles": list(member.roles),
        "database": "good" if member.database is None else member.database.reason,
        "alive_at": member.alive_at,
        "silent_seconds": member.silent_for,
        "release": member.release,
        "certificate_until": member.certificate_until,
        "key_until": member.key_until,
        "open_work": None if work is None else {name: getattr(work, name) for name in work.__dataclass_fields__},
    }
