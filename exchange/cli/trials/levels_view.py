"""The demonstration of levels as one watches it: the province filling up, city by city."""

from __future__ import annotations

import time

from rich.console import Group, RenderableType
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from exchange.cli.notices.form_views import collected_view
from exchange.cli.notices.views import counts_table, notice_view
from exchange.cli.view import LiveView, console, plain
from exchange.directory.hierarchy import superior_of
from exchange.language import choose, tr
from exchange.notices.forms.aggregate import sums
from exchange.notices.forms.collecting import Collected
from exchange.notices.status import NoticeStatus
from exchange.schemas import Count
from exchange.trials.levels_demo import LevelsDemo

_SHOWN = 8
_WHOLE = 20
"""Domains up to which the whole table of answers is shown."""


def run_levels(demo: LevelsDemo) -> bool:
    """Run the demonstration and show it; True if everything came out as it should."""
    console.print(tr("[bold]Yizhan[/] · a notice through three levels") + "\n")
    try:
        with console.status(tr("preparing")) as status:
            demo.say = lambda text: status.update(f"{tr('preparing')} · {text}")
            demo.prepare()
        with LiveView(refresh_per_second=4) as live:
            for found in demo.steps():
                live.update(_view(demo, found))
                time.sleep(0.25)
        found, deviations, messages = demo.status(), demo.deviations(), demo.messages()
        collection = demo.form.found()
    finally:
        demo.close()
    console.print()
    console.print(notice_view(found))
    console.print()
    console.print(_form_totals(collection) if len(demo.places) > _WHOLE else collected_view(collection))
    spent = demo.ended - demo.began
    console.print(
        "\n"
        + tr(
            "{domains} domains, {authorities} authorities, {messages:,} messages, {spent:.1f} s",
            domains=len(demo.places),
            authorities=sum(c.meant for c in found.counts),
            messages=messages,
            spent=spent,
        )
    )
    for line in deviations:
        console.print(tr("[bold red]otherwise than it should[/]: {line}", line=line))
    if not deviations:
        console.print(tr("[bold green]everything came out as it should[/]: nothing lost, nothing doubled"))
    console.print(f"[dim]{tr('records: {folder}', folder=demo.folder)}[/]")
    return not deviations


def _form_totals(found: Collected) -> RenderableType:
    """The last line of the table, and who is missing."""
    if found.aggregate is None:
        return Text(tr("nothing has come in"), "red")
    added = sums(found.form, found.aggregate)
    totals = [f"{one.label} {added[one.name].sum} {one.unit}" for one in found.form.fields if one.name in added]
    answered = sum(total.answered for total in found.aggregate.totals)
    missing = ", ".join(found.aggregate.missing) or "–"
    return plain(
        " · ".join(
            [
                found.form.title,
                tr("answered {answered}", answered=answered),
                *totals,
                tr("missing {missing}", missing=missing),
            ]
        )
    )


def _view(demo: LevelsDemo, found: NoticeStatus) -> RenderableType:
    parts: list[RenderableType] = [_cities(demo)]
    if found.counts:
        parts.append(counts_table(found.counts))
    parts.append(_form_totals(demo.form.found()))
    for at, *words in demo.events[-_SHOWN:]:
        parts.append(Text.assemble((f"{at:6.1f} s  ", "dim"), choose((words[0], words[1]))))
    return Group(*parts)


def _cities(demo: LevelsDemo) -> Table:
    table = Table(header_style="bold", border_style="dim", title=tr("by city"), title_justify="left")
    table.add_column(tr("city"), no_wrap=True)
    table.add_column(tr("counties"), justify="right")
    for title in (tr("meant"), tr("has"), tr("signed"), tr("returned")):
        table.add_column(title, justify="right", no_wrap=True)
    table.add_column("", width=24)
    for domain, tally in sorted(demo.by_city().items()):
        counties = sum(superior_of(place.domain) == domain for place in demo.places)
        name = f"{demo.names[domain]} {domain.rpartition('.')[2]}"
        if tally is None:
            table.add_row(name, str(counties), "", "", "", "", Text(tr("nothing heard yet"), "dim"))
        else:
            table.add_row(name, str(counties), *_numbers(tally.counts))
    return table


def _numbers(counts: tuple[Count, ...]) -> tuple[RenderableType, ...]:
    meant, has, signed, returned = (
        sum(getattr(count, field) for count in counts) for field in ("meant", "has", "signed", "returned")
    )
    bar = ProgressBar(total=max(1, meant), completed=signed + returned, width=24)
    return str(meant), str(has), str(signed), str(returned) if returned else "", bar
