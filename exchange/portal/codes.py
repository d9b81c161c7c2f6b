"""Access codes: sixty random bits that let their holder see one filing; kept nowhere but as a hash."""

from __future__ import annotations

from dataclasses import dataclass

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: what is read aloud or copied by hand is not mistaken."""
LENGTH = 12
"""Characters, of five bits each."""


@dataclass(frozen=True)
class AccessCode:
    """A code that was just made; it is shown once."""

    plain: str

    @property
    def shown(self) -> str:
        """The code in groups, as people write it down."""
        return "-".join(self.plain[at : at + 4] for at in range(0, LENGTH, 4))


def new_code(drawn: bytes) -> AccessCode:
    """Make a code from at least eight random bytes."""
    bits = int.from_bytes(drawn[:8], "big")
    return AccessCode("".join(ALPHABET[(bits >> (5 * place)) & 31] for place in range(LENGTH)))
