"""What listings of processes show for this one: the words that the kernel keeps in its memory, which it may write."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

_ARGUMENTS_BEGIN, _ENVIRONMENT_ENDS = 48 - 3, 51 - 3
"""Fields of /proc/PID/stat, counted from what follows the program's name (proc(5))."""


def show_as(command: Sequence[str]) -> None:
    """Have ``ps`` and the like show this command; its place is that of the words and settings of the program's start.

    So nothing may refer to those settings any more: all variables of the environment must have been set anew. Where the
    kernel does not say where they are, everything stays as it was.
    """
    with suppress(OSError, ValueError, IndexError):
        fields = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
        begin, end = int(fields[_ARGUMENTS_BEGIN]), int(fields[_ENVIRONMENT_ENDS])
        room = end - begin
        if begin <= 0 or room <= 0:
            return
        memory = os.open("/proc/self/mem", os.O_RDWR | os.O_CLOEXEC)
        try:
            words = " ".join(command).encode(errors="replace")
            os.pwrite(memory, words[: room - 1].ljust(room, b"\0"), begin)
        finally:
            os.close(memory)
