"""The directory of a domain: its members, their roles, certificates and encryption keys; signed by its authority."""

from __future__ import annotations

from enum import StrEnum
from itertools import pairwise
from typing import Annotated, ClassVar, Self

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from exchange.language import Unfit
from exchange.schemas.base import Address, Body, Digest, Line, MatterCode, Room, Serial, Title, Wire
from exchange.schemas.header import Suite
from exchange.schemas.instants import Instant
from exchange.schemas.published.conditions import A_TEXT, NOTHING, given, may, rules, when


class Role(StrEnum):
    """What a member may do beyond sending and receiving documents."""

    WINDOW = "window"
    DEPARTMENT = "department"
    MONITOR = "monitor"
    RELAY = "relay"
    PORTAL = "portal"
    """Takes applications in from the public for its window, and may write to nobody else."""


AgencyCode = Annotated[str, StringConstraints(pattern=r"^[^\s〔〕\[\]()（）0-9]{1,20}$")]
"""What stands before the year in the numbers of an agency's documents (机关代字): 国办发."""
MAX_CERTIFICATES = 64
"""How many certificates a member may have had."""
MAX_AUTHORITIES = 8
"""How many authorities a domain may have had, one after the other."""
MAX_DELEGATIONS = 1_000
"""How many lower domains a domain may have had."""
MAX_SUBSTITUTIONS = 5_000
"""How many substitutions a domain may have had."""


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
    codes: Annotated[
        tuple[AgencyCode, ...],
        Field(max_length=32, exclude_if=lambda codes: not codes, json_schema_extra={"uniqueItems": True}),
    ] = ()
    """Agency codes (机关代字) that its documents' numbers bear, each in full: 国办发, 国办函."""
    certificates: Annotated[tuple[bytes, ...], Field(min_length=1, max_length=MAX_CERTIFICATES)]
    encryption_keys: Annotated[tuple[EncryptionKey, ...], Field(min_length=1, max_length=16)]
    revoked_at: Instant | None = None
    """Set while the member as a whole is revoked: no signature at or after this instant counts."""
    revoked_for: Line | None = None
    revocations: Annotated[tuple[Revocation, ...], Field(max_length=MAX_CERTIFICATES)] = ()
    """Of its older certificates."""


class Substitution(Wire):
    """One department gives opinions for another (代行), for a time and in named matters. None is ever taken out.

    Whoever ordered it, the domain's authority signs it with the directory: who may act is read here and nowhere else.
    """

    model_config = ConfigDict(
        json_schema_extra=rules(when(given(revoked_at=A_TEXT), given(revoked_for=A_TEXT), may(revoked_for=NOTHING)))
    )

    serial: Serial
    """Names it in this directory."""
    department: Address
    """In whose place."""
    substitute: Address
    begins_at: Instant
    ends_at: Instant
    """From when on it does not count any more."""
    matters: Annotated[
        tuple[MatterCode, ...] | None, Field(min_length=1, max_length=64, json_schema_extra={"uniqueItems": True})
    ]
    """Null: all matters."""
    ordered_by: Address
    """The department itself, its superior, or the domain."""
    order: Line
    """The order, or the department's own delegation, by its number or name."""
    revoked_at: Instant | None = None
    """From when on it does not count, earlier than it would have ended."""
    revoked_for: Line | None = None

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        if self.substitute == self.department:
            raise ValueError("substitute: nobody is the substitute of itself")
        if self.ends_at <= self.begins_at:
            raise ValueError("ends_at: a substitution ends after it began")
        if self.matters is not None and len(set(self.matters)) != len(self.matters):
            raise ValueError("matters: names a matter twice")
        if (self.revoked_at is None) != (self.revoked_for is None):
            raise ValueError("revoked_for: a revocation has an instant and a reason")
        return self


class Upper(Wire):
    """The superior domain, as the authority of the lower one vouches for it."""

    domain: Address
    certificates: Annotated[tuple[bytes, ...], Field(max_length=MAX_AUTHORITIES)] = ()
    """Its authority's certificates, X.509 DER, newest last. Empty while it has granted nothing yet: then the lower
    domain says whose it means to be, and vouches for nobody."""


