"""Domains whose keys are derived from their names, so that vectors written anew differ by chance alone."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from exchange.directory import Authority, DirectoryView, load_directory
from exchange.directory.authority import Ties
from exchange.directory.certificates import authority_certificate, der, member_certificate
from exchange.directory.view import sign_directory
from exchange.envelope import DecryptionKey, Identity, SigningKey, sign_document
from exchange.envelope.sign1 import ALG, CONTENT_TYPE, EDDSA, SHA_256, X5T, sign1
from exchange.schemas import Body, Directory, Header, Role, Suite
from tests.corpus.world import NOW

YEAR = timedelta(days=365)


def key(name: str) -> Ed25519PrivateKey:
    """A signing key made of a name."""
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(name.encode()).digest())


@dataclass
class Kin:
    """A domain with its authority and members, each of one role."""

    domain: str
    roles: Mapping[str, Role]
    ties: Ties = field(default_factory=Ties)
    name: str = ""
    """Tells another domain of the same name, by other keys."""

    def __post_init__(self) -> None:
        own = key(f"authority of {self.domain}{self.name}")
        self.authority = Authority(self.domain, authority_certificate(self.domain, own, NOW, 10 * YEAR), own)
        self.members = {name: self._member(f"{self.domain}.{name}") for name in self.roles}

    def _member(self, address: str) -> Identity:
        own, authority = key(address), self.authority
        certificate = member_certificate(address, own.public_key(), authority.certificate, authority.key, NOW, 2 * YEAR)
        secret = hashlib.sha256(f"{address} opens".encode()).digest()
        opening = DecryptionKey.restore(Suite.CLASSICAL, secret, NOW - YEAR, NOW + YEAR)
        return Identity(address, own, der(certificate), (opening,))

    def __getitem__(self, name: str) -> Identity:
        return self.members[name]

    @property
    def certificate(self) -> bytes:
        """The authority's, DER."""
        return der(self.authority.certificate)

    def directory(self, version: int = 1) -> Directory:
        """The directory, unsigned."""
        members = tuple(
            self.authority.member(one, "甲", "A", (self.roles[name],)) for name, one in self.members.items()
        )
        return Directory(
            domain=self.domain, version=version, issued_at=NOW - timedelta(days=1), expires_at=NOW + YEAR,
            members=members, upper=self.ties.upper, delegations=self.ties.delegations,
        )  # fmt: skip

    def signed(self, version: int = 1) -> bytes:
        """The directory, signed."""
        return self.sign(self.directory(version))

    def sign(self, directory: Directory) -> bytes:
        """Sign any directory as its authority."""
        return sign_directory(directory, self.authority.key, self.authority.certificate)

    def view(self) -> DirectoryView:
        """The directory as its members read it."""
        return load_directory(self.signed(), self.authority.certificate, NOW, 0)


def message(
    body: Body, by: Identity, to: tuple[str, ...], message_id: str, at: datetime = NOW, *,
    enclosures: tuple[bytes, ...] = (), conversation: str | None = None,
) -> bytes:  # fmt: skip
    """A signed document of a member."""
    header = Header(
        message_id=message_id, conversation_id=conversation or message_id, kind=body.KIND, sender=by.address,
        addressees=to, created_at=at,
    )  # fmt: skip
    return sign_document(header.model_dump_json().encode(), body, by, list(enclosures))


def paper(
    fields: Mapping[str, Any] | bytes, kind: str, certificate: bytes, by: SigningKey, *, version: int = 1,
    labels: Mapping[Any, Any] | None = None,
) -> bytes:  # fmt: skip
    """A COSE_Sign1 by itself, of whatever fields; ``labels`` changes what its header says, None takes one out."""
    said: dict[Any, Any] = {
        ALG: EDDSA, CONTENT_TYPE: f"application/vnd.yizhan.{kind}+json; version={version}",
        X5T: [SHA_256, hashlib.sha256(certificate).digest()],
    }  # fmt: skip
    said |= labels or {}
    payload = fields if isinstance(fields, bytes) else json.dumps(fields, ensure_ascii=False).encode()
    return sign1(payload, {label: value for label, value in said.items() if value is not None}, by)
