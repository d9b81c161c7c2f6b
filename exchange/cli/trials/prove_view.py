"""How a fault proof looks: its progress, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from exchange.cli.view import console, errors, plain, say
from exchange.language import choose, tr
from exchange.trials.prove.options import Options, Phase, ProofOutcome
from exchange.trials.prove.options import ProofProgress as Far
from exchange.trials.prove.rules.judgement import ProofBreach, counted
from exchange.trials.prove.rules.measures import SHARES, by_kind
from exchange.trials.prove.words import BREACHES, KINDS, PHASES

_SHOWN = 20
"""Breaches that a terminal shows; the report names more."""
_SAY_EVERY = 10.0
"""Seconds between two lines where nobody looks at a terminal."""


@contextmanager
def watched(options: Options) -> Iterator[Callable[[Far], None]]:
    """A bar on a terminal; elsewhere a line now and then, and for each phase."""
    if not errors.is_terminal:
        yield _lines(options)
        return
    columns = (
        TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[told]}"), TimeElapsedColumn(),
    )  # fmt: skip
    with Progress(*columns, console=errors) as bar:
        task = bar.add_task("", total=max(1, options.documents), told="")

        def tell(far: Far) -> None:
            bar.update(task, completed=far.completed, description=choose(PHASES[far.phase]), told=_told(far, options))

        yield tell


def _lines(options: Options) -> Callable[[Far], None]:
    said: tuple[Phase | None, float] = (None, 0.0)

    def tell(far: Far) -> None:
        nonlocal said
        if far.phase is not said[0] or far.seconds - said[1] >= _SAY_EVERY:
            said = (far.phase, far.seconds)
            say(f"{far.seconds:6.0f} s  {choose(PHASES[far.phase])}: {_told(far, options)}")

    return tell


def _told(far: Far, options: Options) -> str:
    if far.rest:
        return ", ".join(f"{what} {number:,}" for what, number in far.rest.items())
    return tr(
        "{completed:,} of {documents:,} documents signed for, {cases:,} cases, {struck:,} of {faults:,} faults",
        completed=far.completed,
        documents=options.documents,
        cases=far.cases,
        struck=far.struck,
        faults=options.faults,
    )


def show(proved: ProofOutcome) -> None:
    """Print the law, recovery times, and what broke the law."""
    table = Table(header_style="bold", border_style="dim")
    table.add_column(tr("law"))
    table.add_column(tr("count"), justify="right")
    counts = counted(proved.found)
    for breach in ProofBreach:
        table.add_row(choose(BREACHES[breach]), f"[{'bold red' if counts[breach] else 'green'}]{counts[breach]:,}[/]")
    console.print(table)
    _show_recovery(proved)
    for one in proved.found[:_SHOWN]:
        console.print(plain(f"✗ {choose(BREACHES[one.breach])}: {one.what} {one.who} {one.detail}", "red"))
    if len(proved.found) > _SHOWN:
        console.print(plain("✗ " + tr("and {more} more", more=len(proved.found) - _SHOWN), "red"))
    left_out = sum(bool(one.skipped) for one in proved.struck)
    if left_out:
        console.print(tr("{number} faults were left out; the report says why", number=left_out))
    said = tr(
        "{documents:,} documents, {cases:,} cases, {messages:,} copies of messages in {seconds:.0f} s",
        documents=proved.completed,
        cases=proved.cases,
        messages=proved.messages,
        seconds=proved.calm,
    )
    console.print(said)
    console.print(tr("[bold green]the law held[/]") if proved.holds else tr("[bold red]the law did not hold[/]"))


def _show_recovery(proved: ProofOutcome) -> None:
    found = by_kind(proved.struck, lambda one: one.recovery)
    if not found:
        return
    table = Table(header_style="bold", border_style="dim", title=tr("seconds until traffic completes again"))
    for title in (tr("fault"), tr("count"), *(f"p{share}" for share in SHARES)):
        table.add_column(title, justify="left" if title == tr("fault") else "right")
    for kind, one in found.items():
        table.add_row(choose(KINDS[kind]), f"{one.number:,}", *(f"{one.at[share]:.1f}" for share in SHARES))
    console.print(table)
