"""The command that shows where cases stand, once or for as long as somebody watches: status."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

import typer
from rich.console import RenderableType

from exchange.approval.rules.states import CaseState
from exchange.approval.window.status import case_status, cases_more, decision_on, recent_cases
from exchange.cli.approval.case_json import case_json
from exchange.cli.approval.views import case_view, cases_view
from exchange.cli.complete import case_numbers
from exchange.cli.naming import label
from exchange.cli.options import HomeOption, JsonOption, open_as
from exchange.cli.view import LiveView, console, print_json, say_more
from exchange.language import tr
from exchange.messaging.node import Node
from exchange.runtime.profiles import load_profiles
from exchange.runtime.settings import Home, Settings
from exchange.schemas import Role


def status(
    case: Annotated[
        str | None, typer.Argument(help="Case number; without one, the latest cases.", autocompletion=case_numbers)
    ] = None,
    watch: Annotated[
        bool, typer.Option("--watch", "-w", help="Stay and refresh: until decided, or, without a case, until Ctrl-C.")
    ] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Where a case stands, at any time, with reasons and conditions.

    With `--watch --json`: one JSON document a line, whenever something has changed.
    """
    settings = Settings.read(home=home)
    node = open_as(settings, None).node
    snapshot = _snapshots_of_all(settings, node) if case is None else _snapshots_of_one(settings, node, case)
    if as_json:
        _print_snapshots(snapshot, watch)
    elif watch:
        _show_snapshots(snapshot)
    else:
        found = snapshot()
        console.print(found.view)
        say_more(found.more)


@dataclass(frozen=True)
class _Snapshot:
    """What one look at the record found, for people and for machines."""

    view: RenderableType
    data: Any
    over: bool = False
    """Whether nothing more is going to change."""
    more: int = 0
    """How many the list leaves out."""


def _snapshots_of_one(settings: Settings, node: Node, number: str) -> Callable[[], _Snapshot]:
    def snapshot() -> _Snapshot:
        found = case_status(node, number)
        decision = decision_on(node, found)
        over = found.state not in (CaseState.OPEN, CaseState.READY)
        return _Snapshot(case_view(found, settings.clock.now(), decision), case_json(found, decision), over)

    return snapshot


def _snapshots_of_all(settings: Settings, node: Node) -> Callable[[], _Snapshot]:
    profiles = load_profiles(Home(settings.home).departments)
    shown = {address: label(p) for address, p in profiles.items() if Role.DEPARTMENT in p.roles}

    def snapshot() -> _Snapshot:
        cases = recent_cases(node)
        table = cases_view(cases, shown, settings.clock.now()) if cases else tr("no cases yet")
        return _Snapshot(table, [case_json(found) for found in cases], more=cases_more(node, len(cases)))

    return snapshot


def _print_snapshots(snapshot: Callable[[], _Snapshot], watch: bool) -> None:
    found = snapshot()
    print_json(found.data)
    say_more(found.more)
    while watch and not found.over:
        time.sleep(0.5)
        said, found = found, snapshot()
        if found.data != said.data:
            print_json(found.data)


def _show_snapshots(snapshot: Callable[[], _Snapshot]) -> None:
    found = snapshot()
    with LiveView(found.view, refresh_per_second=4) as live:
        while not found.over:
            time.sleep(0.5)
            found = snapshot()
            live.update(found.view)
