"""What is public of a domain lies in a folder of its own, apart from all secrets.

A process can be kept to folders, not to names: a file that is replaced by another of its name is reached by the right
to its folder only. So the files that members read while they are served, and that others replace meanwhile, lie in
`public/`. Whoever has the right to makes it so, any number of times; each step leaves a folder that works.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from exchange.directory.succession import CERTIFICATE, FORMER, SUCCESSION
from exchange.machine.files import lock_file, make_folder, told, write_file
from exchange.runtime.settings import Home

_FILES = ("directory.cose", "freshness.cose", "audit-head.cose")
_PAPERS = ((FORMER, "*.der"), (SUCCESSION, "*.cose"))


def set_apart(home: Home) -> None:
    """Do `set_apart_held` while nobody else changes directory or authority. Raises FileUnusable."""
    with lock_file(home.directory_lock):
        set_apart_held(home)


def set_apart_held(home: Home) -> None:
    """Lay what is public of a domain in the folder for it, where it does not lie there; for who holds the lock.

    Files of earlier releases are moved there, and the authority's certificates and papers copied. Raises FileUnusable.
    """
    for folder in (home.public, home.tree, home.calendars):
        make_folder(folder)
    for name in _FILES:
        beside = home.root / name
        if beside.is_file():
            with told(beside):
                os.replace(beside, home.public / name)
    _copy_authority(home)


def is_set_apart(home: Home) -> bool:
    """Return whether a member's process finds all that is public without looking anywhere else."""
    if any((home.root / name).exists() for name in _FILES):
        return False
    folders = (home.public, home.tree, home.calendars)
    return all(one.is_dir() for one in folders) and not list(_differing(home)) and _certificate(home).is_file()


def _copy_authority(home: Home) -> None:
    if not (home.authority / CERTIFICATE).is_file():  # kept elsewhere: what was copied before stays
        return
    for folder, _ in _PAPERS:
        make_folder(_copies(home) / folder)
    for path in list(_differing(home)):
        source = home.authority / path.relative_to(_copies(home))
        with told(path):
            if source.is_file():
                write_file(path, source.read_bytes())
            else:
                path.unlink(missing_ok=True)


def _differing(home: Home) -> Iterator[Path]:
    """The copies that are not what they are copied from, those of papers first: who trusts one finds its successor."""
    if not os.access(home.authority / CERTIFICATE, os.R_OK):
        return
    copies = _copies(home)
    for folder, pattern in _PAPERS:
        names = {path.name for place in (home.authority, copies) for path in (place / folder).glob(pattern)}
        for name in sorted(names):
            if _content(home.authority / folder / name) != _content(copies / folder / name):
                yield copies / folder / name
    if _content(home.authority / CERTIFICATE) != _content(_certificate(home)):
        yield _certificate(home)


def _copies(home: Home) -> Path:
    return home.public / "authority"


def _certificate(home: Home) -> Path:
    return _copies(home) / CERTIFICATE


def _content(path: Path) -> bytes | None:
    with suppress(OSError):
        return path.read_bytes()
    return None
