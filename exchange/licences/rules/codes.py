"""The code by which anybody verifies a licence: derived from its signed bytes, and short enough to be typed. Pure."""

from __future__ import annotations

import hashlib

from exchange.hand_codes import in_signs

LENGTH = 16
"""Signs of five bits each: eighty bits, which nobody finds by trying."""
_DOMAIN = b"yizhan-licence-code-1\n"
"""So that the code tells nothing of the digest itself."""


def verification_code(digest: str) -> str:
    """Return the code of a licence of which this is the SHA-256 of its signed bytes, hexadecimal."""
    drawn = hashlib.sha256(_DOMAIN + bytes.fromhex(digest)).digest()[: LENGTH * 5 // 8]
    return in_signs(int.from_bytes(drawn, "big"), LENGTH)
