"""How wide a text is about to be, and where it is broken: SVG breaks no lines by itself, and fonts differ."""

from __future__ import annotations

import re
import unicodedata

_WIDE = frozenset("WF")
_BOLD = 1.1
_NARROW = frozenset("iljtfrI.,:;'|()[] ")
_NEVER_FIRST = frozenset("，。；：、！？）》〕」』”’,.;:!?)")
_WORDS = re.compile(r"[（《〔「『(\[]*(?:[\u0021-\u024f\u2018-\u201f]+|.)\s*")
"""What is not broken: words of letters; of other scripts each sign stands alone, but for what opens before it."""


def width_of(text: str, size: float, *, bold: bool = False) -> float:
    """Return about how wide a text is in a common sans-serif font; rather too much than too little."""
    return sum(_ems(ch) for ch in text) * size * (_BOLD if bold else 1)


def _ems(ch: str) -> float:
    if unicodedata.east_asian_width(ch) in _WIDE:
        return 1.0
    if ch in _NARROW:
        return 0.34
    return 0.78 if ch.isupper() or ch in "mw%@" else 0.62


def wrapped(text: str, size: float, width: float, *, bold: bool = False) -> list[str]:
    """Break a text into lines no wider than that, but for words that are wider themselves."""
    lines = [""]
    for piece in _WORDS.findall(text):
        fits = width_of((lines[-1] + piece).rstrip(), size, bold=bold) <= width
        if fits or not lines[-1] or piece[0] in _NEVER_FIRST:
            lines[-1] += piece
        else:
            lines.append(piece)
    return [line.rstrip() for line in lines]
