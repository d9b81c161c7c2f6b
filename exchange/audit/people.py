"""Whether two recorded accounts are one person: somebody as himself, and as root behind sudo. Pure."""

from __future__ import annotations

import re
from unicodedata import normalize

_BEHIND_SUDO = re.compile(r"\S+ \(sudo by (?P<person>.+)\)", re.DOTALL)


def behind_sudo(account: str, person: str) -> str:
    """Return how a record names what ``person`` did as another account."""
    return f"{account} (sudo by {person})"


def same_person(one: str, other: str) -> bool:
    """Return whether both accounts are the same person's, however the two are written.

    Wide letters, other composition, capitals and blanks around make nobody else of anybody.
    """
    return _person(one) == _person(other)


def _person(account: str) -> str:
    plain = _plain(account)
    found = _BEHIND_SUDO.fullmatch(plain)
    return _plain(found["person"]) if found else plain


def _plain(account: str) -> str:
    return normalize("NFKC", normalize("NFKC", account).casefold()).strip()
