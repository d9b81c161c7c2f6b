"""Reads a bundle that comes from anybody: within bounds, each file once, and exactly those that its index names."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from exchange.envelope.strict import read_model
from exchange.errors import BadBundle, Malformed
from exchange.evidence.bundle.contents import (
    INDEX,
    LARGEST_FILE,
    LARGEST_WHOLE,
    MOST_FILES,
    PATH,
    BundleContents,
    BundleFile,
)
from exchange.evidence.bundle.layout import check_layout

_PATH = re.compile(PATH, re.ASCII)
_INDEX_LIMIT = 32 * 1024 * 1024
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})


@dataclass(frozen=True)
class BundleFault:
    """A file that is not what the index says."""

    path: str
    missing: bool
    """Not there; else it is there, and other bytes."""


@dataclass(frozen=True)
class Bundle:
    """A bundle as it was read; nothing in it is verified yet."""

    contents: BundleContents
    files: Mapping[str, bytes] = field(repr=False)
    """Those whose bytes are what the index says, by path."""
    faults: tuple[BundleFault, ...] = ()

    def under(self, folder: str) -> Iterator[tuple[str, bytes]]:
        """Yield the files of a folder, by the rest of their path, in order."""
        start = f"{folder}/"
        for path in sorted(self.files):
            if path.startswith(start):
                yield path.removeprefix(start), self.files[path]


def read_bundle(data: bytes) -> Bundle:
    """Read a bundle. Raises BadBundle for what is none, or would be read otherwise by others.

    A file that is missing or was swapped is among its faults; the rest of it may still prove something.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except Exception as error:  # hostile input: whatever the reader of ZIPs makes of it, it is none of ours
        raise BadBundle("the file is no ZIP") from error
    with archive:
        entries = archive.infolist()
        _check_entries(entries)
        check_layout(data, entries)
        contents = _index(archive, entries)
        present = {entry.filename: entry for entry in entries[1:]}
        _refuse_strangers(present, contents)
        files, faults = {}, []
        for listed in contents.files:
            found = _found(archive, present.get(listed.path), listed)
            if isinstance(found, bytes):
                files[listed.path] = found
            else:
                faults.append(found)
    return Bundle(contents, files, tuple(faults))


def _check_entries(entries: list[zipfile.ZipInfo]) -> None:
    if not entries or entries[0].filename != INDEX:
        raise BadBundle("it does not begin with {name}", name=INDEX)
    if len(entries) > MOST_FILES + 1:
        raise BadBundle("{count:,} files, at most {most:,} are taken", count=len(entries), most=MOST_FILES)
    seen: set[str] = set()
    for entry in entries:
        if _PATH.fullmatch(entry.orig_filename) is None or ".." in entry.orig_filename:
            raise BadBundle("a file has a name that is not taken")
        if entry.filename.lower() in seen:
            raise BadBundle("a file is in it twice: {path}", path=entry.filename)
        seen.add(entry.filename.lower())
        if entry.compress_type not in _METHODS or entry.file_size > LARGEST_FILE:
            raise BadBundle("a file is too large, or packed as is not taken: {path}", path=entry.filename)
    if sum(entry.file_size for entry in entries) > LARGEST_WHOLE + _INDEX_LIMIT:
        raise BadBundle("it unpacks to more than {most:,} bytes", most=LARGEST_WHOLE)


def _index(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> BundleContents:
    if entries[0].file_size > _INDEX_LIMIT:
        raise BadBundle("its index is too long")
    data = _unpacked(archive, entries[0])
    if data is None:
        raise BadBundle("its index cannot be unpacked")
    try:
        return read_model(BundleContents, data, INDEX)
    except Malformed as error:
        raise BadBundle("its index does not hold: {error}", error=error.text) from error


def _refuse_strangers(present: Mapping[str, zipfile.ZipInfo], contents: BundleContents) -> None:
    listed = {one.path for one in contents.files}
    stranger = next((path for path in present if path not in listed), None)
    if stranger is not None:
        raise BadBundle("a file is in it that its index does not name: {path}", path=stranger)


def _found(archive: zipfile.ZipFile, entry: zipfile.ZipInfo | None, listed: BundleFile) -> bytes | BundleFault:
    if entry is None:
        return BundleFault(listed.path, missing=True)
    data = _unpacked(archive, entry) if entry.file_size == listed.size else None
    if data is None or hashlib.sha256(data).hexdigest() != listed.sha256:
        return BundleFault(listed.path, missing=False)
    return data


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes | None:
    """The bytes of a file, never more than it says; None where they are not what the ZIP itself says."""
    try:
        with archive.open(entry) as stream:
            data = stream.read(entry.file_size + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError):
        return None  # what does not unpack to what it says is not there
    return data if len(data) == entry.file_size else None
