"""A command watched in a real terminal: what it has written so far, and what stands on the screen."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import pyte

_QUIET = 0.04
"""Seconds without a further byte after which the screen holds a whole picture, as people see it."""
_ANEW = re.compile(rb"(?=\r\x1b\[(?:2K|1A)|\x1b\[\?25h)")
"""Where what stands on the screen is about to be taken away, for the next picture or for good."""
_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\r")
_DIM, _GREY = 2, 90


@dataclass(frozen=True)
class Cell:
    """A character with its looks; an empty text is the second half of a wide one."""

    text: str = " "
    colour: str = "default"
    bold: bool = False
    italic: bool = False
    reverse: bool = False


Frame = Sequence[Sequence[Cell]]
"""A screen: rows of cells."""


class _Screen(pyte.Screen):
    """A screen that shows dim text as grey, which its library leaves out."""

    def select_graphic_rendition(self, *attributes: int, **options: bool) -> None:
        extended = 38 in attributes or 48 in attributes
        seen = attributes if extended else tuple(_GREY if each == _DIM else each for each in attributes)
        super().select_graphic_rendition(*seen, **options)


class Terminal:
    """A terminal of so many columns and rows, and all that was written to it."""

    def __init__(self, columns: int, rows: int) -> None:
        self._screen = _Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self._written = b""

    def feed(self, part: bytes) -> None:
        """Takes what the command has written."""
        self._written += part
        self._stream.feed(part)

    @property
    def text(self) -> str:
        """All that was written, without colours and movements."""
        return _ESCAPES.sub("", self._written.decode(errors="replace"))

    @property
    def moves(self) -> bool:
        """Whether the screen changes by itself, like a film: the cursor is hidden meanwhile."""
        return bool(self._screen.cursor.hidden)

    def frame(self) -> Frame:
        """What stands on the screen, from the first line to the last that is written on."""
        rows = [[_cell(row[column]) for column in range(self._screen.columns)] for row in self._rows()]
        while rows and all(cell.text == " " and not cell.reverse for cell in rows[-1]):
            rows.pop()
        return rows

    def _rows(self) -> Iterator[Mapping[int, pyte.screens.Char]]:
        return (self._screen.buffer[number] for number in range(self._screen.lines))


def _cell(char: pyte.screens.Char) -> Cell:
    return Cell(char.data, char.fg, char.bold, char.italics, char.reverse)


def watch(
    command: Sequence[str], size: tuple[int, int], environment: Mapping[str, str], seen: Callable[[Terminal], bool]
) -> int:
    """Runs a command in a terminal of ``size`` (columns, rows), and shows ``seen`` every whole picture of it: what
    stands there before it is drawn anew, and while nothing is written.

    Once ``seen`` is content (True), or fails, the command is interrupted, as by Ctrl-C, and waited for. Returns its
    exit code.
    """
    child, ours = pty.fork()
    if child == 0:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # which is ignored in what a script runs in the background
        fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
        os.execvpe(command[0], list(command), {**environment, "TERM": "xterm-256color"})
    terminal = Terminal(*size)
    try:
        for part in _parts(ours):
            if _shown(terminal, part, seen) or (not select.select([ours], [], [], _QUIET)[0] and seen(terminal)):
                break
    finally:
        code = _ended(child, ours)
    return code


def _shown(terminal: Terminal, part: bytes, seen: Callable[[Terminal], bool]) -> bool:
    """Feeds what was written, and shows every picture that goes by with it; whether ``seen`` is content."""
    first, *others = _ANEW.split(part)
    terminal.feed(first)
    for each in others:
        if seen(terminal):
            return True
        terminal.feed(each)
    return False


def _parts(terminal: int) -> Iterator[bytes]:
    """What is written there, until it is closed."""
    while True:
        try:
            part = os.read(terminal, 1 << 16)
        except OSError:  # how Linux says that nobody has it open any more
            return
        if not part:
            return
        yield part


def _ended(child: int, terminal: int) -> int:
    """Interrupts the command if it still runs, takes what it says to that, and returns its exit code."""
    done, status = os.waitpid(child, os.WNOHANG)
    if not done:
        os.kill(child, signal.SIGINT)
        for _ in _parts(terminal):
            pass
        _, status = os.waitpid(child, 0)
    os.close(terminal)
    return os.waitstatus_to_exitcode(status)
