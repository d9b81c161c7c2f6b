"""Commands that run the whole exchange by themselves and say how it came out: demo, replay."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from exchange.cli.options import JsonOption
from exchange.cli.view import console, errors, print_json, say
from exchange.clock import monotonic
from exchange.errors import CallerError
from exchange.language import choose, tr
from exchange.runtime import logs
from exchange.runtime.settings import Settings
from exchange.trials.replay import OnProgress, Replay, Replayed
from exchange.trials.replay_broker import replay_broker
from exchange.trials.replay_file import read_replay, summary

OTHERWISE = 8
"""Exit code when a run came out otherwise than it should."""


_ROWS = {
    "consultations": ("征求意见", "consultations"),
    "in_time": ("按期答复", "in time"),
    "deemed": ("视为同意", "deemed"),
    "deemed_answered_late": ("视为后迟到答复", "deemed, answered late"),
    "deemed_never_answered": ("视为后未答复", "deemed, never answered"),
    "lost": ("遗失", "lost"),
    "doubled": ("重复", "doubled"),
    "dead_letters": ("死信", "dead letters"),
    "undelivered": ("未送达", "undelivered"),
}
"""What the lines of the comparison are called."""


def register(app: typer.Typer) -> None:
    """Add the commands."""
    panel = "Runs"
    app.command("demo", rich_help_panel=panel)(demo)
    app.command("replay", rich_help_panel=panel)(replay)


def demo(
    levels: Annotated[
        bool, typer.Option("--levels", help="A notice through province, cities and counties, and back its receipts.")
    ] = False,
    every: Annotated[bool, typer.Option("--all", help="With --levels: all 121 domains of the province.")] = False,
    keep: Annotated[Path | None, typer.Option("--home", help="Where the records go (default: a new folder).")] = None,
    hold: Annotated[bool, typer.Option("--hold", help="Keep it served, with its console, until Ctrl-C.")] = False,
) -> None:
    """Shows the main job at work, on an own broker, in under two minutes.

    A window, a deadline monitor and nine departments, each a process with its own keys and database, handle
    applications on an accelerated calendar. Ends by itself; exit code 8 if anything came out otherwise than it should.

    `--levels` shows a notice instead that goes down from a province through its cities to their counties: relay
    offices pass it on, authorities sign for it, one sends it back, one city's link is cut for a while, and the counts
    come up level by level.
    """
    from exchange.cli.trials.demo_view import run_demo
    from exchange.trials.demo import Demo

    home = keep or Path(tempfile.mkdtemp(prefix="yizhan-demo-"))
    if levels:
        if hold:
            raise CallerError("--levels has no console that could be held", remedy="leave out one of the two")
        _demo_of_levels(home, every)
        return
    if not run_demo(Demo(home, Settings.read(home=home)), hold=hold):
        raise typer.Exit(OTHERWISE)


def _demo_of_levels(home: Path, every: bool) -> None:
    from exchange.cli.trials.levels_view import run_levels
    from exchange.trials.levels_demo import LevelsDemo, part_of_tree
    from exchange.trials.trial import anhui

    logs.configure(quiet=True)
    places = anhui() if every else part_of_tree(anhui(), cities=3, counties=2)
    if not run_levels(LevelsDemo(home, places, say)):
        raise typer.Exit(OTHERWISE)


def replay(
    file: Annotated[Path, typer.Argument(help="CSV with the columns at, case, event, department, due.")],
    cases: Annotated[int | None, typer.Option(min=1, help="Only the first so many cases.")] = None,
    home: Annotated[Path | None, typer.Option(help="Keep keys and databases here (default: thrown away).")] = None,
    as_json: JsonOption = False,
) -> None:
    """Drives a file of real cases through the real path on a virtual clock, and checks what came of them.

    Every event is sealed, sent, received and ruled on; times are event times. The outcome of each consultation is
    compared with what the file's own times say; exit code 8 if one differs, or anything was lost or doubled.
    """
    logs.configure(quiet=True)
    settings = Settings.read()
    events = read_replay(file, cases)
    with tempfile.TemporaryDirectory(prefix="yizhan-replay-") as scratch:
        folder = home or Path(scratch)
        with replay_broker(settings, Path(scratch) / "node", say) as info:
            run = Replay(events, folder, info, settings.database_url)
            say(
                tr(
                    "{count:,} events of {cases:,} cases, {departments} departments",
                    count=len(events.events),
                    cases=events.cases,
                    departments=len(events.names),
                )
            )
            with _progress(len(events.events)) as on_progress:
                result = run.run(on_progress)
    _report(result, as_json)
    if not result.agrees:
        raise typer.Exit(OTHERWISE)


@contextmanager
def _progress(total: int) -> Iterator[OnProgress]:
    """A bar on a terminal; elsewhere a line for each tenth."""
    if not errors.is_terminal:
        yield _tenths(total)
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


def _tenths(total: int) -> OnProgress:
    said, began = 0, monotonic()

    def update(done: int, total: int, virtual: str) -> None:
        nonlocal said
        if done * 10 // total > said:
            said = done * 10 // total
            say(
                tr(
                    "{done:,} of {total:,} events, {rate:.0f} a second, {virtual}",
                    done=done,
                    total=total,
                    rate=done / (monotonic() - began),
                    virtual=virtual,
                )
            )

    return update


def _report(result: Replayed, as_json: bool) -> None:
    found, wanted = summary(result.fates), summary(result.expected)
    extra = {
        "lost": len(result.lost),
        "doubled": result.doubled,
        "dead_letters": result.dead_letters,
        "undelivered": result.undelivered,
        "messages": result.messages,
        "seconds": round(result.seconds, 1),
        "events_per_second": round(result.events / result.seconds, 1),
    }
    if as_json:
        print_json({"found": found, "expected": wanted, "agrees": result.agrees, **extra})
        return
    table = Table(header_style="bold", border_style="dim")
    for title in ("", tr("found"), tr("expected")):
        table.add_column(title, justify="right" if title else "left")
    for key, number in found.items():
        colour = "green" if number == wanted[key] else "bold red"
        table.add_row(choose(_ROWS[key]), f"[{colour}]{number:,}[/]", f"{wanted[key]:,}")
    for key in ("lost", "doubled", "dead_letters", "undelivered"):
        colour = "green" if extra[key] == 0 else "bold red"
        table.add_row(choose(_ROWS[key]), f"[{colour}]{extra[key]:,}[/]", "0")
    console.print(table)
    console.print(
        tr(
            "{messages:,} messages in {seconds:.1f} s; {rate:,.0f} events a second",
            messages=result.messages,
            seconds=result.seconds,
            rate=result.events / result.seconds,
        )
    )
    verdict = tr("[green]as it must be[/]") if result.agrees else tr("[bold red]otherwise than it must be[/]")
    console.print(verdict)
