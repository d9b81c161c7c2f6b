"""A trial authority for TLS and what it issues: broker, database and doors, by names and numbers (RFC 5280, 6125).

It is not the domain's authority: that vouches for who signs, this for where a connection leads. Keys are of P-256,
which every broker, database and browser in use reads.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from exchange.errors import BadConfiguration

AUTHORITY_LASTS = timedelta(days=3650)
_BACKDATED = timedelta(minutes=5)
"""Clocks differ."""


@dataclass(frozen=True)
class ServerPair:
    """A certificate and its key, each as PEM."""

    certificate: bytes
    key: bytes


@dataclass(frozen=True)
class ServerCertificate:
    """What a certificate says."""

    hosts: tuple[str, ...]
    """Names and numbers, in its order."""
    begins_at: datetime
    ends_at: datetime
    issued: bool
    """Whether it was issued by the authority that it was held against."""


def new_authority(name: str, now: datetime) -> ServerPair:
    """Make an authority for TLS of this name."""
    key, subject = ec.generate_private_key(ec.SECP256R1()), _name(f"TLS of {name} (trial)")
    builder = _builder(subject, subject, key.public_key(), now, now + AUTHORITY_LASTS)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    builder = builder.add_extension(_usage(signs_certificates=True), critical=True)
    return _pair(builder.sign(key, hashes.SHA256()), key)


def new_server_pair(
    authority: ServerPair, name: str, hosts: Sequence[str], now: datetime, ends_at: datetime
) -> ServerPair:
    """Make a certificate with a new key for hosts by their names and numbers.

    Raises BadConfiguration for an authority that cannot be read, or a host that is no name or number.
    """
    issuer, issuer_key = _read(authority)
    key = ec.generate_private_key(ec.SECP256R1())
    builder = _builder(_name(name), issuer.subject, key.public_key(), now, min(ends_at, issuer.not_valid_after_utc))
    uses = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
    identifier = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    for extension, critical in (
        (x509.BasicConstraints(ca=False, path_length=None), True),
        (_usage(signs_certificates=False), True),
        (x509.ExtendedKeyUsage(uses), False),
        (x509.SubjectAlternativeName([_general(host) for host in hosts]), False),
        (x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier), False),
    ):
        builder = builder.add_extension(extension, critical=critical)
    return _pair(builder.sign(issuer_key, hashes.SHA256()), key)


def check_authority(authority: ServerPair) -> datetime:
    """Return when an authority ends. Raises BadConfiguration where certificate and key are not a pair."""
    return _read(authority)[0].not_valid_after_utc


def is_pair(pair: ServerPair) -> bool:
    """Return whether a key is that of the certificate beside it."""
    try:
        _read(pair)
    except BadConfiguration:
        return False
    return True


def read_server_certificate(data: bytes, authority: bytes) -> ServerCertificate | None:
    """Return what a certificate says, held against an authority's; None where it cannot be read."""
    try:
        found, issuer = x509.load_pem_x509_certificate(data), x509.load_pem_x509_certificate(authority)
        names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (ValueError, x509.ExtensionNotFound):
        return None
    hosts = tuple(str(one.value) for one in names if isinstance(one, x509.DNSName | x509.IPAddress))
    try:
        found.verify_directly_issued_by(issuer)
        issued = True
    except (ValueError, TypeError, InvalidSignature):
        issued = False
    return ServerCertificate(hosts, found.not_valid_before_utc, found.not_valid_after_utc, issued)


def _read(pair: ServerPair) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    try:
        certificate, key = x509.load_pem_x509_certificate(pair.certificate), load_pem_private_key(pair.key, None)
    except (ValueError, TypeError) as error:
        raise BadConfiguration("the authority for TLS cannot be read", remedy=_RESTORE) from error
    if not isinstance(key, ec.EllipticCurvePrivateKey) or _public(key.public_key()) != _public(certificate):
        raise BadConfiguration("certificate and key of the authority for TLS are not a pair", remedy=_RESTORE)
    return certificate, key


_RESTORE = "put both files back as they were; or move the folder away, and make everything anew"


def _public(holder: ec.EllipticCurvePublicKey | x509.Certificate) -> bytes:
    key = holder.public_key() if isinstance(holder, x509.Certificate) else holder
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime, ends_at: datetime
) -> x509.CertificateBuilder:
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key)
    builder = builder.serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(now - _BACKDATED).not_valid_after(ends_at)
    return builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates, content_commitment=False, key_encipherment=False,
        data_encipherment=False, key_agreement=False, key_cert_sign=signs_certificates, crl_sign=signs_certificates,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text[:64])])


def _general(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        pass
    try:
        return x509.DNSName(host)
    except ValueError as error:
        remedy = "write a host's name in ASCII, or its number"
        raise BadConfiguration("{host!r} is no host", remedy=remedy, host=host) from error


def _pair(certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> ServerPair:
    return ServerPair(
        certificate.public_bytes(Encoding.PEM),
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
    )
