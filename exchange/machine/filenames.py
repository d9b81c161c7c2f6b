"""Names for files that others have named: what a sender wrote, as any file system may have it."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path

_LONGEST = 255
"""Octets of a file's name where the file system does not say."""
_ENDING = 24
"""Octets of what may be an ending; a longer one is part of the name."""
_DIGITS = 12
"""Digits of the digest that tell files of one name apart."""

_FORBIDDEN = frozenset('<>:"|?*')
"""What file systems of other makers do not take; folders are copied to them."""
_DEVICES = frozenset({"con", "prn", "aux", "nul", *(f"{kind}{n}" for kind in ("com", "lpt") for n in "123456789")})
_UNSEEN = ("Cc", "Cs", "Cn", "Zl", "Zp")
_DIRECTIONS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_DOUBLE = (".tar",)


def file_name(name: str, digest: str, longest: int = _LONGEST) -> str:
    """Return the last part of a sender's file name, which chooses no folder here; the digest where nothing is left.

    Of at most ``longest`` octets in UTF-8, with room for what `free_path` adds; its ending is kept.
    """
    last = unicodedata.normalize("NFC", name.replace("\\", "/").rpartition("/")[2].replace("\n", " "))
    shown = "".join(map(_harmless, last)).strip(". ")
    if shown.startswith("-") or shown.partition(".")[0].lower() in _DEVICES:
        shown = f"_{shown}"
    stem, ending = split(shown)
    room = longest - len(ending.encode()) - _DIGITS - 4
    return _cut(stem, room) + ending if shown else digest


def free_path(folder: Path, name: str, digest: str, is_same: Callable[[Path], bool]) -> Path:
    """Find where a file of this name goes: there, or, where another lies, under a name with its digest in it.

    Names that differ only in case or in how letters are composed count as one. ``is_same`` tells whether what lies at
    a path is that very file; an error of the system means no. Raises OSError.
    """
    longest = os.pathconf(folder, "PC_NAME_MAX") if hasattr(os, "pathconf") else _LONGEST
    taken = {_key(one): one for one in os.listdir(folder)}
    for candidate in _candidates(file_name(name, digest, min(longest, _LONGEST)), digest):
        path = folder / candidate
        present = taken.get(_key(candidate))
        if present is None or (present == candidate and _is_same(path, is_same)):
            return path
    raise AssertionError("there is always a further candidate")


def is_utf8(name: str) -> bool:
    """Return whether a name that the system gave is text, and not octets that Python could only carry along."""
    return name.isascii() or not any("\ud800" <= ch <= "\udfff" for ch in name)


def named_otherwise(path: Path) -> bool:
    """Return whether a file of this name is there, with the name written in GB18030, as from an older machine."""
    try:
        return os.path.exists(os.fsencode(path.parent) + b"/" + path.name.encode("gb18030"))
    except (OSError, ValueError):
        return False


def split(name: str) -> tuple[str, str]:
    """Split a name into what comes before its ending, and its ending: ``.pdf``, ``.tar.gz``, or nothing."""
    stem, dot, ending = name.rpartition(".")
    if not stem or len(ending.encode("utf-8", "replace")) > _ENDING or " " in ending:
        return name, ""
    for double in _DOUBLE:
        if stem.lower().endswith(double) and len(stem) > len(double):
            return stem[: -len(double)], stem[-len(double) :] + dot + ending
    return stem, dot + ending


def _candidates(name: str, digest: str) -> Iterator[str]:
    yield name
    stem, ending = split(name)
    yield f"{stem}-{digest[:_DIGITS]}{ending}"
    number = 2
    while True:
        yield f"{stem}-{digest[: _DIGITS - 4]}-{number}{ending}"
        number += 1


def _is_same(path: Path, is_same: Callable[[Path], bool]) -> bool:
    try:
        return path.is_file() and is_same(path)
    except OSError:
        return False


def _key(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def _harmless(ch: str) -> str:
    if unicodedata.category(ch) in _UNSEEN or ch in _DIRECTIONS:
        return "\ufffd"
    return "_" if ch in _FORBIDDEN else ch


def _cut(text: str, octets: int) -> str:
    return text.encode()[:octets].decode(errors="ignore").rstrip(". ")
