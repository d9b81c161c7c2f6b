"""The layout of a ZIP, byte for byte: one file after the other, then the directory, then the end, and nothing else.

What a ZIP holds is said twice, before each file and in the directory at its end; readers differ in which they believe,
and there are fields of which most look at none. In a bundle every byte of that is given.
"""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Sequence

from exchange.errors import BadBundle

DATE = (1980, 1, 1, 0, 0, 0)
ATTRIBUTES = 0o100644 << 16
SYSTEM = 3
"""All files are dated alike, plain, and of one kind of system: else a bundle would differ by where it was made."""

_LOCAL, _CENTRAL, _END = struct.Struct("<4s5H3L2H"), struct.Struct("<4s6H3L5H2L"), struct.Struct("<4s4H2LH")
_VERSION, _FLAGS, _TIME, _DAY = 20, 0, 0, 33


def check_layout(data: bytes, entries: Sequence[zipfile.ZipInfo]) -> None:
    """Raise BadBundle unless everything but the files' own bytes is as it must be, up to the very end."""
    at, listed = 0, []
    for entry in entries:
        name = entry.filename.encode("ascii", "replace")
        sizes = (entry.CRC, entry.compress_size, entry.file_size, len(name))
        local = _LOCAL.pack(b"PK\x03\x04", _VERSION, _FLAGS, entry.compress_type, _TIME, _DAY, *sizes, 0) + name
        if data[at : at + len(local)] != local:
            raise BadBundle("what stands before a file is not as it must be: {path}", path=entry.filename)
        listed.append(_central(entry, at, name))
        at += len(local) + entry.compress_size
    directory = b"".join(listed)
    end = _END.pack(b"PK\x05\x06", 0, 0, len(entries), len(entries), len(directory), at, 0)
    if data[at:] != directory + end:
        raise BadBundle("its directory is not as it must be, or something lies before or behind it")


def _central(entry: zipfile.ZipInfo, at: int, name: bytes) -> bytes:
    made_by = SYSTEM << 8 | _VERSION
    sizes = (entry.CRC, entry.compress_size, entry.file_size, len(name))
    head = (b"PK\x01\x02", made_by, _VERSION, _FLAGS, entry.compress_type, _TIME, _DAY)
    return _CENTRAL.pack(*head, *sizes, 0, 0, 0, 0, ATTRIBUTES, at) + name
