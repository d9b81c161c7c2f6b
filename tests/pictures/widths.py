"""How wide text is at most in the sans-serif fonts that browsers have: pictures must hold in all of them."""

from __future__ import annotations

import unicodedata

_WIDE, _NARROW, _USUAL, _BOLD = 1.0, 0.36, 0.64, 1.1


def width_of(text: str, size: float, *, bold: bool = False) -> float:
    """Pixels that a text takes at most (DejaVu Sans is the widest of the usual fonts)."""
    ems = sum(_ems(ch) for ch in text)
    return size * ems * (_BOLD if bold else 1)


def _ems(ch: str) -> float:
    if unicodedata.east_asian_width(ch) in "WF":
        return _WIDE
    return _NARROW if ch in " ,.;:'ijl()|" else _USUAL


def wrapped(text: str, room: float, size: float) -> list[str]:
    """The text in as few lines of at most ``room`` pixels as hold it, about equally long. Raises ValueError for a word
    that is wider."""
    widest = max((width_of(word, size) for word in text.split()), default=0)
    if widest > room:
        raise ValueError(f"a word of {text!r} has no room in {room:g} px")
    lines = _filled(text, room, size)
    while room - 1 >= widest and len(_filled(text, room - 1, size)) == len(lines):
        room -= 1
    return _filled(text, room, size)


def _filled(text: str, room: float, size: float) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        if lines and width_of(f"{lines[-1]} {word}", size) <= room:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines
