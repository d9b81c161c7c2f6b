"""How a replay looks: what it has read, its progress with the time left, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from exchange.cli.view import console, errors, print_json, say
from exchange.clock import monotonic
from exchange.language import choose, tr
from exchange.trials.replay.fates import ReplayFate
from exchange.trials.replay.result import Replayed, row_of
from exchange.trials.replay.run import OnProgress

MOST_DIFFERENCES = 10
"""That are printed; `--out` has all."""

_ROWS = {
    "consultations": ("征求意见", "consultations"),
    "in_time": ("按期答复", "in time"),
    "deemed": ("视为同意", "deemed"),
    "deemed_answered_late": ("视为后迟到答复", "deemed, answered late"),
    "deemed_never_answered": ("视为后未答复", "deemed, never answered"),
    "withdrawn": ("已撤回", "withdrawn"),
    "stopped": ("停止计时", "stopped"),
    "escalated": ("上报督办", "escalated"),
    "provisional": ("期限暂定", "provisional"),
    "refused": ("被拒事件", "refused events"),
    "lost": ("遗失", "lost"),
    "doubled": ("重复", "doubled"),
    "dead_letters": ("死信", "dead letters"),
    "undelivered": ("未送达", "undelivered"),
    "told_otherwise": ("申请人所见不符", "told otherwise"),
}
"""What the lines of the comparison are called."""
_FATES = {
    ReplayFate.IN_TIME: ("按期答复", "in time"),
    ReplayFate.DEEMED: ("视为同意", "deemed"),
    ReplayFate.DEEMED_THEN_LATE: ("视为后迟到答复", "deemed, answered late"),
    ReplayFate.WITHDRAWN: ("已撤回", "withdrawn"),
    ReplayFate.STOPPED: ("停止计时", "stopped"),
    ReplayFate.ESCALATED: ("上报督办", "escalated"),
    ReplayFate.PROVISIONAL: ("期限暂定", "provisional"),
    "refused": ("被拒", "refused"),
    "accepted": ("已受理", "accepted"),
    "": ("无结果", "none"),
}
"""What the fates are called."""
_ALWAYS = frozenset({"consultations", "in_time", "deemed", "deemed_answered_late", "deemed_never_answered"})
"""Lines that are shown where they are zero, too."""


@contextmanager
def progress(total: int) -> Iterator[OnProgress]:
    """A bar on a terminal; elsewhere a line for each tenth. Both say how much time is left."""
    if not errors.is_terminal:
        yield _tenths()
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]} · [dim]{task.fields[virtual]}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    began = monotonic()
    with Progress(*columns, console=errors) as bar:
        task = bar.add_task(tr("replay"), total=total, virtual="", rate="")

        def update(done: int, total: int, virtual: str) -> None:
            bar.update(task, completed=done, virtual=virtual, rate=f"{done / (monotonic() - began):.0f}/s")

        yield update


def _tenths() -> OnProgress:
    said, began = 0, monotonic()

    def update(done: int, total: int, virtual: str) -> None:
        nonlocal said
        if done * 10 // total <= said:
            return
        said = done * 10 // total
        passed = monotonic() - began
        say(
            tr(
                "{done:,} of {total:,} events, {rate:.0f} a second, {virtual}; about {left} left",
                done=done,
                total=total,
                rate=done / passed,
                virtual=virtual,
                left=_span(passed / done * (total - done)),
            )
        )

    return update


def _span(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"


def report(result: Replayed, as_json: bool) -> None:
    """Show the comparison and the first differences."""
    extra = {
        "lost": len(result.lost),
        "doubled": result.doubled,
        "dead_letters": result.dead_letters,
        "undelivered": result.undelivered,
        "filings": result.filings,
        "told_otherwise": result.told_otherwise,
        "messages": result.messages,
        "seconds": round(result.seconds, 1),
        "events_per_second": round(result.events / result.seconds, 1),
    }
    found, wanted, differences = result.found, result.expected, result.differences
    if as_json:
        first = [row_of(one) for one in differences[:MOST_DIFFERENCES]]
        differ = {"different": len(differences), "differences": first}
        print_json({"found": found, "expected": wanted, "agrees": result.agrees, **extra, **differ})
        return
    table = Table(header_style="bold", border_style="dim")
    for title in ("", tr("found"), tr("expected")):
        table.add_column(title, justify="right" if title else "left")
    for key, number in found.items():
        if number or wanted[key] or key in _ALWAYS:
            colour = "green" if number == wanted[key] else "bold red"
            table.add_row(choose(_ROWS[key]), f"[{colour}]{number:,}[/]", f"{wanted[key]:,}")
    for key in ("lost", "doubled", "dead_letters", "undelivered", *_of_portal(result)):
        colour = "green" if extra[key] == 0 else "bold red"
        table.add_row(choose(_ROWS[key]), f"[{colour}]{extra[key]:,}[/]", "0")
    console.print(table)
    _show_differences(result)
    console.print(
        tr(
            "{messages:,} messages in {seconds:.1f} s; {rate:,.0f} events a second",
            messages=result.messages,
            seconds=result.seconds,
            rate=result.events / result.seconds,
        )
    )
    console.print(tr("[green]as it must be[/]") if result.agrees else tr("[bold red]otherwise than it must be[/]"))


def _of_portal(result: Replayed) -> tuple[str, ...]:
    return ("told_otherwise",) if result.filings else ()


def _show_differences(result: Replayed) -> None:
    differences = result.differences
    if not differences:
        return
    title = tr("{count:,} differences, of which the first are", count=len(differences))
    table = Table(title=title, title_justify="left", header_style="bold", border_style="dim")
    for column in (tr("line"), tr("case"), tr("event"), tr("department"), tr("found"), tr("expected")):
        table.add_column(column, overflow="fold")
    for one in differences[:MOST_DIFFERENCES]:
        row = row_of(one)
        cells = [escape(str(row[key])) for key in ("line", "case", "event", "department")]
        found = [choose(_FATES[str(row["fate"])]), str(row.get("due", "")), str(row.get("said", ""))]
        expected = [choose(_FATES[str(row["expected"])]), str(row.get("expected_due", ""))]
        table.add_row(*cells, *("\n".join(escape(text) for text in side if text) for side in (found, expected)))
    console.print(table)
