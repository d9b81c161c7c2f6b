"""Landlock: a process gives up all files but some, which it may read or write (landlock(7)); from Linux 5.13 on.

A right holds for the files that are there and, below a folder, for all that will be: a file that is replaced by
another of its name is reached by its folder's right only.
"""

from __future__ import annotations

import ctypes
import errno
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from exchange.machine.confinement.kernel import call, give_up_privileges

_CREATE, _ADD, _RESTRICT = 444, 445, 446
"""Numbers of the system calls, the same on every architecture."""

_VERSION = 1
_BENEATH = 1
_EXECUTE, _READ_FILE, _READ_FOLDER = 1 << 0, 1 << 2, 1 << 3
_WRITE_FILE, _REMOVE_FOLDER, _REMOVE_FILE, _MAKE_FOLDER, _MAKE_FILE = 1 << 1, 1 << 4, 1 << 5, 1 << 7, 1 << 8
_MOVE, _TRUNCATE, _CONTROL_DEVICE = 1 << 13, 1 << 14, 1 << 15
_OF_A_FILE = _EXECUTE | _READ_FILE | _WRITE_FILE | _TRUNCATE | _CONTROL_DEVICE
_TO_READ = _EXECUTE | _READ_FILE | _READ_FOLDER
_TO_WRITE = (
    _READ_FILE | _READ_FOLDER | _WRITE_FILE | _REMOVE_FOLDER | _REMOVE_FILE | _MAKE_FOLDER | _MAKE_FILE
    | _MOVE | _TRUNCATE | _CONTROL_DEVICE
)  # fmt: skip
"""What is written is not executed, and no link, socket or device is made."""
_RIGHTS_BY_VERSION = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 5: (1 << 16) - 1}
_TCP = 0b11
_SOCKETS, _SIGNALS = 0b01, 0b10
"""Abstract sockets and signals, to processes outside."""


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("network", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _layout_ = "ms"
    _fields_ = (("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32))


def version() -> int:
    """Return what this kernel offers of Landlock: its version. Raises OSError where it offers none."""
    return call(_CREATE, None, ctypes.c_size_t(0), ctypes.c_uint32(_VERSION))


def allow(
    readable: Iterable[Path], writable: Iterable[Path] = (), *, network: bool = False, signals: bool = False
) -> None:
    """Give up every use of files but reading those at ``readable`` and below, and writing those at ``writable``.

    Paths that are not there are passed over. Without ``network`` no TCP is left either, and without ``signals`` none of
    these to processes but those that it starts from now on, where the kernel can do that. It holds for the thread that
    calls it and what that starts. Raises OSError where this kernel cannot do it.
    """
    offered = version()
    files = _RIGHTS_BY_VERSION[max(known for known in _RIGHTS_BY_VERSION if known <= offered)]
    scopes = (_SOCKETS if signals else _SOCKETS | _SIGNALS) if offered >= 6 else 0
    with _restricting(_Ruleset(files, _TCP if offered >= 4 and not network else 0, scopes), offered) as ruleset:
        for paths, rights in ((readable, _TO_READ), (writable, _TO_WRITE)):
            for path in paths:
                _allow(ruleset, path, rights & files)


def keep_signals() -> None:
    """Give up signals to all processes but those that this one starts from now on, and nothing else.

    Raises OSError where this kernel cannot do it.
    """
    offered = version()
    if offered < 6:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    with _restricting(_Ruleset(0, 0, _SIGNALS), offered):
        pass


@contextmanager
def _restricting(wanted: _Ruleset, offered: int) -> Iterator[int]:
    """What is wanted holds from the end of the block on, with the exceptions that it makes."""
    size = 24 if offered >= 6 else 16 if offered >= 4 else 8
    ruleset = call(_CREATE, ctypes.byref(wanted), ctypes.c_size_t(size), ctypes.c_uint32(0))
    try:
        yield ruleset
        give_up_privileges()
        call(_RESTRICT, ctypes.c_int(ruleset), ctypes.c_uint32(0))
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: Path, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        rule = _Beneath(rights if path.is_dir() else rights & _OF_A_FILE, place)
        call(_ADD, ctypes.c_int(ruleset), ctypes.c_int(_BENEATH), ctypes.byref(rule), ctypes.c_uint32(0))
    except OSError as error:
        if error.errno != errno.EBADFD:  # a pipe or the like, which no right is needed for
            raise
    finally:
        os.close(place)
