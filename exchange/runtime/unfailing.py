"""A stream that never fails whoever writes to it: what could not be written is counted, and said once it works again.

A full disk, a reader that is gone, or one that does not read must not stop the work that wanted to say something.
"""

from __future__ import annotations

import io
import os
import select
import stat
import threading
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, TextIO, cast

from exchange.machine.files import open_file

LostLines = Callable[[int, str], str]
"""Makes the line that says how many lines were lost, and why."""

_PATIENCE_MS = 1000
"""Milliseconds that a pipe or terminal which takes nothing is waited for; not again before it has taken something."""

_AT_ONCE = 4096
"""Octets that a pipe which says it is writable takes without blocking (POSIX' PIPE_BUF, on Linux)."""


def in_words(lost: int, reason: str) -> str:
    """Return the line for people."""
    return f"==> {lost} lines could not be written here ({reason})\n"


class UnfailingStream(io.RawIOBase):
    """The octets of a file descriptor, written at once or not at all. Safe from any thread and from signal handlers."""

    def __init__(self, descriptor: int, lost_lines: LostLines = in_words) -> None:
        super().__init__()
        self.lost_lines = lost_lines
        self._descriptor = descriptor
        self._turn = threading.RLock()
        self._lost = 0
        self._reason = ""
        self._broken_line = False
        """Whether the last line stands there in part."""
        self._stalled = False
        self._rotation: Rotation | None = None
        self._may_stall = not stat.S_ISREG(os.fstat(descriptor).st_mode)

    @property
    def lost(self) -> int:
        """Lines that could not be written and of which nothing was said yet."""
        return self._lost

    def rotate_by(self, rotation: Rotation) -> None:
        """Have the file behind the descriptor rotated; it must be the rotation's own."""
        self._rotation = rotation

    def writable(self) -> bool:
        """Return True always."""
        return True

    def fileno(self) -> int:
        """Return the file descriptor of the stream."""
        return self._descriptor

    def isatty(self) -> bool:
        """Return whether the stream is a terminal."""
        return os.isatty(self._descriptor)

    def write(self, data: object) -> int:
        """Take in all of ``data``, whatever becomes of it."""
        octets = bytes(data)  # type: ignore[call-overload]
        with self._turn:
            if self._rotation is not None and octets:
                self._rotation.before(len(octets))
            try:
                self._put((self._owed() + octets) if self._lost else octets)
            except OSError as error:
                self._lost += octets.count(b"\n")
                self._reason = error.strerror or type(error).__name__
            else:
                self._lost = 0
        return len(octets)

    def _owed(self) -> bytes:
        return (b"\n" if self._broken_line else b"") + self.lost_lines(self._lost, self._reason).encode()

    def _put(self, octets: bytes) -> None:
        """Writes all, or raises OSError after a part."""
        rest = memoryview(octets)
        while rest:
            if self._may_stall:
                self._wait_until_it_takes()
            done = os.write(self._descriptor, rest[:_AT_ONCE] if self._may_stall else rest)
            rest = rest[done:]
            self._broken_line = len(rest) > 0
            self._stalled = False

    def _wait_until_it_takes(self) -> None:
        poll = select.poll()
        poll.register(self._descriptor, select.POLLOUT)
        if not poll.poll(0 if self._stalled else _PATIENCE_MS):
            self._stalled = True
            raise BlockingIOError(11, "nobody reads")


class Rotation:
    """Keeps a log file that descriptors of this process stand on within a size; older ones are ``path.1``, ``.2``, …"""

    def __init__(self, path: Path, most_bytes: int, keep: int, descriptors: tuple[int, ...] = (1, 2)) -> None:
        self._path, self._most, self._keep = path, most_bytes, keep
        self._descriptors = descriptors
        self._size = path.stat().st_size if path.exists() else 0

    def before(self, octets: int) -> None:
        """Make room for so many octets, where they do not fit; never raises: an old file is better than none."""
        self._size += octets
        if self._size <= self._most:
            return
        try:
            rotate(self._path, self._keep)
            with open_file(self._path, "ab", 0o644) as fresh:
                for descriptor in self._descriptors:
                    os.dup2(fresh.fileno(), descriptor)
        except OSError:
            pass  # tried again when as much again has been written
        self._size = octets


def rotate(path: Path, keep: int) -> None:
    """Move ``path`` to ``path.1`` and the older ones on; the oldest goes. Raises OSError."""
    for number in range(keep, 0, -1):
        older = path if number == 1 else path.with_name(f"{path.name}.{number - 1}")
        if older.exists():
            older.replace(path.with_name(f"{path.name}.{number}"))
    if not keep:
        path.unlink(missing_ok=True)


def text_stream(raw: UnfailingStream, encoding: str = "utf-8") -> TextIO:
    """Return the stream for text, written through at once; what its encoding does not have is escaped."""
    return io.TextIOWrapper(cast(BinaryIO, raw), encoding, errors="backslashreplace", write_through=True)
