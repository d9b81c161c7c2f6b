"""Files on this machine: written whole or not at all, kept by the owner of their folder, read without surprise.

Whatever makes a file goes through here. A power cut leaves the old file or the new one, never half of one. What root
makes in somebody's folder belongs to that somebody, so that one command run as root locks no service out.
"""

from __future__ import annotations

import errno
import json
import os
import pwd
import secrets
import shlex
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from exchange.errors import FileUnusable, OperatorError
from exchange.language import noted

if TYPE_CHECKING:
    from filelock import FileLock

PRIVATE = 0o600
"""Mode of a file for its owner only."""

_REMEDIES = {
    errno.ENOSPC: noted("make room on the disk, then do the same again"),
    errno.EDQUOT: noted("make room within the quota, then do the same again"),
    errno.EROFS: noted("the file system is mounted read-only: mount it for writing, or name another place"),
    errno.EISDIR: noted("a folder is there: name a file, or another place"),
    errno.ENOTDIR: noted("a file is where a folder is expected: name another place, or move the file away"),
    errno.EEXIST: noted("a file is where a folder is expected: name another place, or move the file away"),
    errno.ENAMETOOLONG: noted("name a shorter path"),
    errno.ENOENT: noted("nothing is there: name another place, or make the folder first"),
    errno.ENOTEMPTY: noted("something is in the folder: name a new one"),
    errno.ELOOP: noted("the path leads in a circle: name another place"),
}


def write_file(path: Path, content: bytes | str, *, mode: int = 0o644) -> None:
    """Replace a file, or make it; what is no ordinary file (``/dev/stdout``, a pipe) is written to as it is.

    The folder must exist. ``mode`` is for a new file, whatever the process's umask; one of `PRIVATE` is private however
    it was before.
    Raises FileUnusable, and the file is then as it was.
    """
    data = content.encode() if isinstance(content, str) else content
    with told(path):
        target = Path(os.path.realpath(path)) if path.is_symlink() else path
        if target.is_symlink():
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
        if target.exists() and not target.is_file() and not target.is_dir():
            with target.open("wb") as out:
                out.write(data)
            return
        _replace(target, data, mode)


def expect_place(path: Path) -> None:
    """Raise FileUnusable where no file could be made at a path; to be known before the work for what it is to hold."""
    with told(path):
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if not path.exists() or path.is_file():
            with tempfile.TemporaryFile(dir=path.parent):
                pass


def expect_new(folder: Path) -> None:
    """Raise FileUnusable where a folder is there and something is in it, or it is none."""
    with told(folder):
        if folder.exists() and any(folder.iterdir()):
            raise OSError(errno.ENOTEMPTY, os.strerror(errno.ENOTEMPTY))


def write_secret(path: Path, content: bytes | str) -> None:
    """Write a file as `write_file` does, readable by its owner only: keys, and what was confidential on its way."""
    write_file(path, content, mode=PRIVATE)


def make_folder(path: Path, mode: int = 0o755) -> None:
    """Make a folder and those above it, each its parent's owner's; one that is there stays. Raises FileUnusable.

    ``mode`` is that of each folder made, whatever the process's umask.
    """
    with told(path):
        missing = [one for one in (path, *path.parents) if not one.exists()]
        for one in reversed(missing):
            with suppress(FileExistsError):
                one.mkdir(mode=PRIVATE | 0o100)
                one.chmod(mode)
                keep_owner(one)
        if not path.is_dir():
            raise FileExistsError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(path))


def open_file(path: Path, mode: str = "wb", permissions: int = PRIVATE) -> BinaryIO:
    """Open a file that is written over time (a log, a journal, a lock). Raises OSError.

    A new one has exactly these ``permissions``, whatever the process's umask. Root follows no link in somebody else's
    folder: it would write where that somebody may not.
    """
    new = os.O_WRONLY | os.O_EXCL
    flags = {"xb": new, "wb": os.O_WRONLY | os.O_TRUNC, "ab": os.O_WRONLY | os.O_APPEND, "r+b": os.O_RDWR}[mode]
    guard = os.O_NOFOLLOW if _owner_of(path) else 0
    descriptor = _make(path, flags | guard, permissions)
    if descriptor is None and mode != "xb":
        descriptor = os.open(path, flags | os.O_CREAT | guard | os.O_CLOEXEC, permissions)
    if descriptor is None:
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
    _give(descriptor, path)
    return cast(BinaryIO, os.fdopen(descriptor, mode.replace("x", "w")))


