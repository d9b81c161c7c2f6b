"""A ZIP that is made while it is sent: no more of it is in memory than one piece of one file."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from exchange.clock import CST

_DOS_BEGINS = 1980


@dataclass(frozen=True)
class Zipped:
    """One file of a ZIP."""

    path: str
    at: datetime
    pieces: Iterable[bytes]


class _Outgoing(io.RawIOBase):
    """What was written and not yet sent; it goes one way."""

    def __init__(self) -> None:
        self._written: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self._written.append(bytes(data))
        return len(data)

    def taken(self) -> bytes:
        """Return what was written since the last call."""
        found, self._written = b"".join(self._written), []
        return found


def zipped(files: Iterable[Zipped]) -> Iterator[bytes]:
    """Return a ZIP of files, piece by piece; they are stored as they are."""
    out = _Outgoing()
    with zipfile.ZipFile(out, "w") as package:
        for one in files:
            local = one.at.astimezone(CST)
            info = zipfile.ZipInfo(one.path, (max(local.year, _DOS_BEGINS), *local.timetuple()[1:6]))
            with package.open(info, "w") as entry:
                for piece in one.pieces:
                    entry.write(piece)
                    yield out.taken()
    yield out.taken()
