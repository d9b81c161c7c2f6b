"""What the tree of domains is made of; `exchange.directory.tree` has its law."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from exchange.directory.view import DirectoryView
from exchange.errors import BadDirectory
from exchange.language import Text

EARLY = "directory-early"
"""Error code of a directory that may hold once another one has come."""
_KEPT_EARLY = 4
"""How many early directories are kept of one domain."""


class BranchState(StrEnum):
    """How a known domain stands. MISSING: it is vouched for, and no directory of it that holds has come."""

    CURRENT = "current"
    EXPIRED = "expired"
    REVOKED = "revoked"
    MISSING = "missing"


@dataclass(frozen=True)
class BranchEnd:
    """From when on nothing new counts, and why."""

    at: datetime
    state: BranchState
    reason: Text


@dataclass(frozen=True)
class Warrant:
    """What one domain says of its neighbour."""

    domain: str
    by: str
    """The domain that vouches."""
    certificates: tuple[bytes, ...] = field(repr=False)
    """Authority certificates, newest last."""
    ends: tuple[BranchEnd, ...]
    """When it ends by itself or with what vouches for it; the earliest counts."""
    superior: tuple[bytes, ...] | None = field(default=None, repr=False)
    """On the way down: the certificates that the domain may name for its superior."""
    least_version: int = 1


@dataclass(frozen=True)
class Branch:
    """A domain whose directory holds."""

    warrant: Warrant
    view: DirectoryView
    data: bytes = field(repr=False)
    """The signed directory as it came."""
    signed_by: bytes = field(repr=False)
    """The authority's certificate."""
    end: BranchEnd

    def state_at(self, now: datetime) -> BranchState:
        """Return the state of the branch at a moment: whether it counts."""
        return BranchState.CURRENT if now < self.end.at else self.end.state


@dataclass(frozen=True)
class Refusal:
    """A directory that does not verify, and why."""

    domain: str
    """What it claims to be for; empty where it cannot be read."""
    error: BadDirectory
    data: bytes = field(repr=False)
    version: int = 0
    signed_by: bytes = field(default=b"", repr=False)
    """SHA-256 of the certificate that its header names."""


@dataclass(frozen=True)
class Tree:
    """What holds of all that was offered."""

    branches: Mapping[str, Branch]
    missing: Mapping[str, Warrant]
    """Domains that are vouched for without a directory that holds."""
    refused: tuple[Refusal, ...]
    standing: Text | None
    """What is wrong with the own domain in the eyes of its superior; None where nothing is known to be."""

    @property
    def marks(self) -> dict[str, int]:
        """The highest version seen, by domain and authority: what `grow` is to be given the next time."""
        return {mark(name, one.signed_by): one.view.version for name, one in self.branches.items()}

    @property
    def early(self) -> tuple[Refusal, ...]:
        """What may hold once another directory has come: the newest few of each domain."""
        found = [one for one in self.refused if one.error.code == EARLY]
        ranked = sorted(found, key=lambda one: (one.domain, -one.version, one.data))
        return tuple(
            one for n, one in enumerate(ranked) if n < _KEPT_EARLY or ranked[n - _KEPT_EARLY].domain != one.domain
        )


def mark(domain: str, certificate: bytes) -> str:
    """Return the name under which the highest version is remembered; a replaced authority counts its versions anew."""
    return f"{domain}@{hashlib.sha256(certificate).hexdigest()[:16]}"
