"""How this command was called, so that a command which is printed to be typed can be typed as it stands there."""

from __future__ import annotations

import re
import shlex
import shutil
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

NAME = "exchange"
"""What it is called in the source, in documents and in logs."""


class _Call:
    """The words that call this program, and what finds where they belong."""

    words = NAME
    mention: re.Pattern[str] | None = None


def settle_call(commands: Iterable[str], argv: Sequence[str] | None = None, orig: Sequence[str] | None = None) -> None:
    """Let `as_called` write this process's own way of being called before any of ``commands`` from now on."""
    _Call.words = called(sys.argv if argv is None else argv, sys.orig_argv if orig is None else orig)
    names = "|".join(re.escape(name) for name in (*commands, "COMMAND", "--help"))
    # Of "the exchange" prose tells; after a path or another word it has been written so on purpose.
    _Call.mention = re.compile(rf"(?<!the )(?<!an )(?<!-m )(?<![\w/.-]){NAME}(?= (?:{names})(?![\w-]))")


def called(argv: Sequence[str], orig: Sequence[str]) -> str:
    """Return the words that call this program again from here: its plain name if the shell finds it, else the given
    path.
    """
    program = argv[0] if argv else NAME
    if Path(program).name == "__main__.py":
        python = orig[0] if orig else sys.executable
        return f"{shlex.quote(python)} -m {NAME}"
    found = shutil.which(NAME)
    if Path(program).name != NAME or program == NAME or (found and Path(found).samefile(program)):
        return NAME
    return shlex.quote(program)


def call_words() -> str:
    """Return how this process was called."""
    return _Call.words


def as_called(text: str) -> str:
    """Return a text in which our commands are written as this process was called."""
    found = mentions()
    return text if found is None else found[0].sub(lambda _: found[1], text)


def mentions() -> tuple[re.Pattern[str], str] | None:
    """Return what finds our commands in a text, and the words to write for our name; None where the name stays."""
    return None if _Call.mention is None or _Call.words == NAME else (_Call.mention, _Call.words)
