"""Files that are under way: what has come of each lies in the portal's own folder until it is whole, a day at most.

Where a file stands is how long it is on disk, so that nothing else has to be kept right when a process dies. Names are
derived from the draft and the file's digest: whoever sends the same file goes on where it stopped, from any page.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from io import FileIO
from pathlib import Path

from pydantic import ValidationError

from exchange.errors import BadFile, Conflict, NotFound, TooManyRequests
from exchange.machine.files import make_folder, open_file, unusable, write_file
from exchange.portal.records import DraftFile
from exchange.portal.uploads.limits import PARTIAL_ALL, PARTIAL_FILES, PARTIAL_KEPT, PARTIAL_MOST
from exchange.schemas import Wire

_FOLDER = "partial"


class Announced(Wire):
    """A file that is to come, as its sender describes it."""

    number: str
    """Of the draft."""
    material: str
    name: str
    """As it is kept, not as it was sent."""
    size: int
    digest: str
    """SHA-256, hexadecimal."""

    @property
    def key(self) -> str:
        """Its name in addresses and on disk: the same for the same file of the same draft."""
        return key_of(self.number, self.material, self.name, self.digest)


def key_of(number: str, material: str, name: str, digest: str) -> str:
    """Return the key of a file of a draft."""
    return hashlib.sha256("\n".join((number, material, digest, name)).encode()).hexdigest()[:32]


def key_of_file(number: str, file: DraftFile) -> str:
    """Return under which key a file of a draft has come, if it came in parts."""
    return key_of(number, file.material, file.name, file.digest)


@dataclass(frozen=True)
class PartialFile:
    """A file that is under way."""

    announced: Announced
    path: Path

    @property
    def offset(self) -> int:
        """How many octets have come."""
        return self.path.stat().st_size

    @property
    def percent(self) -> int:
        """How much of it has come."""
        with suppress(FileNotFoundError):
            return self.offset * 100 // self.announced.size
        return 100

    @property
    def until(self) -> datetime:
        """When it is deleted unless more of it comes."""
        return datetime.fromtimestamp(self.path.stat().st_mtime).astimezone() + PARTIAL_KEPT

    @contextmanager
    def alone(self, offset: int) -> Iterator[FileIO]:
        """Open it for writing on at its end, and keep everybody else away.

        Raises Conflict where somebody is at it or it stands elsewhere, NotFound where it is gone, or FileUnusable.
        """
        try:
            with os.fdopen(os.open(self.path, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC), "r+b", buffering=0) as file:
                self._lock(file)
                here = file.seek(0, os.SEEK_END)
                if here != offset:
                    raise Conflict(
                        "the file goes on at {here:,}, not at {offset:,}",
                        remedy="ask how much has come, and go on from there",
                        here=here,
                        offset=offset,
                    )
                yield file
        except FileNotFoundError:
            raise _gone() from None
        except OSError as error:
            raise unusable(error, self.path) from error

    def _lock(self, file: FileIO) -> None:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Conflict(
                "the file is being sent from somewhere else at this moment",
                remedy="wait a moment, ask how much has come, and go on from there",
            ) from None
        if not os.path.samestat(os.fstat(file.fileno()), self.path.stat()):
            raise _gone()

    def drop(self) -> None:
        """Delete it; one that is gone is no fault."""
        self.path.unlink(missing_ok=True)
        _described(self.path).unlink(missing_ok=True)


class PartialUploads:
    """All files that are under way at a portal."""

    def __init__(self, uploads: Path) -> None:
        """``uploads`` is the portal's own folder for what is under way."""
        self._root = uploads / _FOLDER

    def begin(self, announced: Announced, now: datetime) -> PartialFile:
        """Return the file that is under way, a new one where there is none.

        Raises BadFile or TooManyRequests where so much is under way that there is no place for it, or FileUnusable.
        """
        folder = self._folder(announced.number)
        make_folder(folder, 0o700)
        with self._alone(self._root / "lock"):
            found = self.find(announced.number, announced.key)
            if found is not None:
                return found
            self._sweep(now)
            self._expect_room(announced)
            make_folder(folder, 0o700)
            path = folder / f"{announced.key}.{announced.size}.part"
            write_file(_described(path), announced.model_dump_json(), mode=0o600)
            open_file(path, "xb").close()
        return PartialFile(announced, path)

    def find(self, number: str, key: str) -> PartialFile | None:
        """Return a file that is under way; None where there is none."""
        return next((one for one in self.of(number) if one.announced.key == key), None)

    def of(self, number: str) -> list[PartialFile]:
        """Return the files of a draft that are under way."""
        return [one for path in sorted(self._folder(number).glob("*.part")) if (one := _read(path)) is not None]

    def numbers(self) -> set[str]:
        """Return the drafts for which files are under way."""
        return {one.announced.number for path in self._root.glob("*/*.part") if (one := _read(path)) is not None}

    def end(self, number: str) -> int:
        """Delete what is under way for a draft; returns how many files that were."""
        folder, ended = self._folder(number), 0
        if folder.is_dir():
            ended = len(list(folder.glob("*.part")))
            _remove(folder)
        return ended

    @contextmanager
    def joining(self, number: str) -> Iterator[None]:
        """Let one file at a time join a draft, so that none joins twice."""
        make_folder(self._folder(number), 0o700)
        with self._alone(self._folder(number) / "lock"):
            yield

    def sweep(self, now: datetime) -> int:
        """Delete what has been under way for too long; returns how many files that were."""
        if not self._root.is_dir():
            return 0
        with self._alone(self._root / "lock"):
            return self._sweep(now)

    def _sweep(self, now: datetime) -> int:
        before, gone = (now - PARTIAL_KEPT).timestamp(), 0
        for path in self._root.glob("*/*.part"):
            with suppress(FileNotFoundError):
                if path.stat().st_mtime < before:
                    path.unlink()
                    _described(path).unlink(missing_ok=True)
                    gone += 1
        for folder in self._root.glob("*/"):
            if not any(folder.glob("*.part")) and folder.stat().st_mtime < before:
                _remove(folder)
        return gone

    def _expect_room(self, announced: Announced) -> None:
        own = len(list(self._folder(announced.number).glob("*.part")))
        if own >= PARTIAL_MOST:
            raise BadFile(
                "{most} files of this application are under way already",
                remedy="let one of them come to its end, or remove it",
                most=PARTIAL_MOST,
            )
        sizes = [int(path.name.split(".")[1]) for path in self._root.glob("*/*.part")]
        if len(sizes) >= PARTIAL_FILES or sum(sizes) + announced.size > PARTIAL_ALL:
            raise TooManyRequests(
                "too many files are under way at the moment",
                remedy="try again in some minutes; what has been saved stays saved",
            )

    def _folder(self, number: str) -> Path:
        return self._root / hashlib.sha256(number.encode()).hexdigest()[:32]

    @contextmanager
    def _alone(self, lock: Path) -> Iterator[None]:
        try:
            with open_file(lock) as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                yield
        except OSError as error:
            raise unusable(error, Path(os.fsdecode(error.filename or lock))) from error


def _remove(folder: Path) -> None:
    """Delete a draft's folder; it stays where a file was begun in it in this moment."""
    for path in folder.iterdir():
        path.unlink(missing_ok=True)
    with suppress(OSError):
        folder.rmdir()


def _gone() -> NotFound:
    return NotFound("this file is not under way", remedy="look whether it is there; if it is not, choose it again")


def _described(path: Path) -> Path:
    """Where it is written down what a file is."""
    return path.with_name(f"{path.name.split('.')[0]}.json")


def _read(path: Path) -> PartialFile | None:
    """A file under way; None for one that was broken off while it was begun."""
    try:
        announced = Announced.model_validate_json(_described(path).read_bytes())
    except (FileNotFoundError, ValidationError):
        return None
    return PartialFile(announced, path)
