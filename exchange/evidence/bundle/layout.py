"""The layout of a ZIP, read by itself: one file after the other, then the directory, then the end, and nothing else.

What a ZIP holds is said twice, before each file and in the directory at its end; readers differ in which they believe.
Here both must say the same, and no byte may lie where none of them reaches.
"""

from __future__ import annotations

import struct
import zipfile

from exchange.errors import BadBundle

_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_LOCAL_MARK, _END_MARK = b"PK\x03\x04", b"PK\x05\x06"
_PLAIN_FLAGS = 0
"""No encryption, no sizes that come after the data, no other character set."""


def check_layout(data: bytes, entries: list[zipfile.ZipInfo]) -> None:
    """Raise BadBundle unless the files follow each other without a gap, as the directory says, up to the very end."""
    if len(data) < _END.size or data[-_END.size : -_END.size + 4] != _END_MARK:
        raise BadBundle("the file is no ZIP that ends where it says, or something follows it")
    _, disk, first_disk, here, count, size, start, comment = _END.unpack_from(data, len(data) - _END.size)
    if disk or first_disk or comment or here != count or count != len(entries):
        raise BadBundle("its directory says another number of files than it has, or has a comment")
    if start + size + _END.size != len(data):
        raise BadBundle("bytes lie between its directory and its end")
    at = 0
    for entry in entries:
        at = _check_file(data, at, entry)
    if at != start:
        raise BadBundle("bytes lie between its files and its directory")
    if size != sum(_CENTRAL.size + len(entry.filename) for entry in entries):
        raise BadBundle("its directory says more than it may")


def _check_file(data: bytes, at: int, entry: zipfile.ZipInfo) -> int:
    """Return where the file ends that begins there."""
    name = entry.filename.encode("ascii", "replace")
    if entry.header_offset != at or at + _LOCAL.size > len(data):
        raise BadBundle("its files do not follow each other: {path}", path=entry.filename)
    mark, _, flags, method, _, _, crc, packed, size, length, extra = _LOCAL.unpack_from(data, at)
    said = (_LOCAL_MARK, _PLAIN_FLAGS, entry.compress_type, entry.CRC, entry.compress_size, entry.file_size, 0)
    if (mark, flags, method, crc, packed, size, extra) != said or entry.flag_bits != _PLAIN_FLAGS:
        raise BadBundle("what stands before a file is not what the directory says: {path}", path=entry.filename)
    begin = at + _LOCAL.size
    if data[begin : begin + length] != name or entry.extra or entry.comment:
        raise BadBundle("what stands before a file is not what the directory says: {path}", path=entry.filename)
    return int(begin + length + packed)
