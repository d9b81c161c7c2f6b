"""How this command was called, so that a command which is printed to be typed can be typed as it stands there."""

from __future__ import annotations

import re
import shlex
import shutil
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from rich.console import Group
from rich.markup import escape
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

NAME = "exchange"
"""What it is called in the source, in documents and in logs."""


class _Call:
    """The words that call this program, and what finds where they belong."""

    words = NAME
    mention: re.Pattern[str] | None = None


def settle_call(commands: Iterable[str], argv: Sequence[str] | None = None, orig: Sequence[str] | None = None) -> None:
    """From now on `as_called` writes this process's own way of being called before any of ``commands``."""
    _Call.words = called(sys.argv if argv is None else argv, sys.orig_argv if orig is None else orig)
    names = "|".join(re.escape(name) for name in (*commands, "COMMAND", "--help"))
    # Of "the exchange" prose tells; after a path or another word it has been written so on purpose.
    _Call.mention = re.compile(rf"(?<!the )(?<!an )(?<!-m )(?<![\w/.-]){NAME}(?= (?:{names})(?![\w-]))")


def called(argv: Sequence[str], orig: Sequence[str]) -> str:
    """The words that call this program again from here: its plain name if the shell finds it, else the path given."""
    program = argv[0] if argv else NAME
    if Path(program).name == "__main__.py":
        python = orig[0] if orig else sys.executable
        return f"{shlex.quote(python)} -m {NAME}"
    found = shutil.which(NAME)
    if Path(program).name != NAME or program == NAME or (found and Path(found).samefile(program)):
        return NAME
    return shlex.quote(program)


def call_words() -> str:
    """How this process was called."""
    return _Call.words


def as_called(text: str) -> str:
    """A text in which our commands are written as this process was called."""
    if _Call.mention is None or _Call.words == NAME:
        return text
    return _Call.mention.sub(lambda _: _Call.words, text)


def shown_as_called(shown: Any) -> Any:
    """`as_called` for whatever rich prints: lines, and those in tables, groups and paddings.

    Before it is laid out: a table then makes room for what it really holds.
    """
    if isinstance(shown, str | Text):
        return line_as_called(shown)
    if isinstance(shown, Group):
        return Group(*map(shown_as_called, shown.renderables), fit=shown.fit)
    if isinstance(shown, Table):
        for column in shown.columns:
            column._cells = list(map(shown_as_called, column._cells))
    elif isinstance(shown, Padding | Panel):
        shown.renderable = shown_as_called(shown.renderable)
    return shown


def line_as_called(line: str | Text) -> str | Text:
    """`as_called` for what rich prints: markup, or a text with its styles."""
    if _Call.mention is None or _Call.words == NAME:
        return line
    if isinstance(line, str):
        return _Call.mention.sub(lambda _: escape(_Call.words), line)
    for found in reversed(list(_Call.mention.finditer(line.plain))):
        before, name, after = line.divide(found.span())
        styled = Text(_Call.words, style=name.style)
        for span in name.spans:  # of whatever length the words are
            styled.stylize(span.style)
        line = Text.assemble(before, styled, after)
    return line
