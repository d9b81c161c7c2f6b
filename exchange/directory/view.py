"""The directory as members use it: verified once when loaded, then only looked up."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from exchange.clock import CST
from exchange.directory.certificates import check_member_certificate, der
from exchange.envelope import Recipient, Signer, SigningKey
from exchange.envelope.document import content_type
from exchange.envelope.papers import sign_body
from exchange.envelope.sign1 import (
    CONTENT_TYPE,
    Sign1,
    read_sign1,
    thumbprint,
    verify_sign1,
)
from exchange.envelope.strict import read_model
from exchange.errors import BadDirectory, NotFound, SenderError, Untrusted, WrongClock
from exchange.language import Joined, Text
from exchange.schemas import Directory, Member, Role, Suite
from exchange.schemas.instants import CLOCK_SKEW

T = TypeVar("T")

_LIMIT = 67_108_864
_LEAST_WRITTEN = 3
"""What the models write where nothing newer is said: of a lower version they tell no more than that it is known."""
_READ = {content_type(Directory.KIND, version): version for version in Directory.READ}
_WAY_OUT = "`exchange init` puts the authority's own copy back; else restore the newest one from a backup"


@dataclass(frozen=True)
class DirectoryView:
    """A verified directory."""

    directory: Directory
    _by_address: Mapping[str, Member] = field(repr=False)
    _signers: Mapping[bytes, Signer] = field(repr=False)
    _authorities: tuple[bytes, ...] = field(default=(), repr=False)
    _found: dict[tuple[str, Suite], Recipient] = field(default_factory=dict, init=False, repr=False, compare=False)
    """Recipients looked up before: a directory does not change."""

    @property
    def own(self) -> DirectoryView:
        """Itself: it is the whole world of one who knows a single domain."""
        return self

    @property
    def domain(self) -> str:
        """The domain it is for."""
        return self.directory.domain

    @property
    def version(self) -> int:
        """Counts up; an older one is never taken after a newer."""
        return self.directory.version

    @property
    def expires_at(self) -> datetime:
        """From when on a newer one is needed."""
        return self.directory.expires_at

    @property
    def members(self) -> tuple[Member, ...]:
        """All members."""
        return self.directory.members

    @property
    def everyone(self) -> tuple[Member, ...]:
        """All members of all domains that are known from here."""
        return self.directory.members

    def member(self, address: str) -> Member:
        """Return the member at an address. Raises NotFound."""
        found = self._by_address.get(address)
        if found is None:
            raise NotFound(
                "no member {address!r} in the directory of {domain}",
                remedy="check the address",
                address=address,
                domain=self.domain,
            )
        return found

    def with_role(self, role: Role) -> tuple[Member, ...]:
        """Return all members with a role that are not revoked."""
        return tuple(member for member in self.members if role in member.roles and member.revoked_at is None)

    def recipient(self, address: str, suite: Suite) -> Recipient:
        """Return what to seal to: the member's newest key of the suite. Raises NotFound for none, or if revoked."""
        found = self._found.get((address, suite))
        if found is None:
            found = self._found[(address, suite)] = self._recipient(self.member(address), suite)
        return found

    def _recipient(self, member: Member, suite: Suite) -> Recipient:
        address = member.address
        keys = [key for key in member.encryption_keys if key.suite is suite]
        if member.revoked_at is not None:
            raise NotFound(
                "{address} is revoked since {revoked_at}: nothing is sealed to it",
                remedy="leave it out; or the domain's authority gives it a new certificate: exchange certify {address}",
                address=address,
                revoked_at=member.revoked_at.isoformat(),
            )
        if not keys:
            raise NotFound(
                "{address} has no key of suite {suite} to seal to",
                remedy="ask the domain's authority",
                address=address,
                suite=suite.value,
            )
        newest = max(keys, key=lambda key: key.not_before)
        return Recipient(address, newest.kid, suite, newest.public)

    def reachable(self, address: str, suite: Suite) -> bool:
        """Return whether the member can be sealed to now: it is listed, not revoked, and has a key of the suite."""
        try:
            self.recipient(address, suite)
        except NotFound:
            return False
        return True

    def authorities(self, domain: str) -> tuple[bytes, ...]:
        """Return the certificates of a domain's authorities, newest last: its own, and what it says of its superior."""
        if domain == self.domain:
            return self._authorities
        upper = self.directory.upper
        return upper.certificates if upper is not None and upper.domain == domain else ()

    @property
    def signers(self) -> Mapping[bytes, Signer]:
        """All of them, by the thumbprint of the certificate."""
        return self._signers

    def signer(self, x5t: bytes) -> Signer:
        """Return whose certificate has this SHA-256 thumbprint. Raises Untrusted."""
        found = self._signers.get(x5t)
        if found is None:
            raise Untrusted("certificate: not one of the directory")
        return found


def load_directory(
    data: bytes, certificate: x509.Certificate, now: datetime, seen: int, former: Sequence[x509.Certificate] = ()
) -> DirectoryView:
    """Verify a directory and every certificate in it; ``seen`` is the newest version known.

    ``former`` authorities vouch for the members they certified, as ``certificate`` does, which alone signs directories.

    Raises BadDirectory when it is unsigned, another's, expired, or older than one already seen; with code ``clock``
    when it is signed in this machine's future.
    """
    directory = read_directory(data, certificate)
    if directory.version < seen:
        raise BadDirectory(
            "the directory is version {version}, version {seen} was seen before", version=directory.version, seen=seen
        )
    expect_issued(directory, now)
    if now >= directory.expires_at:
        raise BadDirectory(
            "this machine's clock says {now}; the directory expired at {ended}",
            remedy="`exchange init` signs a new one; if that date is wrong, set this machine's clock instead",
            now=_moment(now),
            ended=_moment(directory.expires_at),
        )
    return view_of(directory, (*former, certificate))


