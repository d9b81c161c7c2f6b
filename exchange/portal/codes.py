"""Access codes: sixty random bits that let their holder see one filing; kept nowhere but as a hash."""

from __future__ import annotations

from dataclasses import dataclass

from exchange.hand_codes import grouped, in_signs

LENGTH = 12
"""Signs, of five bits each."""


@dataclass(frozen=True)
class AccessCode:
    """A code that was just made; it is shown once."""

    plain: str

    @property
    def shown(self) -> str:
        """The code in groups, as people write it down."""
        return grouped(self.plain)


def new_code(drawn: bytes) -> AccessCode:
    """Make a code from at least eight random bytes."""
    return AccessCode(in_signs(int.from_bytes(drawn[:8], "big"), LENGTH))
