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
    if encoding := wide_encoding(data):
        raise not_text(name, 1, encoding)
    try:
        return data.decode().removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise not_text(name, data.count(b"\n", 0, error.start) + 1, "", data) from None


def not_text(name: str, line: int, encoding: str = "", sample: bytes = b"") -> BadConfiguration:
    """Return the error for what is not UTF-8 from a line on: in which encoding it seems to be, and how to change it.

    ``sample``: whole lines of it, to tell by where ``encoding`` is empty.
    """
    encoding = encoding or ("GB18030" if _is(sample, "gb18030") else "")
    seems = f"; it seems to be {encoding}" if encoding else ""
    how = f"; for example: iconv -f {encoding} -t UTF-8 FILE > NEW" if encoding else ""
    return BadConfiguration(
        "{name}:{line}: not UTF-8 text{seems}",
        remedy="save the file as UTF-8 (另存为 → 编码 UTF-8){how}",
        name=name,
        line=line,
        seems=seems,
        how=how,
    )


def wide_encoding(data: bytes) -> str:
    """Return the encoding of text whose characters have two or four octets; empty for all other."""
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
