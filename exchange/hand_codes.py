"""Codes that people copy by hand or read aloud: written without what is mistaken, and read as they are meant."""

from __future__ import annotations

import re
from unicodedata import normalize

SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32."""
_READ_AS = str.maketrans("OIL", "011")
_BETWEEN = re.compile(r"[\s\-\u2010-\u2015\u2212\uff0d._/·]+")
_LONGEST = 200


def in_signs(bits: int, length: int) -> str:
    """Write the lowest bits of a number in so many signs, of five bits each."""
    return "".join(SIGNS[bits >> 5 * place & 31] for place in reversed(range(length)))


def grouped(code: str) -> str:
    """Return a code in groups of four, as it is printed and written down."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def read_signs(text: str) -> str:
    """Return the code that somebody has typed, without what stands between its signs: O is 0, I and L are 1."""
    return "".join(read_groups(text))


def read_groups(text: str) -> list[str]:
    """Return the groups of a number that somebody has typed, read in the same way."""
    plain = normalize("NFKC", text[:_LONGEST]).upper().translate(_READ_AS)
    return [group for group in _BETWEEN.split(plain) if group]
