"""Whether two recorded accounts are one person: somebody as himself, and as root behind sudo. Pure."""

from __future__ import annotations

import re

_BEHIND_SUDO = re.compile(r"\S+ \(sudo by (?P<person>.+)\)", re.DOTALL)


def behind_sudo(account: str, person: str) -> str:
    """Return how a record names what ``person`` did as another account."""
    return f"{account} (sudo by {person})"


def same_person(one: str, other: str) -> bool:
    """Return whether both accounts are the same person's, however the two are written."""
    return _person(one) == _person(other)


def _person(account: str) -> str:
    found = _BEHIND_SUDO.fullmatch(account)
    return (found["person"] if found else account).casefold()
