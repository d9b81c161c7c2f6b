"""The profile of certificates (docs/certificates.md): what RFC 5280 leaves open is one thing here, all else is refused.

Certificates come from others, through directories, the tree and papers: whatever a parser makes of a strange one, it is
refused by a sentence and never ends anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import SignatureAlgorithmOID

from exchange.envelope import belongs_to_somebody
from exchange.errors import BadDirectory
from exchange.language import Text
from exchange.schemas.instants import FIRST_YEAR, LAST_YEAR, within_bounds

MOST_OCTETS = 4_096
_SERIAL_BITS = 159
"""A positive number of at most 20 octets (RFC 5280, section 4.1.2.2)."""

_CRITICAL = (x509.BasicConstraints, x509.KeyUsage)
_AUTHORITYS, _MEMBERS = _CRITICAL, (*_CRITICAL, x509.SubjectAlternativeName)
_BESIDE = (x509.SubjectKeyIdentifier, x509.AuthorityKeyIdentifier)
"""May stand there, not critical; they help to find certificates, and say nothing that counts."""


def read_certificate(data: bytes, whose: Text) -> x509.Certificate:
    """Read a certificate's DER bytes. Raises BadDirectory, whatever they are; ``whose`` begins the sentence."""
    if len(data) > MOST_OCTETS:
        raise _refused(whose, Text("has more than {most:,} bytes", {"most": MOST_OCTETS}))
    try:
        certificate = x509.load_der_x509_certificate(data)
        again = certificate.public_bytes(Encoding.DER)
    except Exception as error:  # the parser meets hostile input: whatever it raises, this is none
        raise _refused(whose, Text("cannot be read")) from error
    if again != data:
        raise _refused(whose, Text("cannot be read"))
    return certificate


def check_profile(certificate: x509.Certificate, whose: Text, *, authority: bool) -> None:
    """Hold a certificate against the profile of an authority's or a member's. Raises BadDirectory.

    Names and signature are looked at by whoever knows whose it should be.
    """
    try:
        fault = next(_faults(certificate, authority), None)
    except Exception as error:  # extensions and dates are parsed when they are asked for
        raise _refused(whose, Text("holds something that cannot be read")) from error
    if fault is not None:
        raise _refused(whose, fault)


def issued_by(certificate: x509.Certificate, authority: x509.Certificate) -> bool:
    """Return whether an authority has signed a certificate, under its own name."""
    try:
        certificate.verify_directly_issued_by(authority)
    except Exception:  # another's name, algorithm or signature, or a key of another kind
        return False
    return True


def key_in(certificate: x509.Certificate) -> Ed25519PublicKey:
    """Return the key of a certificate that is as the profile wants it."""
    key = certificate.public_key()
    if not isinstance(key, Ed25519PublicKey):
        raise TypeError("held against the profile first")
    return key


def validity(certificate: x509.Certificate) -> tuple[datetime, datetime]:
    """Return from when and until when a certificate is valid. Raises ValueError or OverflowError for no dates."""
    return certificate.not_valid_before_utc, certificate.not_valid_after_utc


def _faults(certificate: x509.Certificate, authority: bool) -> Iterator[Text]:
    """Everything that the profile forbids, the first of which is told."""
    if certificate.version is not x509.Version.v3:
        yield Text("is not of version 3")
    if not 0 < certificate.serial_number < 1 << _SERIAL_BITS:
        yield Text("has a serial number that is not positive, or too long")
    if certificate.signature_algorithm_oid != SignatureAlgorithmOID.ED25519:
        yield Text("is not signed with Ed25519")
    key = certificate.public_key()
    if not isinstance(key, Ed25519PublicKey):
        yield Text("holds no Ed25519 key")
    elif not belongs_to_somebody(key):
        yield Text("holds a key that anybody can sign with")
    yield from _faults_of_time(certificate)
    yield from _faults_of_extensions(certificate, authority)


def _faults_of_time(certificate: x509.Certificate) -> Iterator[Text]:
    begins, ends = validity(certificate)
    if not (within_bounds(begins) and within_bounds(ends)):
        yield Text("is valid outside the years {first} to {last}", {"first": FIRST_YEAR, "last": LAST_YEAR})
    if ends <= begins:
        yield Text("ends before it begins")


def _faults_of_extensions(certificate: x509.Certificate, authority: bool) -> Iterator[Text]:
    expected = _AUTHORITYS if authority else _MEMBERS
    found = {type(one.value): one for one in certificate.extensions}
    _ = certificate.subject, certificate.issuer  # parsed when they are asked for
    for kind in expected:
        if kind not in found:
            yield Text("lacks the extension {name}", {"name": kind.oid._name})
            return
    for kind, one in found.items():
        if kind not in (*expected, *_BESIDE):
            yield Text("has an extension that has no place in it: {oid}", {"oid": one.oid.dotted_string})
        if one.critical is not (kind in _CRITICAL):
            yield Text("marks an extension wrongly as critical or not: {oid}", {"oid": one.oid.dotted_string})
    constraints, usage = found[x509.BasicConstraints].value, found[x509.KeyUsage].value
    if constraints.ca is not authority:
        yield Text("is not an authority's") if authority else Text("is an authority's, and not a member's")
    if constraints.path_length != (0 if authority else None):
        yield Text("has a path length other than the profile's")
    if _uses(usage) not in (_AUTHORITY_USES if authority else _MEMBER_USES):
        yield Text("has a key usage other than the profile's")


_ALL_USES = (
    "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
    "key_cert_sign", "crl_sign",
)  # fmt: skip
_AUTHORITY_USES = (
    frozenset({"digital_signature", "key_cert_sign", "crl_sign"}),
    frozenset({"digital_signature", "key_cert_sign"}),
)
_MEMBER_USES = (frozenset({"digital_signature", "content_commitment"}), frozenset({"digital_signature"}))


def _uses(usage: x509.KeyUsage) -> frozenset[str]:
    return frozenset(name for name in _ALL_USES if getattr(usage, name))


def _refused(whose: Text, why: Text) -> BadDirectory:
    return BadDirectory("{whose} {why}", whose=whose, why=why)
