"""Text files that people write: UTF-8, with or without a byte order mark; what is something else is told what it is."""

from __future__ import annotations

import codecs
from pathlib import Path

from exchange.errors import BadConfiguration

LARGEST = 2_000_000
"""Octets of a text file; the largest document needs less than half of it."""

_MARKS = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)


def read_text(path: Path, at_most: int = LARGEST, kind: str = "text") -> str:
    """Return the text of a file, its line ends made ``\\n``.

    Raises BadConfiguration for what cannot be read, is larger than ``at_most`` octets, or not UTF-8.
    """
    try:
        with path.open("rb") as file:
            data = file.read(at_most + 1)
    except (OSError, ValueError) as error:  # ValueError: a path that no file can have
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise BadConfiguration(
            "{path}:1: {reason}", remedy="name a readable {kind} file", path=path, reason=reason, kind=kind
        ) from error
    if len(data) > at_most:
        raise BadConfiguration(
            "{path}:1: it has more than {at_most:,} bytes",
            remedy="split it, or name the right file",
            path=path,
            at_most=at_most,
        )
    return decoded(data, str(path)).replace("\r\n", "\n").replace("\r", "\n")


def decoded(data: bytes, name: str) -> str:
    """Decode octets as text. Raises BadConfiguration naming the encoding they seem to be in, and how to change it."""
    try:
        if not (encoding := _wide(data)):
            return data.decode().removeprefix("\ufeff")
        line = 1
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        encoding = "GB18030" if _is(data, "gb18030") else ""
    seems = f"; it seems to be {encoding}" if encoding else ""
    how = f"; for example: iconv -f {encoding} -t UTF-8 FILE > NEW" if encoding else ""
    raise BadConfiguration(
        "{name}:{line}: not UTF-8 text{seems}",
        remedy="save the file as UTF-8 (另存为 → 编码 UTF-8){how}",
        name=name,
        line=line,
        seems=seems,
        how=how,
    )


def _wide(data: bytes) -> str:
    """The encoding of text whose characters have two or four octets; empty for all other."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return encoding
    zeros = data[:200].count(0)
    return ("UTF-16BE" if data[:1] == b"\0" else "UTF-16LE") if zeros * 3 > len(data[:200]) else ""


def _is(data: bytes, encoding: str) -> bool:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return any("\u4e00" <= ch <= "\u9fff" for ch in text)
