"""Help in the language of who reads it: the texts of all commands, translated before they are shown."""

from __future__ import annotations

import gettext
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from typer._click.formatting import HelpFormatter

import exchange.language
from exchange.cli.called import as_called
from exchange.cli.lazy import LazyCommands
from exchange.errors import BadConfiguration
from exchange.language import Language, language_of_environment, speak, tr, translated
from exchange.language.catalogue import DOMAIN

_HELP = "Show this message and exit."
_TEXTS = ("help", "short_help", "epilog", "rich_help_panel")


def settle_language() -> Language:
    """Use the language of the environment from now on, in the libraries' own words too.

    Raises BadConfiguration for a language that there is none of.
    """
    try:
        wanted = language_of_environment(os.environ)
    except ValueError as error:
        raise BadConfiguration(
            "EXCHANGE_LANGUAGE: {value} is not a language of the exchange",
            remedy="set it to zh or en",
            value=str(error),
        ) from None
    speak(wanted)
    # The standard library's gettext, by which typer speaks, looks here before all locales.
    os.environ["LANGUAGE"] = wanted.value
    gettext.bindtextdomain(DOMAIN, str(Path(exchange.language.__file__).parent))
    gettext.textdomain(DOMAIN)
    return wanted


def in_language(command: Any, wanted: Language) -> Any:
    """Return the same command, and all below it, with its texts in a language."""
    if wanted is not Language.ENGLISH:
        for owner, name, text in _places(command):
            setattr(owner, name, translated(text, wanted))
        for each in _with_those_below(command):
            each.get_help_option = _translated_option(each.get_help_option, wanted)
        command.context_class.formatter_class = _Formatter
    return command


def help_as_called(command: Any) -> Any:
    """Return the same command, and all below it, whose texts write commands as this process was called."""
    for owner, name, text in _places(command):
        setattr(owner, name, as_called(text))
    return command


class _Formatter(HelpFormatter):
    """Typer's, of which the one word before a command line has no catalogue."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, tr("Usage: ") if prefix is None else prefix)


def _translated_option(found: Callable[[Any], Any], wanted: Language) -> Callable[[Any], Any]:
    """The option --help, which a command makes when it is first asked for."""

    def option(context: Any) -> Any:
        made = found(context)
        if made is not None and made.help == _HELP:
            made.help = translated(_HELP, wanted)
        return made

    return option


def _with_those_below(command: Any) -> Iterator[Any]:
    """A command and those below it, of which those that are not made yet are left out: see `LazyCommands.finish_by`."""
    yield command
    below = getattr(command, "commands", {})
    for inner in () if isinstance(below, LazyCommands) else below.values():
        yield from _with_those_below(inner)


def texts_of(command: Any) -> Iterator[str]:
    """Yield every text of a command and of those below it, made or not, and what a list shows of those not made."""
    yield _HELP
    for each in (command, *_not_made(command)):
        for _, _, text in _places(each):
            yield text


def _not_made(command: Any) -> Iterator[Any]:
    if isinstance(command.commands, LazyCommands):
        yield from command.commands.stubs.values()
        yield from command.commands.values()


def _places(command: Any) -> Iterator[tuple[Any, str, str]]:
    for each in _with_those_below(command):
        for owner in (each, *each.params):
            for name in _TEXTS:
                text = getattr(owner, name, None)
                if isinstance(text, str) and text:
                    yield owner, name, text