class Delegation(Wire):
    """A direct lower domain, as the authority of the upper one vouches for it. None is ever taken out."""

    model_config = ConfigDict(
        json_schema_extra=rules(when(given(revoked_at=A_TEXT), given(revoked_for=A_TEXT), may(revoked_for=NOTHING)))
    )

    domain: Address
    certificates: Annotated[tuple[bytes, ...], Field(min_length=1, max_length=MAX_AUTHORITIES)]
    """Its authority's certificates, X.509 DER, newest last; older ones still vouch for the members they certified."""
    issued_at: Instant
    expires_at: Instant
    """From when on nothing new of the lower domain counts, unless the delegation was renewed."""
    least_version: Serial = 1
    """The lowest version of its directory that is taken."""
    revoked_at: Instant | None = None
    """From when on nothing of the lower domain counts; what was signed before still verifies."""
    revoked_for: Line | None = None

    @model_validator(mode="after")
    def _times_hold(self) -> Self:
        if self.expires_at <= self.issued_at:
            raise ValueError("expires_at: a delegation ends after it began")
        if (self.revoked_at is None) != (self.revoked_for is None):
            raise ValueError("revoked_for: a revocation has an instant and a reason")
        return self


class Directory(Body):
    """All members of a domain, and its neighbours in the tree of domains. A newer version replaces an older one.

    Every neighbour is exactly one label away, so that no chain of them can skip a level or come back to where it began.
    Schema version 1 had no ``revoked_for`` and no ``revocations``, version 2 no ``upper`` and no ``delegations``,
    version 3 no ``codes``, version 4 no ``substitutions``. All are still read; version 3 is written where no member
    has codes, and 4 where there is no substitution.
    """

    KIND: ClassVar[str] = "directory"
    TITLE: ClassVar[Title] = ("通讯录", "Directory")
    VERSION: ClassVar[int] = 5
    READ: ClassVar[tuple[int, ...]] = (1, 2, 3, 4, 5)

    domain: Address
    version: Serial
    issued_at: Instant
    expires_at: Instant
    members: Annotated[tuple[Member, ...], Field(min_length=1, max_length=10_000)]
    upper: Upper | None = None
    """The superior domain, exactly one level up; None for one that stands alone or is the root."""
    delegations: Annotated[tuple[Delegation, ...], Field(max_length=MAX_DELEGATIONS)] = ()
    """All domains that are or were directly below."""
    substitutions: Annotated[
        tuple[Substitution, ...], Field(max_length=MAX_SUBSTITUTIONS, exclude_if=lambda those: not those)
    ] = ()
    """All that are or were in force, in the order of their serials."""

    @model_validator(mode="after")
    def _addresses_are_unique_and_of_the_domain(self) -> Self:
        addresses = [member.address for member in self.members]
        if len(set(addresses)) != len(addresses):
            raise ValueError("members: an address appears twice")
        for address in addresses:
            if _above(address) != self.domain:
                raise Unfit("members: {address} is not of the domain {domain}", address=address, domain=self.domain)
        return self

    @property
    def written_version(self) -> int:
        if self.substitutions:
            return 5
        return 4 if any(member.codes for member in self.members) else 3

    @model_validator(mode="after")
    def _substitutions_are_of_members(self) -> Self:
        serials = [one.serial for one in self.substitutions]
        if any(later <= earlier for earlier, later in pairwise(serials)):
            raise ValueError("substitutions: serials count up")
        listed = {member.address for member in self.members}
        for one in self.substitutions:
            for address in (one.department, one.substitute):
                if address not in listed:
                    raise Unfit("substitutions: {address} is not a member", address=address)
        return self

    @model_validator(mode="after")
    def _a_code_is_one_members(self) -> Self:
        codes = [code for member in self.members if member.revoked_at is None for code in member.codes]
        if len(set(codes)) != len(codes):
            raise ValueError("members: an agency code appears twice")
        return self

    @model_validator(mode="after")
    def _neighbours_are_one_level_away(self) -> Self:
        if self.upper is not None and self.upper.domain != _above(self.domain):
            raise Unfit(
                "upper: {domain} is not directly above {self_domain}", domain=self.upper.domain, self_domain=self.domain
            )
        lower = [delegation.domain for delegation in self.delegations]
        if len(set(lower)) != len(lower):
            raise ValueError("delegations: a domain appears twice")
        for domain in lower:
            if _above(domain) != self.domain:
                raise Unfit(
                    "delegations: {domain} is not directly below {self_domain}", domain=domain, self_domain=self.domain
                )
        return self


class OfferedDirectory(Wire):
    """Which directory an enclosure is."""

    domain: Address
    version: Serial
    digest: Digest
    """SHA-256 of the enclosure."""


class DirectoryUpdate(Body):
    """Directories that a relay office hands on to the next one; the enclosures, in order, are their signed bytes.

    It vouches for nothing: each is believed by its own authority's signature and the delegations that lead to it.
    """

    KIND: ClassVar[str] = "directory-update"
    TITLE: ClassVar[Title] = ("通讯录更新", "Directory update")
    ROOM: ClassVar[Room] = Room.LEVELS

    directories: Annotated[tuple[OfferedDirectory, ...], Field(min_length=1, max_length=50)]


def _above(name: str) -> str:
    return name.rpartition(".")[0]
