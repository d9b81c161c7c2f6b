"""Numbers and access codes as people type them: case, blanks and dashes do not matter, O is 0, I and L are 1."""

from __future__ import annotations

import re
from unicodedata import normalize

from exchange.portal.codes import ALPHABET, LENGTH

_READ_AS = str.maketrans("OIL", "011")
_BETWEEN = re.compile(r"[\s\-\u2010-\u2015\u2212\uff0d._/·]+")
_LONGEST = 200


def read_number(text: str) -> str:
    """Return a number that somebody has typed, as numbers are written: capitals, and plain dashes between groups."""
    return "-".join(_BETWEEN.split(_plain(text).strip())).strip("-")


def read_code(text: str) -> str:
    """Return the code that somebody has typed, without its dashes; empty for what can be none."""
    signs = _BETWEEN.sub("", _plain(text))
    return signs if len(signs) == LENGTH and set(signs) <= set(ALPHABET) else ""


def _plain(text: str) -> str:
    return normalize("NFKC", text[:_LONGEST]).upper().translate(_READ_AS)
