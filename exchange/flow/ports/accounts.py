"""What the console keeps of who may come in: accounts, one-time links, sessions, failures; and the audit log."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from exchange.audit.chain import Entry, Head
from exchange.audit.source import Source
from exchange.rules.permissions import AccountRole


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


class Accounts(Protocol):
    """Accounts and how they come in."""

    def get(self, name: str) -> AccountRow | None: ...

    def all(self) -> list[AccountRow]:
        """By name."""

    def any(self) -> bool:
        """Whether there is an account at all."""

    def add(self, row: AccountRow) -> None:
        """Raises Conflict where the name is taken."""

    def officers(self) -> frozenset[str]:
        """Security officers who can sign in: with a password, not locked."""

    def set_role(self, name: str, role: AccountRole) -> None: ...

    def set_locked(self, name: str, since: datetime | None) -> None: ...

    def set_password(self, name: str, password: str | None, now: datetime) -> None:
        """Sets the hash of the password; None: there is none until a one-time link is used."""

    def put_link(self, row: LinkRow) -> None:
        """Adds a link; earlier unused ones of the same account (or earlier set-up links) are void."""

    def link(self, token_hash: str) -> LinkRow | None: ...

    def use_link(self, token_hash: str, now: datetime) -> bool:
        """One guarded UPDATE; True if this call used it, that is if it was neither used nor expired."""

    def add_session(self, row: SessionRow) -> None: ...

    def session(self, token_hash: str) -> tuple[SessionRow, AccountRow] | None: ...

    def seen(self, token_hash: str, now: datetime) -> None: ...

    def end_session(self, token_hash: str) -> bool: ...

    def end_sessions(self, account: str, but: str = "") -> int:
        """Ends all sessions of an account but the one with this hash; how many."""

    def sweep(self, now: datetime, forgotten_before: datetime) -> None:
        """Forgets sessions that are over, links long expired, and failures from before."""

    def failure(self, name_hash: str) -> FailureRow | None: ...

    def set_failure(self, row: FailureRow) -> None: ...

    def clear_failure(self, name_hash: str) -> None: ...


class AuditLog(Protocol):
    """Entries that are only ever appended."""

    def head(self) -> Head: ...

    def append(self, at: datetime, account: str, action: str, what: str, outcome: str, source: Source) -> Entry: ...

    def page(
        self,
        before: int | None,
        account: str | None,
        limit: int,
        since: datetime | None = None,
        until: datetime | None = None,
        source: str | None = None,
    ) -> Sequence[Entry]:
        """Newest first, those before an entry, of one account or of all; from ``since`` on, before ``until``; of one
        kind of source, a `SourceKind`."""

    def entries(self) -> Iterator[Entry]:
        """All of them, oldest first, as they lie."""
