"""A group of commands of which each is imported when it is called: names and summaries stand in a table."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from functools import wraps
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from exchange.cli.actions import COMMAND_ACTIONS

Register = Callable[[typer.Typer], None]
"""Adds one or more commands to an application; imports what they need."""


@dataclass(frozen=True)
class CommandEntry:
    """A command before it is imported: what the list of commands shows of it, and what adds it."""

    name: str
    panel: str
    summary: str
    """The first paragraph of its help."""
    register: Register

    def stub(self) -> TyperCommand:
        """Return a command that can be listed, and nothing else."""
        return TyperCommand(name=self.name, short_help=self.summary, rich_help_panel=self.panel)


def entries(register: Register, panel: str, summaries: Mapping[str, str]) -> tuple[CommandEntry, ...]:
    """List the commands that one function adds, all in one panel of the help: summaries by name."""
    return tuple(CommandEntry(name, panel, summary, register) for name, summary in summaries.items())


@contextmanager
def _uncollected() -> Iterator[None]:
    """Meanwhile nothing is looked through for garbage: of hundreds of modules that are imported none is any."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


class LazyCommands(MutableMapping[str, Any]):
    """Commands by name, each made when it is first asked for; the names are known without.

    ``stubs`` are what a list of them shows.
    """

    def __init__(self, entries: Iterable[CommandEntry]) -> None:
        self._entries = {entry.name: entry for entry in entries}
        self._made: dict[str, Any] = {}
        self._finish: Callable[[Any], Any] = lambda command: command
        self.stubs: dict[str, Any] = {name: entry.stub() for name, entry in self._entries.items()}

    def finish_by(self, finish: Callable[[Any], Any]) -> None:
        """Has every command, and every stub, go through a function: stubs now, commands when they are made."""
        self._finish = finish
        self.stubs = {name: finish(stub) for name, stub in self.stubs.items()}
        self._made = {name: finish(command) for name, command in self._made.items()}

    def __getitem__(self, name: str) -> Any:
        if name not in self._made:
            with _uncollected():
                self._made[name] = self._finish(self._load(self._entries[name]))
        return self._made[name]

    def _load(self, entry: CommandEntry) -> Any:
        application = typer.Typer(rich_markup_mode="markdown")
        entry.register(application)
        application.registered_commands = [one for one in application.registered_commands if one.name == entry.name]
        application.registered_groups = [one for one in application.registered_groups if one.name == entry.name]
        return _recorded(entry.name, typer.main.get_group(application).commands[entry.name])

    def __contains__(self, name: object) -> bool:
        return name in self._entries or name in self._made

    def __setitem__(self, name: str, command: Any) -> None:
        self._made[name] = command

    def __delitem__(self, name: str) -> None:
        self._entries.pop(name, None)
        self.stubs.pop(name, None)
        self._made.pop(name, None)

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys((*self._entries, *self._made)))

    def __len__(self) -> int:
        return len(set(self._entries) | set(self._made))


def _recorded(path: str, command: Any) -> Any:
    """Has what changes something recorded in the audit log, subcommands too; the recorder is imported when called."""
    for name, each in getattr(command, "commands", {}).items():
        _recorded(f"{path} {name}", each)
    if path in COMMAND_ACTIONS:
        command.callback = _when_called(path, command.callback)
    return command


def _when_called(path: str, do: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(do)
    def call(**given: Any) -> Any:
        from exchange.cli.recorded import call_recorded

        return call_recorded(path, do, given)

    return call


class LazyGroup(TyperGroup):
    """A group over `LazyCommands`: its help and its completion show their names and summaries and import none."""

    def __init__(self, *, entries: Iterable[CommandEntry], **attributes: Any) -> None:
        super().__init__(**attributes)
        self.commands: LazyCommands = LazyCommands(entries)

    def list_commands(self, ctx: Any) -> list[str]:
        return list(self.commands)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        TyperGroup.format_help(self._listing(), ctx, formatter)

    def shell_complete(self, ctx: Any, incomplete: str) -> list[Any]:
        ctx.command = self._listing()
        try:
            return TyperGroup.shell_complete(ctx.command, ctx, incomplete)
        finally:
            ctx.command = self

    def _listing(self) -> TyperGroup:
        listing = copy(self)
        listing.commands = self.commands.stubs  # type: ignore[assignment]
        return listing