def expect_issued(directory: Directory, now: datetime) -> None:
    """Raise BadDirectory, code ``clock``, for a directory that is signed in this machine's future."""
    if directory.issued_at > now + CLOCK_SKEW:
        raise BadDirectory(
            "this machine's clock says {now}, but the directory was signed at {issued}",
            code=WrongClock.code,
            remedy="set this machine's clock (an NTP client does); if it is right, the authority's was ahead when it "
            "signed: `exchange init --clock-is-right` signs a new one, `exchange certify` gives keys that begin now",
            now=_moment(now),
            issued=_moment(directory.issued_at),
        )


def _moment(at: datetime) -> str:
    return f"{at.astimezone(CST):%Y-%m-%d %H:%M:%S}"


def view_of(directory: Directory, authorities: Sequence[x509.Certificate]) -> DirectoryView:
    """Make a view of a directory whose signature verifies; each certificate in it must be by one of the authorities.

    Raises BadDirectory.
    """
    signers: dict[bytes, Signer] = {}
    for member in directory.members:
        for one in member.certificates:
            x5t = hashlib.sha256(one).digest()
            signers[x5t] = replace(_vouched(one, member.address, authorities), revoked_at=_revoked_at(member, x5t))
    by_address = {member.address: member for member in directory.members}
    return DirectoryView(directory, by_address, signers, tuple(der(one) for one in authorities))


def load_directory_file(
    path: Path, certificate: x509.Certificate, now: datetime, seen: int, former: Sequence[x509.Certificate] = ()
) -> DirectoryView:
    """Do `load_directory` for a file, which every refusal names. Raises BadDirectory."""
    return _named(path, lambda data: load_directory(data, certificate, now, seen, former))


def read_directory_file(path: Path, certificate: x509.Certificate) -> Directory:
    """Do `read_directory` for a file, which every refusal names. Raises BadDirectory."""
    return _named(path, lambda data: read_directory(data, certificate))


def read_directory(data: bytes, certificate: x509.Certificate) -> Directory:
    """Read a directory signed by the authority; certificates and times are not looked at. Raises BadDirectory."""
    key = certificate.public_key()
    paper = read_paper(data)
    if paper.signed_by != hashlib.sha256(der(certificate)).digest():
        raise BadDirectory("the directory was signed by another authority")
    if not isinstance(key, Ed25519PublicKey):
        raise BadDirectory("the directory's authority has no key of a kind known here")
    try:
        verify_sign1(paper.message, key)
    except SenderError as error:
        raise BadDirectory("the directory does not verify: {error}", error=error) from error
    return paper.directory


@dataclass(frozen=True)
class Paper:
    """A directory as it came: what it says, and who it says has signed it. Nothing of it is verified."""

    data: bytes = field(repr=False)
    directory: Directory = field(repr=False)
    signed_by: bytes
    """SHA-256 of the certificate that its header names."""
    message: Sign1 = field(repr=False)


def read_paper(data: bytes) -> Paper:
    """Read a directory without believing it. Raises BadDirectory where shape, version or schema is invalid."""
    try:
        message = read_sign1(data, _LIMIT)
        declared = message.header.get(CONTENT_TYPE)
        if not isinstance(declared, str) or declared not in _READ:
            raise BadDirectory("the directory is of a kind or version not known here")
        directory = read_model(Directory, message.payload, Directory.KIND)
        if directory.written_version > max(_READ[declared], _LEAST_WRITTEN):
            raise BadDirectory("the directory says what its schema version does not know")
        return Paper(data, directory, thumbprint(message.header), message)
    except SenderError as error:
        raise BadDirectory("the directory does not verify: {error}", error=error) from error


def sign_directory(directory: Directory, key: SigningKey, certificate: x509.Certificate) -> bytes:
    """Sign a directory as its authority."""
    return sign_body(directory, der(certificate), key)


def _revoked_at(member: Member, x5t: bytes) -> datetime | None:
    """The earlier of the member's own revocation and that of this certificate."""
    moments = [one.at for one in member.revocations if one.certificate == x5t.hex()]
    return min([*moments, *([member.revoked_at] if member.revoked_at else [])], default=None)


def _vouched(certificate: bytes, address: str, authorities: Sequence[x509.Certificate]) -> Signer:
    """The signer by the newest authority that vouches for it. Raises BadDirectory; with no authorities, always."""
    fault = BadDirectory("nobody vouches for the certificate of {address}", address=address)
    for authority in reversed(authorities):
        try:
            return check_member_certificate(certificate, address, authority)
        except BadDirectory as error:
            fault = error
    raise fault


def _remedy(error: BadDirectory) -> Text | Joined:
    return Text(_WAY_OUT) if error.remedy == BadDirectory.remedy else error.remedy_text


def _named(path: Path, read: Callable[[bytes], T]) -> T:
    try:
        return read(path.read_bytes())
    except OSError as error:
        raise BadDirectory("{path}: {reason}", remedy=_WAY_OUT, path=path, reason=error.strerror) from error
    except BadDirectory as error:
        raise BadDirectory(
            "{path}: {fault}", path=path, fault=error.text, code=error.code, remedy=_remedy(error)
        ) from error
