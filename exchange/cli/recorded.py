"""What is done on the command line, in the audit log beside what is done at the console."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import typer

from exchange.audit.acting import acting_account
from exchange.cli.actions import action_of, told_of
from exchange.cli.view import say
from exchange.errors import ExchangeError
from exchange.language import tr
from exchange.runtime.settings import Home, Settings
from exchange.web.door.gate import gate_of

BEGUN, DONE = "begun", "done"


@contextmanager
def recorded(settings: Settings, action: str, what: str) -> Iterator[None]:
    """Record what is done within once it is over, failed or not; ``what`` holds ids, never content or secrets.

    It is done by then: where the log cannot be reached, that is said, and undoes nothing. Where there is no domain yet,
    there is no log, and nothing that was done to it.
    """
    try:
        yield
    except ExchangeError as error:
        record(settings, action, what, error.code)
        raise
    except typer.Exit as end:
        record(settings, action, what, DONE if not end.exit_code else f"exit-{end.exit_code}")
        raise
    except KeyboardInterrupt:
        record(settings, action, what, "interrupted")
        raise
    record(settings, action, what, DONE)


def record(settings: Settings, action: str, what: str, outcome: str) -> None:
    """Add an entry, where there is a domain; say it where the log cannot be reached."""
    from exchange.operations.domain_view import DomainView

    if not Home(settings.home).directory.exists():
        return
    try:
        with DomainView(settings) as view:
            gate_of(view).record(acting_account(), action, what, outcome)
    except ExchangeError as error:
        say(tr("this is not in the audit log, which cannot be reached: {error}", error=error))


def call_recorded(command: str, do: Callable[..., Any], given: Mapping[str, Any]) -> Any:
    """Do what a command does, recorded as the table of actions says."""
    action = action_of(command, given)
    settings = _settings(given.get("home")) if action is not None else None
    if action is None or settings is None:
        return do(**given)
    name, what = command.replace(" ", "."), told_of(action, given)
    if action.begun:
        record(settings, name, what, BEGUN)
        return do(**given)
    with recorded(settings, name, what):
        return do(**given)


def _settings(home: Path | None) -> Settings | None:
    """None where they cannot be read: the command says so itself, and does nothing."""
    try:
        return Settings.read(home=home)
    except ExchangeError:
        return None
