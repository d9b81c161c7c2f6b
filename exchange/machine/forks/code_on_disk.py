"""Whether code on disk is still what it was: a process that has imported one half must not import the other later."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path


def code_on_disk(own: Iterable[str]) -> tuple[object, ...]:
    """Return what differs as soon as a file of our ``own`` folders is another, or a library was installed or removed.

    Libraries' files are not looked at one by one: an installation changes the folder that they lie in.
    """
    files = sorted(_files(own))
    libraries = [folder for folder in sys.path if folder.endswith("-packages")]
    return (*files, *((folder, _changed(folder)) for folder in libraries))


def _files(folders: Iterable[str]) -> Iterator[tuple[str, int, int, int]]:
    for folder in folders:
        for place, below, names in os.walk(folder, followlinks=True):
            below[:] = [name for name in below if name != "__pycache__"]
            for name in names:
                path = os.path.join(place, name)
                try:
                    found = os.stat(path)
                except OSError:  # gone since; what comes in its place is noticed
                    continue
                yield path, found.st_mtime_ns, found.st_size, found.st_ino


def _changed(folder: str) -> int:
    try:
        return Path(folder).stat().st_mtime_ns
    except OSError:
        return 0
