"""The command top: the domain at a glance, live in the terminal."""

from __future__ import annotations

import os
import select
import sys
import termios
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from exchange.cli.options import HomeOption, JsonOption
from exchange.cli.view import LiveView, console, print_json
from exchange.language import tr
from exchange.operations.health.sampler import sampler_of
from exchange.runtime.settings import Settings

if TYPE_CHECKING:
    from exchange.operations.health.sampler import Sampler

_REDRAWN = 1.0
"""Seconds between two drawings: what is shown grows older even where nothing new was seen."""

_FIRST = 30.0
"""Seconds that the first snapshot may take, with databases that do not answer."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("top", rich_help_panel="A domain")(top)


def top(
    home: HomeOption = None,
    once: Annotated[bool, typer.Option("--once", help="Print one snapshot and end; so does output to a file.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Shows broker, queues and members, live, and what needs you.

    The same as the console's first pages: lights with their reasons, queues by depth with the age of their oldest
    message and where they are going, members with their last sign of life. It looks every five seconds and changes
    nothing. Keys: q ends. `exchange doctor` looks once, more closely, and tells health by its exit code.
    """
    from exchange.operations.domain_view import (
        DomainView,  # with all that the console needs, which other commands do not
    )

    settings = Settings.read(home=home)
    with DomainView(settings) as view:
        if as_json or once or not console.is_terminal:
            _print(sampler_of(view), as_json)
        else:
            _watch(sampler_of(view))


def _print(sampler: Sampler, as_json: bool) -> None:
    from exchange.cli.operations.top_view import as_document, screen

    snapshot = sampler.latest(_FIRST)
    if as_json:
        print_json(as_document(snapshot, sampler.history))
    else:
        console.print(screen(snapshot, sampler.history, console.width, None))


def _watch(sampler: Sampler) -> None:
    """Draws until q, Ctrl-C or the end of the terminal's input."""

    from exchange.cli.operations.top_view import screen

    with console.status(tr("looking")):
        snapshot = sampler.latest(_FIRST)
    with LiveView(screen=True, auto_refresh=False) as live, _keys():
        while True:
            live.update(screen(snapshot, sampler.history, *console.size), refresh=True)
            if _quits():
                return
            snapshot = sampler.latest(_FIRST)


@contextmanager
def _keys() -> Iterator[None]:
    """Keys are read as they are pressed; the terminal is put back as it was."""
    if not sys.stdin.isatty():
        yield
        return
    before = termios.tcgetattr(sys.stdin)
    try:
        tty.setcbreak(sys.stdin.fileno())
        yield
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)


def _quits() -> bool:
    """Waits for the next drawing; True when somebody pressed q meanwhile."""
    if not sys.stdin.isatty():
        select.select([], [], [], _REDRAWN)
        return False
    ready, _, _ = select.select([sys.stdin], [], [], _REDRAWN)
    if not ready:
        return False
    return os.read(sys.stdin.fileno(), 1) in (b"q", b"Q", b"\x04", b"")
