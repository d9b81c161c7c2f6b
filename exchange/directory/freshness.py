"""Freshness: a short-lived signed word of which directory is the present one, after TUF's timestamp role.

Without it a member that is not given the newest directory knows nothing of a revocation, and cannot know that. The
authority's key cannot be at hand all the time, so it certifies a key of its own for this, which says nothing else but
how far the audit log has come (`exchange.directory.log_heads`): whoever steals that can keep up an old directory, and
neither change nor make one. Its certificate bears another name than any member's, and a member's can sign no such word.

The law of it:
1. a statement counts if the authority that is trusted has certified its key, and both its times hold;
2. one that is older than another that was seen is not taken again;
3. a directory is known to be current while a statement that names it, or an older one, has not expired;
4. a statement that names a newer one, or other bytes of the same version, says that it is not;
5. a statement from the future says that a clock is wrong, so that nothing is known; it stands against none of the
   present, or one dated a year ahead would be the last.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, ClassVar

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import Field

from exchange.directory.at_rest import read_key, write_key
from exchange.directory.authority import Authority
from exchange.directory.certificates import check_member_certificate, der, member_certificate
from exchange.directory.statements import Statement, read_statement
from exchange.envelope.papers import sign_body
from exchange.errors import BadDirectory, BadKeys
from exchange.language import Text
from exchange.machine.files import make_folder, write_secret
from exchange.schemas import Directory
from exchange.schemas.base import Address, Digest
from exchange.schemas.instants import CLOCK_SKEW, Instant

TERM = timedelta(minutes=10)
"""How long a statement counts."""
EVERY = timedelta(minutes=2)
"""How often one is signed."""
_KEY_TERM = timedelta(days=400)
_KEY, _CERTIFICATE = "freshness.key", "freshness.der"


class Freshness(Statement):
    """Which directory of a domain is the present one."""

    KIND: ClassVar[str] = "directory-freshness"

    domain: Address
    version: Annotated[int, Field(ge=1)]
    digest: Digest
    """SHA-256 of the directory as signed."""
    issued_at: Instant
    expires_at: Instant
    certificate: Annotated[bytes, Field(max_length=4_096)]
    """Of the key that signs this, by the domain's authority; X.509 DER."""


@dataclass(frozen=True)
class FreshnessKey:
    """The key that is at hand all the time."""

    certificate: x509.Certificate
    key: Ed25519PrivateKey

    def sign(self, directory: Directory, data: bytes, now: datetime) -> bytes:
        """State that ``directory``, whose bytes are ``data``, is the present one."""
        certificate = der(self.certificate)
        body = Freshness(
            domain=directory.domain,
            version=directory.version,
            digest=hashlib.sha256(data).hexdigest(),
            issued_at=now,
            expires_at=now + TERM,
            certificate=certificate,
        )
        return sign_body(body, certificate, self.key)


def certify_freshness(folder: Path, authority: Authority, now: datetime) -> None:
    """Make a key for statements in ``folder``, with the authority's certificate."""
    key = Ed25519PrivateKey.generate()
    name, issuer = freshness_name(authority.domain), authority.certificate
    certificate = member_certificate(name, key.public_key(), issuer, authority.key, now, _KEY_TERM)
    make_folder(folder, 0o700)
    write_key(folder / _KEY, key.private_bytes_raw())
    write_secret(folder / _CERTIFICATE, der(certificate))


def seal_freshness_key(folder: Path) -> None:
    """Seal the key for statements by the passphrase that is given, where it is here. Raises BadKeys."""
    if (folder / _KEY).exists():
        write_key(folder / _KEY, read_key(folder / _KEY))


def load_freshness_key(folder: Path) -> FreshnessKey:
    """Load the key for statements. Raises BadKeys."""
    try:
        key = Ed25519PrivateKey.from_private_bytes(read_key(folder / _KEY))
        return FreshnessKey(x509.load_der_x509_certificate((folder / _CERTIFICATE).read_bytes()), key)
    except (OSError, ValueError) as error:
        raise BadKeys(
            "there is no key for statements of freshness in {folder}",
            remedy="`exchange init` makes one, with the authority's key at hand",
            folder=folder,
        ) from error


def is_certified(folder: Path, authority: Authority, now: datetime) -> bool:
    """Return whether the key in ``folder`` is by this authority, and not in the second half of its term."""
    try:
        certificate = der(load_freshness_key(folder).certificate)
        signer = check_member_certificate(certificate, freshness_name(authority.domain), authority.certificate)
    except (BadKeys, BadDirectory):
        return False
    return now < signer.not_before + (signer.not_after - signer.not_before) / 2


def read_freshness(data: bytes, authority: x509.Certificate, domain: str) -> Freshness:
    """Read a statement by a key that the authority has certified for it. Raises BadDirectory."""
    what = Text("statement of a directory's freshness")
    body, signer = read_statement(data, Freshness, freshness_name(domain), authority, what)
    if body.domain != domain or not signer.not_before <= body.issued_at < body.expires_at <= signer.not_after:
        raise BadDirectory("the statement of freshness is for another domain, or of another time")
    if body.expires_at - body.issued_at > TERM:
        raise BadDirectory("the statement of freshness would count for too long")
    return body


def supersedes(found: Freshness, known: Freshness | None, now: datetime) -> bool:
    """Return whether a statement is to be known from now on instead of another that was seen."""
    if known is None:
        return True
    if _is_ahead(known, now) is not _is_ahead(found, now):
        return _is_ahead(known, now) or now >= known.expires_at
    return found.issued_at > known.issued_at


def behind(known: Freshness, version: int, digest: str, now: datetime) -> timedelta | None:
    """Return for how long the directory of this version and digest is not known to be current; None while it is."""
    if _is_ahead(known, now):
        return timedelta()
    if known.version > version or (known.version == version and known.digest != digest):
        return max(timedelta(), now - known.issued_at)
    return now - known.expires_at if now >= known.expires_at else None


def _is_ahead(statement: Freshness, now: datetime) -> bool:
    return statement.issued_at > now + CLOCK_SKEW


def freshness_name(domain: str) -> str:
    """Return whom the key is certified for; no member: an address has no such sign."""
    return f"freshness@{domain}"
