"""What is written to a terminal, a pipe or a file: line by line, and without characters that move a cursor."""

from __future__ import annotations

import io
import sys
import unicodedata

_DIRECTIONS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that turn the direction of writing."""


def lines_at_once() -> None:
    """Let whoever reads by a pipe or from a file have each line when it is written; a terminal's reader has it anyway.

    What the encoding of a stream does not have is escaped, and is no error.

    Once for the process, before anything is printed: then no command needs to think of it.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(line_buffering=True, errors="backslashreplace")


def printable(text: str) -> str:
    """Return text of others as a terminal may have it: no control characters, which could move the cursor or hide what
    is so.

    Line ends stay. Who prints it through rich takes `plain`, since brackets would be read as markup.
    """
    return "".join("\ufffd" if _controls(ch) else ch for ch in text)


def _controls(ch: str) -> bool:
    return ch != "\n" and (unicodedata.category(ch) == "Cc" or ch in _DIRECTIONS)
