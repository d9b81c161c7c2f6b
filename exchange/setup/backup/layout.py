"""What of a domain's folder goes where in a backup. What nobody has thought of is sealed with the keys."""

from __future__ import annotations

import os
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path, PurePosixPath


class Portion(StrEnum):
    """What becomes of a file."""

    OPEN = "open"
    """Copied as it is: no secret."""
    SEALED = "sealed"
    """Sealed with the keys."""
    LEFT_OUT = "left-out"
    """Not kept: it is made anew, is a database, which is copied in its own way, or has a keeper of its own."""


_OPEN = frozenset(
    {"public", "tree", "calendars", "departments", "clock", "directory.cose", "freshness.cose", "audit-head.cose"}
)
_LEFT_OUT = frozenset({"node", "log", "claims", "up.json", "console.json", "directory.cose.lock"})
_OF_MEMBERS_LEFT_OUT = frozenset({"tmp", "window.json", "desk.json", "timelines.json"})
DATABASE = "store.db"
DUMP = "store.dump"
MEMBERS = "members"


def portion_of(path: PurePosixPath) -> Portion:
    """Say what becomes of a file, by its path within the domain's folder."""
    first, *rest = path.parts
    if first in _LEFT_OUT or "__pycache__" in path.parts or (first == "departments" and path.suffix == ".pyc"):
        return Portion.LEFT_OUT
    if first in _OPEN:
        return Portion.OPEN
    if first == MEMBERS and len(rest) > 1 and (rest[1] in _OF_MEMBERS_LEFT_OUT or rest[1].startswith(DATABASE)):
        return Portion.LEFT_OUT
    return Portion.SEALED


def files_of(root: Path) -> Iterator[tuple[PurePosixPath, Portion]]:
    """Yield the files of a domain's folder that are kept, in order; folders that are links are followed once."""
    seen = {root.resolve()}
    for folder, below, names in os.walk(root, followlinks=True):
        here = Path(folder)
        below[:] = [one for one in sorted(below) if _leads_on(root, here / one, seen)]
        for name in sorted(names):
            path = PurePosixPath((here / name).relative_to(root).as_posix())
            portion = portion_of(path)
            if portion is not Portion.LEFT_OUT and (here / name).is_file():
                yield path, portion


def _leads_on(root: Path, folder: Path, seen: set[Path]) -> bool:
    if portion_of(PurePosixPath((folder / "x").relative_to(root).as_posix())) is Portion.LEFT_OUT:
        return False
    real = folder.resolve()
    if real in seen:
        return False
    seen.add(real)
    return True
