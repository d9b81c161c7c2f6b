"""A file that one process holds, and knows when it no longer does: a lock counts only while it is that of its name.

Who deletes or replaces a locked file lets a second process lock the new one. So what holds a file looks again.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from exchange.errors import FileUnusable
from exchange.language import Text
from exchange.machine.files import lock_file

if TYPE_CHECKING:
    from filelock import FileLock


class HeldElsewhere(Exception):
    """Another process holds the file."""


class HeldFile:
    """Holds ``path`` from `take` to `release`; ended by the system if the process dies."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock: FileLock | None = None
        self._seen: tuple[int, int] | None = None

    def take(self) -> None:
        """Take the file. Raises HeldElsewhere, or FileUnusable where the file cannot be made or locked."""
        from filelock import Timeout  # brings asyncio

        lock = lock_file(self._path, thread_local=False)  # it may be given back by another thread
        try:
            lock.acquire(blocking=False)
        except Timeout:
            raise HeldElsewhere from None
        except OSError as error:
            remedy = Text(
                "make sure that {path} belongs to the user that runs this, and may be written", {"path": self._path}
            )
            raise FileUnusable(
                "{path} cannot be locked: {reason}", remedy=remedy, path=self._path, reason=error.strerror or error
            ) from error
        self.release()
        self._lock, self._seen = lock, inode(self._path)

    def is_held(self) -> bool:
        """Return whether the file of this name is still the one that was taken."""
        return self._seen is not None and inode(self._path) == self._seen

    def hold(self) -> None:
        """Take the file anew where it is no longer held. Raises as `take` does."""
        if not self.is_held():
            self.take()

    def release(self) -> None:
        """Release the file; safe to call twice."""
        if self._lock is not None:
            self._lock.release()
        self._lock = self._seen = None


def inode(path: Path | str) -> tuple[int, int] | None:
    """Return what tells a file from another of the same name; None where there is none."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino
