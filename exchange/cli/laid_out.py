"""What rich prints, in which our commands are written as this process was called."""

from __future__ import annotations

from typing import Any

from rich.console import Group
from rich.markup import escape
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from exchange.cli.called import mentions


def shown_as_called(shown: Any) -> Any:
    """Do as `as_called` for whatever rich prints: lines, and those in tables, groups and paddings.

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
    """Do as `as_called` for a line that rich prints: markup, or a text with its styles."""
    wanted = mentions()
    if wanted is None:
        return line
    mention, words = wanted
    if isinstance(line, str):
        return mention.sub(lambda _: escape(words), line)
    for found in reversed(list(mention.finditer(line.plain))):
        before, name, after = line.divide(found.span())
        styled = Text(words, style=name.style)
        for span in name.spans:  # of whatever length the words are
            styled.stylize(span.style)
        line = Text.assemble(before, styled, after)
    return line
