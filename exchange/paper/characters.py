"""Texts of strangers as they may stand on a paper: every sign is seen, in one direction, within the margins. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_ZERO_WIDTH_SPACE = "\u200b"
_UNSEEN_OK = frozenset("\u200c\u200d")
"""Joiners, which scripts and emoji need."""
_LONG_RUN = re.compile(r"[!-~\u00a1-\u1fff]{25,}")
"""Signs between which no line would be broken."""
_PIECE = 24
_SHOWN_BY_NUMBER = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
"""What has no look of its own: controls, reversals of direction, private and unassigned signs."""


def printable(text: str) -> str:
    """Return a text of one line as it is drawn: what nobody would see is written by its number."""
    seen = "".join(_seen(one) for one in text.replace("\t", " ").replace("\r", ""))
    return _LONG_RUN.sub(_broken, seen)


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a text as they are drawn, without empty ones."""
    lines = (printable(line).strip() for line in re.split(r"\r\n|[\n\r\u0085\u2028\u2029\f\v]", text))
    return [line for line in lines if line]


def by_number(text: str, lacking: Iterable[str]) -> str:
    """Return a text in which the signs that no font has are written by their numbers."""
    return text.translate({ord(one): numbered(one) for one in lacking})


def numbered(sign: str) -> str:
    """Write a sign by its number in Unicode."""
    return f"〔U+{ord(sign):04X}〕"


def _seen(sign: str) -> str:
    if sign in _UNSEEN_OK or unicodedata.category(sign) not in _SHOWN_BY_NUMBER:
        return sign
    return numbered(sign)


def _broken(run: re.Match[str]) -> str:
    text = run[0]
    return _ZERO_WIDTH_SPACE.join(text[at : at + _PIECE] for at in range(0, len(text), _PIECE))
