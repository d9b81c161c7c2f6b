"""Reading files that agree with each other only while nobody replaces them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from tenacity import Retrying, retry_if_exception, stop_after_delay, wait_fixed

from exchange.directory.keyfiles import FILES, in_rotation
from exchange.directory.succession import SUCCESSION
from exchange.errors import BadDirectory, BadKeys
from exchange.runtime.settings import Home

Marks = tuple[tuple[int, int] | None, ...]
"""By which files are known to have been replaced."""

Read = TypeVar("Read")

_ROTATION = 2.0
"""Seconds within which a rotation puts its three files in force; one that was broken off stays as it is."""
_PAUSE = 0.05


def marks(*paths: Path) -> Marks:
    """Return marks that differ once one of the files was replaced, made or removed."""
    return tuple(_mark(path) for path in paths)


def files_of(home: Home, address: str) -> tuple[Path, ...]:
    """Return the files that say together who a member is: the directory, its authority's successor, the keys."""
    return home.directory, home.trusted / SUCCESSION, *(home.keys(address) / name for name in FILES)


def steadily(read: Callable[[Marks], Read], look: Callable[[], Marks], keys: Path) -> Read:
    """Read, and read again where what is wrong is that files were replaced meanwhile: one old, the other new.

    ``read`` is given what ``look`` returned before it. A rotation under way in the folder ``keys`` is waited for.
    Raises BadKeys or BadDirectory for what is wrong with files that nobody replaces.
    """
    before: Marks = ()

    def attempt() -> Read:
        nonlocal before
        before = look()
        return read(before)

    def replaced(error: BaseException) -> bool:
        return isinstance(error, BadKeys | BadDirectory) and (in_rotation(keys) or look() != before)

    patient = Retrying(
        retry=retry_if_exception(replaced), stop=stop_after_delay(_ROTATION), wait=wait_fixed(_PAUSE), reraise=True
    )
    return patient(attempt)


def _mark(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_ino
