"""Domains one below the other, made with the real authority code and joined by hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from exchange.clock import CST
from exchange.directory import Authority, Ties, TreeView, grow, load_directory
from exchange.directory.certificates import der
from exchange.directory.view import sign_directory
from exchange.envelope import Identity
from exchange.schemas import Delegation, Directory, Role, Upper

NOW = datetime(2026, 3, 2, 9, tzinfo=CST)
YEAR = timedelta(days=365)


class Level:
    """One domain: its authority, its relay office and a department, and directories as it signs them."""

    def __init__(self, domain: str, number: int = 1) -> None:
        self.domain = domain
        self.authority = authority_of(domain, number)
        self.department = self.authority.certify(f"{domain}.planning", NOW)
        self.relay = self.authority.certify(f"{domain}.relay", NOW)
        self.ties = Ties()

    @property
    def certificate(self) -> bytes:
        """The authority's, DER."""
        return der(self.authority.certificate)

    def identities(self) -> tuple[Identity, ...]:
        """Keys of all members."""
        return self.department, self.relay

    def signed(self, version: int = 1, expires: datetime = NOW + YEAR, **changes: object) -> bytes:
        """A directory, signed; ``changes`` may make it anything."""
        return sign_directory(
            self.directory(version, expires, **changes), self.authority.key, self.authority.certificate
        )

    def directory(self, version: int = 1, expires: datetime = NOW + YEAR, **changes: object) -> Directory:
        """A directory, unsigned."""
        roles = {self.department.address: Role.DEPARTMENT, self.relay.address: Role.RELAY}
        members = tuple(self.authority.member(one, "甲", "A", (roles[one.address],)) for one in self.identities())
        plain = Directory(
            domain=self.domain, version=version, issued_at=NOW - YEAR, expires_at=expires, members=members,
            upper=self.ties.upper, delegations=self.ties.delegations,
        )  # fmt: skip
        return plain.model_copy(update=dict(changes))


def delegation(lower: Level, **changes: object) -> Delegation:
    """A delegation to a level, for two years."""
    plain = Delegation(
        domain=lower.domain, certificates=(lower.certificate,), issued_at=NOW - YEAR, expires_at=NOW + YEAR
    )
    return plain.model_copy(update=dict(changes))


def link(upper: Level, *lower: Level) -> None:
    """Joins levels on both sides."""
    others = tuple(one for one in upper.ties.delegations if one.domain not in {level.domain for level in lower})
    upper.ties = Ties(upper.ties.upper, (*others, *map(delegation, lower)))
    for one in lower:
        vouched = Upper(domain=upper.domain, certificates=(upper.certificate,))
        one.ties = Ties(vouched, one.ties.delegations)


def family(*domains: str) -> dict[str, Level]:
    """Levels by domain, joined to their superiors; a superior is named before its lower levels."""
    levels = {domain: Level(domain) for domain in domains}
    for domain, level in levels.items():
        superior = domain.rpartition(".")[0]
        if superior in levels:
            link(levels[superior], level)
    return levels


def seen_from(
    level: Level, offered: Iterable[bytes], now: datetime = NOW, seen: Mapping[str, int] | None = None
) -> TreeView:
    """The tree as a level sees it."""
    signed = level.signed()
    own = load_directory(signed, level.authority.certificate, now, 0)
    return TreeView(own, signed, grow(own, level.certificate, offered, now, seen or {}), now)


def refusals(view: TreeView) -> list[str]:
    """Why what was not taken was not."""
    return [str(one.error) for one in view.tree.refused]


@cache
def authority_of(domain: str, number: int) -> Authority:
    """An authority; another number is another one for the same domain."""
    with TemporaryDirectory() as folder:
        return Authority.open_or_create(Path(folder), domain, NOW)
