"""The command that proves under faults that nothing is lost: prove."""

from __future__ import annotations

import json
import secrets
import signal
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from exchange.cli.options import JsonOption
from exchange.cli.trials.prove_view import show, watched
from exchange.cli.view import print_json, say
from exchange.errors import CallerError
from exchange.language import tr
from exchange.machine.connections import allow_many
from exchange.machine.files import expect_place, write_file
from exchange.runtime import logs
from exchange.trials.prove.options import Database, Options
from exchange.trials.prove.report import as_data, as_page
from exchange.trials.prove.run import Prove

OTHERWISE = 8
"""Exit code where the law did not hold."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("prove", rich_help_panel="Runs")(prove)


def prove(
    documents: Annotated[int, typer.Option(min=1, help="Documents that are handed in.")] = 500,
    cases: Annotated[
        int | None, typer.Option(min=0, help="Cases that are opened (default: one for ten documents).")
    ] = None,
    faults: Annotated[int, typer.Option(min=0, help="Faults that strike meanwhile.")] = 10,
    seed: Annotated[
        int | None, typer.Option(min=0, help="The plan's seed: the same one gives the same faults (default: chance).")
    ] = None,
    nodes: Annotated[int, typer.Option(min=1, max=9, help="Nodes of the broker: 1, or 3 for a cluster.")] = 1,
    hosts: Annotated[
        bool,
        typer.Option("--hosts", help="Give each node a host of its own, to cut it off and slow it down (root only)."),
    ] = False,
    database: Annotated[
        Database, typer.Option(help="The members' databases: files, or a server of the run's own.")
    ] = Database.SQLITE,
    every: Annotated[
        float, typer.Option(min=0.2, max=60, metavar="SECONDS", help="Seconds between two faults, on average.")
    ] = 1.5,
    report: Annotated[
        Path | None,
        typer.Option("--report", metavar="FILE", help="Write the page FILE.html, and FILE.json beside it."),
    ] = None,
    home: Annotated[
        Path | None, typer.Option(help="Keep the domain in this new folder (default: thrown away).")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Proves that nothing is lost: random faults strike a domain of its own that never rests.

    A window, two monitors and three departments, each a process with its own keys and database, exchange documents and
    handle cases whose terms end all the time; some departments answer a moment before, some a moment after, some never.
    Meanwhile processes, the broker's node and the database server are killed or frozen, clocks jump, a disk fills up;
    with --nodes 3 --hosts, nodes are cut off from each other and from the members, and their packets come late.
    At last all comes to rest, the books are closed, and the law is checked: nothing lost, nothing doubled, no wrong
    default, every opinion in time has won. How soon traffic completed again after each fault is told as percentiles.

    Example: `exchange prove --documents 10000 --faults 100 --seed 7 --report proof`.

    Exit code 8: the law did not hold; what broke it is named. Another RabbitMQ than the system's is named in
    EXCHANGE_RABBITMQ_SERVER. What this user or machine cannot do, such as a small file system without root, is left
    out, and the report says so. Ctrl-C stops everything.
    """
    logs.configure(quiet=True)
    if report is not None:
        for end in (".html", ".json"):
            expect_place(with_end(report, end))
    if hosts and nodes < 2:
        raise CallerError("--hosts needs several nodes", remedy="give --nodes 3 as well")
    allow_many()
    options = Options(
        documents=documents,
        cases=documents // 10 if cases is None else cases,
        faults=faults,
        seed=secrets.randbelow(10**6) if seed is None else seed,
        nodes=nodes,
        hosts=hosts,
        database=database,
        every=every,
    )
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    say(tr("seed {seed}: {faults} faults over {documents} documents", **_told(options)))
    with tempfile.TemporaryDirectory(prefix="yizhan-prove-") as scratch, watched(options) as tell:
        proved = Prove(home or Path(scratch) / "home", options, say, tell).run()
    if report is not None:
        write_file(with_end(report, ".html"), as_page(proved))
        write_file(with_end(report, ".json"), json.dumps(as_data(proved), ensure_ascii=False, indent=1) + "\n")
    if as_json:
        print_json(as_data(proved))
    else:
        show(proved)
    if not proved.holds:
        raise typer.Exit(OTHERWISE)


def with_end(report: Path, end: str) -> Path:
    """Return the report's path with another ending; one that it has already is not doubled. Raises CallerError."""
    stem = report.with_suffix("") if report.suffix in (".html", ".json") else report
    if not stem.name:
        raise CallerError("--report {report} names no file", remedy="write a path such as proof.html", report=report)
    return stem.with_name(stem.name + end)


def _told(options: Options) -> dict[str, int]:
    return {"seed": options.seed, "faults": options.faults, "documents": options.documents}
