"""Settings that hold secrets, given to a child process without anybody else seeing them.

What a process is started with stands in ``/proc/PID/environ`` for as long as it runs, and is inherited by whatever it
starts. So only harmless settings are given that way; the others lie in a file without a name, in memory, whose
descriptor the child inherits, reads and closes.
"""

from __future__ import annotations

import json
import os
import stat
import tempfile
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager, suppress
from typing import IO

GIVEN = "EXCHANGE_GIVEN"
"""Environment variable: the descriptor of the file with the settings that hold secrets."""


@contextmanager
def handed_over(settings: Mapping[str, str]) -> Iterator[int | None]:
    """Lay settings ready for one child, and yield the descriptor that it has to inherit; None for no settings.

    A child is told of it by `GIVEN` in its environment. Raises OSError.
    """
    if not settings:
        yield None
        return
    with _nameless() as file:
        file.write(json.dumps(dict(settings)).encode())
        file.flush()
        yield file.fileno()


def take_over(env: MutableMapping[str, str] = os.environ) -> None:
    """Put what was handed over into this process's own settings, once; nothing where nothing was."""
    with suppress(KeyError, ValueError, OSError):
        descriptor = int(env.pop(GIVEN))
        found = os.fstat(descriptor)
        if stat.S_ISREG(found.st_mode) and not found.st_nlink:
            content = os.pread(descriptor, found.st_size, 0)
            os.close(descriptor)
            env.update(json.loads(content))


def _nameless() -> IO[bytes]:
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("settings"), "w+b")
    return tempfile.TemporaryFile()
