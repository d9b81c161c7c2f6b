"""Numbers and access codes as people type them."""

from __future__ import annotations

from exchange.hand_codes import SIGNS, read_groups, read_signs
from exchange.portal.codes import LENGTH


def read_number(text: str) -> str:
    """Return a number that somebody has typed, as numbers are written: capitals, and plain dashes between groups."""
    return "-".join(read_groups(text))


def read_code(text: str) -> str:
    """Return the code that somebody has typed, without its dashes; empty for what can be none."""
    signs = read_signs(text)
    return signs if len(signs) == LENGTH and set(signs) <= set(SIGNS) else ""
