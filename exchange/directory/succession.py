"""A domain's authority is replaced: the old key says which one comes after it, or people compare fingerprints.

What the old authority certified stays listed and goes on verifying: its certificate is kept beside the new one, for
that alone. It signs no directory any more. Whoever has stolen its key can certify what it likes; nothing of that is in
a directory that the new authority has signed.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from exchange.directory.at_rest import read_key, write_key
from exchange.directory.authority import AUTHORITY_TERM, Authority
from exchange.directory.certificates import authority_certificate, der, load_certificate
from exchange.directory.tokens import TokenKey, restored, stored
from exchange.directory.tokens.uri import TokenUri
from exchange.envelope.document import content_type
from exchange.envelope.papers import sign_body
from exchange.envelope.sign1 import CONTENT_TYPE, read_sign1, thumbprint, verify_sign1
from exchange.envelope.strict import read_model
from exchange.errors import BadDirectory, SenderError
from exchange.machine.files import make_folder, write_secret
from exchange.schemas import MAX_AUTHORITIES, Body
from exchange.schemas.base import Address, Digest, Line
from exchange.schemas.instants import Instant

FORMER, SUCCESSION = "former", "succession"
"""Folders beside the authority's certificate: those before it, and the papers by which each named the next."""
KEY, CERTIFICATE = "authority.key", "authority.der"
_LIMIT = 65_536


class Succession(Body):
    """The authority of a domain says which one comes after it."""

    KIND: ClassVar[str] = "authority-succession"

    domain: Address
    before: Digest
    """SHA-256 of the old authority's certificate."""
    certificate: bytes
    """The new authority's, DER."""
    made_at: Instant
    reason: Line


def sign_succession(paper: Succession, before: Authority) -> bytes:
    """Sign a succession with the old authority's key."""
    return sign_body(paper, der(before.certificate), before.key)


def read_succession(data: bytes, before: x509.Certificate) -> x509.Certificate:
    """Return the authority that ``before`` names as the one after it. Raises BadDirectory."""
    digest, key = hashlib.sha256(der(before)).digest(), before.public_key()
    try:
        message = read_sign1(data, _LIMIT)
        if message.header.get(CONTENT_TYPE) != content_type(Succession.KIND, Succession.VERSION):
            raise BadDirectory("the file is no succession of an authority")
        if thumbprint(message.header) != digest or not isinstance(key, Ed25519PublicKey):
            raise BadDirectory("the succession was not signed by the authority that is trusted here")
        verify_sign1(message, key)
        paper = read_model(Succession, message.payload, Succession.KIND)
    except SenderError as error:
        raise BadDirectory("the succession does not verify") from error
    after = load_certificate(paper.certificate)
    if paper.before != digest.hex() or after.subject != before.subject:
        raise BadDirectory("the succession is that of another authority")
    return after


def successor_in(folder: Path, before: x509.Certificate) -> x509.Certificate | None:
    """Return the authority that ``before`` has named, by the papers in an authority's folder; None for none.

    Raises BadDirectory for a paper that is not its.
    """
    try:
        data = _paper_of(folder, before).read_bytes()
    except OSError:
        return None
    return read_succession(data, before)


def former_authorities(folder: Path) -> tuple[x509.Certificate, ...]:
    """Return the authorities that were before the one in a folder; they vouch for what they certified, and sign no
    directory. Raises BadDirectory.
    """
    found = [load_certificate(path.read_bytes()) for path in sorted((folder / FORMER).glob("*.der"))]
    return tuple(found[-MAX_AUTHORITIES:])


def next_authority(folder: Path, domain: str, now: datetime, place: TokenUri | None = None) -> Authority:
    """Return the authority that is to come, whose key lies in a folder; it is made where there is none.

    ``place``: where in a token its key is made. Raises BadKeys; Conflict where there is one of that name.
    """
    try:
        key = restored(read_key(folder / KEY))
    except (OSError, ValueError):
        key = Ed25519PrivateKey.generate() if place is None else TokenKey.make(place)
    try:
        certificate = load_certificate((folder / CERTIFICATE).read_bytes())
        if certificate.public_key() == key.public_key():
            return Authority(domain, certificate, key)
    except (OSError, ValueError, BadDirectory):
        pass
    certificate = authority_certificate(domain, key, now, AUTHORITY_TERM)
    make_folder(folder, 0o700)
    write_key(folder / KEY, stored(key))
    write_secret(folder / CERTIFICATE, der(certificate))
    return Authority(domain, certificate, key)


def take_over(folder: Path, after: Authority) -> None:
    """Put an authority in the place of the one in a folder, whose certificate is kept."""
    trust(folder, after.certificate)
    write_key(folder / KEY, stored(after.key))


def trust(folder: Path, certificate: x509.Certificate) -> None:
    """Put an authority's certificate in the place of the one in a folder, which is kept.

    What it may have named after it before counts no more: people who go back to it trust itself.
    """
    before = (folder / CERTIFICATE).read_bytes()
    if before == der(certificate):
        return
    kept = sorted((folder / FORMER).glob("*.der"))
    if all(path.read_bytes() != before for path in kept):
        make_folder(folder / FORMER)
        write_secret(folder / FORMER / f"{len(kept) + 1:03d}.der", before)
    _paper_of(folder, certificate).unlink(missing_ok=True)
    write_secret(folder / CERTIFICATE, der(certificate))


def keep_succession(folder: Path, before: x509.Certificate, paper: bytes) -> None:
    """Keep the paper by which an authority names the next, where `successor_in` finds it."""
    make_folder(folder / SUCCESSION)
    write_secret(_paper_of(folder, before), paper)


def _paper_of(folder: Path, authority: x509.Certificate) -> Path:
    return folder / SUCCESSION / f"{thumb(authority)}.cose"


def thumb(certificate: x509.Certificate) -> str:
    """Return the SHA-256 of a certificate, hexadecimal."""
    return hashlib.sha256(der(certificate)).hexdigest()
