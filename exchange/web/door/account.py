"""Who is signed in."""

from __future__ import annotations

from dataclasses import dataclass, field

from exchange.web.door.permissions import AccountRole


@dataclass(frozen=True)
class Account:
    """Who is signed in."""

    name: str
    role: AccountRole
    session: str = field(default="", repr=False, compare=False)
    """Which of the account's sessions this is."""
