"""The small world that corpus and vectors live in: fixed members with fixed keys, kept beside this file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from exchange.clock import CST
from exchange.directory import (
    Authority,
    DirectoryView,
    load_authority_certificate,
    load_directory,
    load_identity,
    save_identity,
)
from exchange.envelope import Identity
from exchange.schemas import Role

HERE = Path(__file__).parent
FOLDER = HERE / "world"
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=CST)
MEMBERS = ("alice", "bob", "mallory", "carol", "dave")
"""Alice writes to Bob; Mallory is a member too; Carol was revoked; Dave's certificate is over."""


@dataclass(frozen=True)
class World:
    """Directory and identities; ``stranger`` is a member of no directory."""

    directory: DirectoryView
    identities: dict[str, Identity]

    def __getitem__(self, name: str) -> Identity:
        return self.identities[name]


def load_world() -> World:
    """The world as it is kept."""
    certificate = load_authority_certificate(FOLDER / "authority")
    directory = load_directory((FOLDER / "directory.cose").read_bytes(), certificate, NOW, 0)
    names = (*MEMBERS, "stranger")
    return World(directory, {name: load_identity(FOLDER / name) for name in names})


def make_world() -> None:
    """Makes the world anew; every file of corpus and vectors then changes with it."""
    authority = Authority.open_or_create(FOLDER / "authority", "city", NOW)
    members = []
    for name in MEMBERS:
        issued = NOW - timedelta(days=60) if name == "dave" else NOW - timedelta(days=1)
        term = timedelta(days=30) if name == "dave" else timedelta(days=3650)
        identity = authority.certify(f"city.{name}", issued, term)
        save_identity(identity, FOLDER / name)
        member = authority.member(identity, name, name, (Role.DEPARTMENT,))
        revoked = NOW - timedelta(hours=1) if name == "carol" else None
        members.append(member.model_copy(update={"revoked_at": revoked}))
    other = Authority.open_or_create(FOLDER / "other-authority", "city", NOW)
    save_identity(other.certify("city.alice", NOW), FOLDER / "stranger")
    authority.publish(FOLDER / "directory.cose", members, NOW, NOW + timedelta(days=3650))