def _make(path: Path, flags: int, permissions: int) -> int | None:
    """Makes a file with exactly these permissions, and opens it; None where one is there. Raises OSError."""
    try:
        descriptor = os.open(path, flags | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, PRIVATE)
    except FileExistsError:
        return None
    os.fchmod(descriptor, permissions)
    return descriptor


def lock_file(path: Path, timeout: float = -1, *, thread_local: bool = True) -> FileLock:
    """Make a lock across processes on a file that any process of the folder's owner may take. Raises FileUnusable."""
    from filelock import FileLock  # brings asyncio

    with told(path):
        open_file(path, "ab", 0o644).close()
    return FileLock(path, timeout=timeout, thread_local=thread_local)


def keep_owner(path: Path) -> None:
    """Give what root has just made at ``path`` to the owner of the folder it lies in. Raises OSError."""
    owner = _owner_of(path)
    if owner is not None:
        os.chown(path, *owner, follow_symlinks=False)


def keep_owner_below(folder: Path) -> None:
    """Do `keep_owner` for a folder and everything in it."""
    keep_owner(folder)
    for one in sorted(folder.rglob("*")) if os.geteuid() == 0 else ():
        keep_owner(one)


def let_nobody_else_write(folder: Path) -> None:
    """Take from everybody but the owner the right to write to a folder and everything in it: what lies there is run."""
    for one in (folder, *folder.rglob("*")):
        if not one.is_symlink():
            one.chmod(stat.S_IMODE(one.stat().st_mode) & ~0o022)


def read_json(path: Path) -> dict[str, Any] | None:
    """Read a note of ours that can be made anew; None where there is none, or it is empty or garbled."""
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Turn what the system says of a file into an error with its remedy. Raises FileUnusable."""
    try:
        yield
    except OSError as error:
        raise unusable(error, path) from error
    except ValueError as error:  # a null character, or one that no file name can hold
        raise FileUnusable("{path!r}: {error}", remedy="name another place", path=str(path), error=error) from error


def unusable(error: OSError, path: Path) -> FileUnusable:
    """Return an error with what the system said, and the remedy."""
    remedy = _REMEDIES.get(error.errno or 0, "")
    if error.errno in (errno.EACCES, errno.EPERM):
        remedy = _as_owner(path)
    return FileUnusable("{path}: {reason}", remedy=remedy, path=path, reason=error.strerror or error)


def refuse_foreign(folder: Path, words: str) -> None:
    """Keep root from running for long in somebody else's folder: what is written meanwhile would become root's.

    ``words`` are the command that the owner is to give. Raises OperatorError; a folder to be made is its parent's.
    """
    there = next(one for one in (folder.absolute(), *folder.absolute().parents) if one.exists())
    owner = _owner_of(there / "x")
    if owner is None:
        return
    raise OperatorError(
        "{folder} belongs to {owner}, and what root runs there for long would make files that {owner} cannot write",
        remedy="run it as its owner: sudo -u {account} {words}",
        folder=there,
        owner=_user(owner[0]),
        account=shlex.quote(_name(owner[0]) or f"#{owner[0]}"),
        words=words,
    )


def _as_owner(path: Path) -> str:
    for one in (path, *path.absolute().parents):
        with suppress(OSError):
            return f"{one} belongs to {_user(one.stat().st_uid)}: run the command as that user, or name another place"
    return "run the command as a user who may write there, or name another place"


def _user(uid: int) -> str:
    return _name(uid) or f"user {uid}"


def _name(uid: int) -> str:
    """The account's name; empty where it has none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return ""


def _owner_of(path: Path) -> tuple[int, int] | None:
    """The user and group of the folder around, where they are to be kept: only root can, and root's own stay."""
    if os.geteuid() != 0:
        return None
    found = path.absolute().parent.stat()
    return (found.st_uid, found.st_gid) if found.st_uid != 0 else None


def _give(descriptor: int, path: Path) -> None:
    owner = _owner_of(path)
    if owner is not None:
        os.fchown(descriptor, *owner)


def _replace(target: Path, data: bytes, mode: int) -> None:
    temporary = target.parent / f".{secrets.token_hex(8)}.new"
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, PRIVATE)
        with os.fdopen(descriptor, "wb") as file:
            _give(descriptor, target)
            kept = mode != PRIVATE and target.is_file()
            os.fchmod(descriptor, stat.S_IMODE(target.stat().st_mode) if kept else mode)
            file.write(data)
            file.flush()
            os.fsync(descriptor)
        temporary.replace(target)
    except BaseException:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
    _make_durable(target.parent)


def _make_durable(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with suppress(OSError):  # some file systems know nothing of it
            os.fsync(descriptor)
    finally:
        os.close(descriptor)
