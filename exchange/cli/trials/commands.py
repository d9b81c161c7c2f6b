"""Commands that run the whole exchange by themselves and say how it came out: demo, replay."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

import typer

from exchange.cli.options import JsonOption
from exchange.cli.trials.replay_view import progress, report
from exchange.cli.view import say
from exchange.errors import CallerError
from exchange.language import tr
from exchange.machine.connections import allow_many
from exchange.machine.files import expect_new, expect_place, write_file
from exchange.machine.spreadsheet import csv_text
from exchange.runtime import logs
from exchange.runtime.settings import Settings
from exchange.trials.replay.broker import replay_broker
from exchange.trials.replay.calendar import calendar_here
from exchange.trials.replay.file import read_replay
from exchange.trials.replay.result import table
from exchange.trials.replay.run import Replay

OTHERWISE = 8
"""Exit code when a run came out otherwise than it should."""


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
    hold: Annotated[
        bool, typer.Option("--hold", help="Keep it served, with console and public window, until Ctrl-C.")
    ] = False,
) -> None:
    """Shows the main job at work, on an own broker, in under two minutes.

    A window with its online window, a deadline monitor and nine departments, each a process with its own keys and
    database, handle applications on an accelerated calendar. Ends by itself; exit code 8 if anything came out otherwise
    than it should. With --hold it stays served: what you file in its public window is accepted, and decided once all
    have answered.

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
    file: Annotated[Path, typer.Argument(help="CSV: at, case, event, department, and due or days.")],
    cases: Annotated[int | None, typer.Option(min=1, help="Only the first so many cases.")] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Write a CSV row for each consultation and each refused event."),
    ] = None,
    home: Annotated[
        Path | None, typer.Option(help="Keep keys and databases in this new folder (default: thrown away).")
    ] = None,
    through_portal: Annotated[
        bool, typer.Option("--through-portal", help="Hand applications in at a portal; the window accepts them.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Drives a log of real cases through the real path on a virtual clock, and checks what came of them.

    Every event is sealed, sent, received and ruled on; times are event times. The outcome of each consultation, and
    which events are refused, is compared with what the log's own times say, counted day by day by themselves. The
    first ten differences are shown; exit code 8 if there is one, or anything was lost or doubled. Working days are
    those of the domain in this folder, if there is one; it is not touched otherwise.

    A log looks like this:

    ```csv
    at,case,event,department,due,days
    2026-03-02T09:00:00+08:00,c-1,submit,Planning,2026-03-12T24:00:00+08:00,
    2026-03-02T09:00:00+08:00,c-1,submit,Fire,,15
    2026-03-04T10:30:00+08:00,c-1,extend,Planning,,5
    2026-03-05T09:00:00+08:00,c-1,stop,Fire,,
    2026-03-09T09:00:00+08:00,c-1,resume,Fire,,
    2026-03-10T16:00:00+08:00,c-1,reply,Planning,,
    2026-03-16T08:00:00+08:00,c-1,withdraw,,,
    ```

    Events: `submit` (due: until when, or days: for how many working days), `reply`, `extend` (by days), `stop` (for
    days, or until resumed; `suspend` is read as the same), `resume`, `restart`, `supplement` (the department asks for
    one, and its clock stands), `supplied` (it has come), `withdraw` (the whole case, without a department). Lines are
    in the order of time. A case may be submitted again later, to others or the same. A column `default` says what
    silence amounts to: `consent` (as if left out), `refusal` or `none`; a column `reasons` what the acts say why.
    """
    logs.configure(quiet=True)
    settings = Settings.read()
    if out is not None:
        expect_place(out)
    if home is not None:
        expect_new(home)
    allow_many()
    calendar = calendar_here(settings)
    log = read_replay(file, cases, calendar)
    with tempfile.TemporaryDirectory(prefix="yizhan-replay-") as scratch:
        folder = home or Path(scratch)
        with replay_broker(settings, Path(scratch) / "node", say) as info:
            run = Replay(log, folder, info, settings.database_url, calendar, through_portal=through_portal)
            say(
                tr(
                    "{count:,} events of {cases:,} cases, {departments} departments",
                    count=len(log.events),
                    cases=log.cases,
                    departments=len(log.names),
                )
            )
            with progress(len(log.events)) as on_progress:
                result = run.run(on_progress)
    if out is not None:
        write_file(out, csv_text(table(result)))
    report(result, as_json)
    if not result.agrees:
        raise typer.Exit(OTHERWISE)
