"""A plain path to a folder whose own name RabbitMQ and Erlang cannot take: a link in a folder of this user's only.

Shell scripts and Erlang's command line read spaces, quotes and letters beyond ASCII in paths as something else. The
name of the link is made from the path, so that it is the same at every start. Temporary folders are tidied up by the
system; the node's keeper makes a link that is gone again (`broker/keeper`).
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from exchange.errors import OperatorError

_PLAIN = re.compile(r"/(?:[A-Za-z0-9_][A-Za-z0-9._-]*/)*[A-Za-z0-9._-]+", re.ASCII)
_LONGEST = 150
"""Octets of a path that is handed on as it is: RabbitMQ adds to it, and limits of its parts differ."""
_PLACES = ("/var/tmp", "/tmp", "/dev/shm")  # noqa: S108 -- a folder of one's own is made there, see _own_folder


def plain_path(folder: Path) -> Path:
    """Return the folder itself where its path is plain; else a link to it, made here. Raises OperatorError."""
    if is_plain(folder):
        return folder
    name = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    for place in _places():
        with suppress(OSError):
            link = _own_folder(place) / name
            point(link, folder)
            return link
    places = ", ".join(map(str, _places()))
    raise OperatorError(
        "RabbitMQ cannot be started in {folder}: its path is too long or has characters that "
        "RabbitMQ does not take, and no link to it can be made in {places}",
        remedy="make one of these writable for this user, or set EXCHANGE_HOME to a folder with a short, plain path",
        folder=folder,
        places=places,
    )


def drop_link(folder: Path) -> None:
    """Remove the link to a folder, where there is one."""
    name = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    for place in _places():
        for link in place.glob(f"yizhan-{os.geteuid()}*/{name}"):
            with suppress(OSError):
                link.unlink()
                link.parent.rmdir()  # unless another node has its link there


def is_plain(folder: Path) -> bool:
    """Return whether every program that a node consists of takes the path as it is."""
    return len(str(folder)) <= _LONGEST and _PLAIN.fullmatch(str(folder)) is not None


def point(link: Path, folder: Path) -> None:
    """Make ``link`` lead to ``folder``, whatever it led to before. Raises OSError."""
    with suppress(OSError):
        if os.readlink(link) == str(folder):
            return
    with suppress(FileNotFoundError):
        link.unlink()
    link.symlink_to(folder)


def _places() -> Iterable[Path]:
    return [place for place in map(Path, _PLACES) if place.is_dir()]


def _own_folder(place: Path) -> Path:
    """A folder that nobody else can write; one of somebody else's under its name is not used. Raises OSError."""
    uid = os.geteuid()
    for suffix in ("", *(f"-{number}" for number in range(1, 10))):
        folder = place / f"yizhan-{uid}{suffix}"
        with suppress(FileExistsError):
            folder.mkdir(mode=0o700)
        found = folder.lstat()
        if stat.S_ISDIR(found.st_mode) and found.st_uid == uid and not found.st_mode & 0o022:
            return folder
    raise FileExistsError(str(place))
