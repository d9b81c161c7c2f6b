"""The code by which anybody verifies a licence: derived from its signed bytes, and short enough to be typed. Pure."""

from __future__ import annotations

import hashlib

SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: what is read aloud or copied by hand is not mistaken."""
LENGTH = 16
"""Signs of five bits each: eighty bits, which nobody finds by trying."""
_DOMAIN = b"yizhan-licence-code-1\n"
"""So that the code tells nothing of the digest itself."""
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})


def verification_code(digest: str) -> str:
    """Return the code of a licence of which this is the SHA-256 of its signed bytes, hexadecimal."""
    drawn = int.from_bytes(hashlib.sha256(_DOMAIN + bytes.fromhex(digest)).digest()[: LENGTH * 5 // 8], "big")
    return "".join(SIGNS[drawn >> 5 * place & 31] for place in reversed(range(LENGTH)))


def shown_code(code: str) -> str:
    """Return a code in groups, as it is printed and written down."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def typed_code(text: str) -> str:
    """Return what somebody has typed as the code that it is meant to be."""
    return "".join(text.split()).upper().translate(_READ_AS)
