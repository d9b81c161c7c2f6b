"""Records of accounts, their sessions, links and failed attempts to sign in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from exchange.web.door.permissions import AccountRole


@dataclass(frozen=True)
class AccountRow:
    """An account of the console."""

    name: str
    role: AccountRole
    password: str | None = field(repr=False)
    """Its Argon2 hash; None until its one-time link is used."""
    made_at: datetime
    changed_at: datetime | None = None
    """When the password was last set."""
    locked_at: datetime | None = None
    """Since when a security officer keeps it out."""


@dataclass(frozen=True)
class LinkRow:
    """A one-time link to set a password. Without an account it is the set-up link, which makes the first one."""

    token_hash: str = field(repr=False)
    account: str | None
    made_at: datetime
    expires_at: datetime
    used_at: datetime | None = None


@dataclass(frozen=True)
class SessionRow:
    """A sign-in. Of its token only the hash is kept."""

    token_hash: str = field(repr=False)
    account: str
    made_at: datetime
    seen_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class FailureRow:
    """Attempts to sign in under a name that have not succeeded, whether or not there is such an account."""

    name_hash: str
    failures: int
    last_at: datetime
    until: datetime
    """Before this nobody signs in under the name."""
