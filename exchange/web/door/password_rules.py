"""What a password of the console must be: long, not one letter over and over, not the account's own name.

No rule asks for digits or signs, and none makes passwords old: length is what helps (NIST SP 800-63B, 3.1.1.2).
"""

from __future__ import annotations

from unicodedata import normalize

from exchange.errors import BadAccount
from exchange.language import Text

SHORTEST = 12
"""Characters."""

LONGEST = 256
"""Characters; what is longer would only cost time."""

_FEWEST_DIFFERENT = 5


def normal(password: str) -> str:
    """Return the password as it is hashed: the same however a keyboard composes its characters (Unicode NFKC)."""
    return normalize("NFKC", password)


def check_password(password: str, account: str) -> None:
    """Raise BadAccount for a password that is too short, too long, too plain, or holds the account's name."""
    given = normal(password)
    if not SHORTEST <= len(given) <= LONGEST:
        raise _bad(
            Text("a password has {shortest} to {longest} characters", {"shortest": SHORTEST, "longest": LONGEST})
        )
    if len(set(given)) < _FEWEST_DIFFERENT:
        raise _bad(
            Text(
                "a password has at least {fewest_different} different characters",
                {"fewest_different": _FEWEST_DIFFERENT},
            )
        )
    if account and account in given.casefold():
        raise _bad(Text("a password does not hold the account's own name"))


def _bad(what: Text) -> BadAccount:
    return BadAccount(what, code="password", remedy="take several words that only you would put together")
