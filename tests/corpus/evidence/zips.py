"""ZIPs that are made to harm whoever reads them: each is no bundle, and is refused before it is unpacked."""

from __future__ import annotations

import io
import struct
import warnings
import zipfile
from collections.abc import Callable

from exchange.evidence.bundle.contents import INDEX, LARGEST_FILE
from exchange.evidence.bundle.layout import ATTRIBUTES, DATE, SYSTEM
from tests.corpus.evidence.town import PaperTown, good


def packed(change: Callable[[bytes], bytes]) -> Callable[[], PaperTown]:
    """The good bundle, packed by somebody else."""

    def make() -> PaperTown:
        town = good()
        town.pack = change
        return town

    return make


def with_file(path: str, data: bytes = b"x", times: int = 1) -> Callable[[bytes], bytes]:
    """A file more, under a name that the ZIP gives it."""

    def change(bundle: bytes) -> bytes:
        with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
            files = [(name, archive.read(name)) for name in archive.namelist()]
        return _zip([*files, *[(path, data)] * times])

    return change


def bomb(bundle: bytes) -> bytes:
    """A file of more bytes than are taken, packed into a thousandth."""
    return with_file("documents/bomb", bytes(LARGEST_FILE + 1))(bundle)


def many_bombs(bundle: bytes) -> bytes:
    """Files that claim, each by itself, what may be, and together more than may be."""
    for n in range(17):
        bundle = with_file(f"documents/bomb{n}")(bundle)
    return _claiming(bundle, LARGEST_FILE, "documents/bomb")


def more_than_claimed(bundle: bytes) -> bytes:
    """The index claims ten bytes, and unpacks to what it is."""
    return _claiming(bundle, 10)


def four_gigabytes(bundle: bytes) -> bytes:
    """A file claims four gigabytes, as much as a size can say."""
    return _claiming(bundle, 0xFFFFFFFF)


def second_directory(bundle: bytes) -> bytes:
    """Another ZIP lies before it: readers differ in which they see."""
    return _zip([(INDEX, b"{}")]) + bundle


def comment(bundle: bytes) -> bytes:
    """Something lies behind it, as its comment."""
    return bundle[:-2] + struct.pack("<H", 5) + b"hello"


def _zip(files: list[tuple[str, bytes]]) -> bytes:
    out = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore")
        for path, data in files:
            entry = zipfile.ZipInfo(path, DATE)
            entry.create_system, entry.external_attr, entry.compress_type = SYSTEM, ATTRIBUTES, zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return out.getvalue()


def _claiming(bundle: bytes, size: int, named: str = INDEX) -> bytes:
    """Files whose names begin so claim this size, before themselves and in the directory."""
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        entries, directory = archive.infolist(), archive.start_dir
    changed = bytearray(bundle)
    for one in entries:
        length = len(one.filename)
        if one.filename.startswith(named):
            struct.pack_into("<L", changed, one.header_offset + 22, size)
            struct.pack_into("<L", changed, directory + 24, size)
        directory += 46 + length
    return bytes(changed)
