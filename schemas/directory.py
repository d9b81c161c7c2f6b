"""The directory of a domain: its members, their roles, certificates and encryption keys; signed by its authority."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar, Self

from pydantic import Field, StringConstraints, model_validator

from schemas.base import Address, Body, Digest, Instant, Line, Wire
from schemas.header import Suite


class Role(StrEnum):
    """What a member may do beyond sending and receiving documents."""

    WINDOW = "window"
    DEPARTMENT = "department"
    MONITOR = "monitor"
    RELAY = "relay"


MAX_CERTIFICATES = 64
"""How many certificates a member may have had."""


class EncryptionKey(Wire):
    """The public half of a key that content keys are wrapped to."""

    kid: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}$")]
    suite: Suite
    public: Annotated[bytes, Field(min_length=32, max_length=2_048)]
    not_before: Instant
    not_after: Instant


class Revocation(Wire):
    """A certificate that was revoked, of a member that has a newer one."""

    certificate: Digest
    """SHA-256 of its DER bytes."""
    at: Instant
    """From when on its signatures no longer count; what was signed before still verifies."""
    reason: Line


class Member(Wire):
    """A member as the authority vouches for it. Certificates are X.509 DER, newest last; old ones verify old papers."""

    address: Address
    name: Line
    name_en: Line
    roles: Annotated[tuple[Role, ...], Field(min_length=1, max_length=4)]
    superior: Address | None = None
    certificates: Annotated[tuple[bytes, ...], Field(min_length=1, max_length=MAX_CERTIFICATES)]
    encryption_keys: Annotated[tuple[EncryptionKey, ...], Field(min_length=1, max_length=16)]
    revoked_at: Instant | None = None
    """Set while the member as a whole is revoked: no signature at or after this instant counts."""
    revoked_for: Line | None = None
    revocations: Annotated[tuple[Revocation, ...], Field(max_length=MAX_CERTIFICATES)] = ()
    """Of its older certificates."""


class Directory(Body):
    """All members of a domain. A newer version replaces an older one, never the other way round.

    Schema version 1 had no ``revoked_for`` and no ``revocations``; it is still read.
    """

    KIND: ClassVar[str] = "directory"
    VERSION: ClassVar[int] = 2
    READ: ClassVar[tuple[int, ...]] = (1, 2)

    domain: Address
    version: Annotated[int, Field(ge=1)]
    issued_at: Instant
    expires_at: Instant
    members: Annotated[tuple[Member, ...], Field(min_length=1, max_length=10_000)]

    @model_validator(mode="after")
    def _addresses_are_unique(self) -> Self:
        addresses = [member.address for member in self.members]
        if len(set(addresses)) != len(addresses):
            raise ValueError("members: an address appears twice")
        return self
