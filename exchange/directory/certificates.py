"""X.509 certificates (RFC 5280) with Ed25519 (RFC 8410): the authority's own, and those it gives its members."""

from __future__ import annotations

from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, KeySerializationEncryption, PrivateFormat
from cryptography.utils import Buffer
from cryptography.x509.oid import NameOID

from exchange.directory.profile import check_profile, issued_by, key_in, read_certificate, validity
from exchange.envelope import Signer, SigningKey
from exchange.errors import BadDirectory
from exchange.language import Text

_BACKDATED = timedelta(days=1)
"""Certificates begin a day early, since clocks differ."""

Certificate = x509.Certificate
"""A certificate as it is held in memory; `load_certificate` makes one."""


def authority_certificate(domain: str, key: SigningKey, now: datetime, valid_for: timedelta) -> x509.Certificate:
    """Make the self-signed certificate of a domain's authority."""
    name = _name(f"authority of {domain}")
    builder = _builder(name, name, key.public_key(), now, valid_for)
    usage = _usage(sign=False)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    return builder.add_extension(usage, critical=True).sign(_borrowed(key), None)


def member_certificate(
    address: str,
    public_key: Ed25519PublicKey,
    issuer: x509.Certificate,
    issuer_key: SigningKey,
    now: datetime,
    valid_for: timedelta,
) -> x509.Certificate:
    """Make a member's certificate: its address is the subject's common name and a URI."""
    builder = _builder(_name(address), issuer.subject, public_key, now, valid_for, issuer)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(_usage(sign=True), critical=True)
    builder = builder.add_extension(_uri(address), critical=False)
    return builder.sign(_borrowed(issuer_key), None)


def check_member_certificate(der: bytes, address: str, authority: x509.Certificate) -> Signer:
    """Check that a member's certificate is the authority's, the member's, and as the profile wants it; return its
    signer. Raises BadDirectory.
    """
    whose = Text("the certificate of {address}", {"address": address})
    certificate = read_certificate(der, whose)
    if not issued_by(certificate, authority):
        raise BadDirectory("the certificate of {address} is not the authority's", address=address)
    check_profile(certificate, whose, authority=False)
    # the URI holds the whole address; a common name ends after 64 characters (RFC 5280, appendix A.1)
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    if names != _uri(address) or certificate.subject != _name(address):
        raise BadDirectory("the certificate listed for {address} is somebody else's", address=address)
    begins, ends = validity(certificate)
    _, latest = validity(authority)
    if ends > latest:
        raise BadDirectory(
            "the certificate of {address} ends at {ends}, after its authority's, which ends at {latest}",
            address=address,
            ends=ends.isoformat(),
            latest=latest.isoformat(),
        )
    return Signer(address, key_in(certificate), begins, ends)


def load_certificate(data: bytes) -> x509.Certificate:
    """Load an authority's certificate from its DER bytes: it is as the profile wants it, and signed by its own key.

    Raises BadDirectory.
    """
    whose = Text("an authority's certificate")
    certificate = read_certificate(data, whose)
    check_profile(certificate, whose, authority=True)
    if not issued_by(certificate, certificate):
        raise BadDirectory("an authority's certificate is not signed by the authority itself")
    return certificate


def der(certificate: x509.Certificate) -> bytes:
    """Return the certificate's DER bytes."""
    return certificate.public_bytes(Encoding.DER)


def der_of(data: bytes) -> bytes:
    """Return the DER bytes of a certificate that lies in a file as DER or as PEM (RFC 7468); others as they are."""
    if data.lstrip().startswith(b"-----BEGIN"):
        try:
            return der(x509.load_pem_x509_certificate(data))
        except ValueError:
            return data
    return data


class _Borrowed(Ed25519PrivateKey):
    """Any signing key in the shape that the builder asks for. It has no secret to give."""

    def __init__(self, key: SigningKey) -> None:
        self._key = key

    def public_key(self) -> Ed25519PublicKey:
        return self._key.public_key()

    def sign(self, data: Buffer) -> bytes:
        return self._key.sign(bytes(data))

    def private_bytes(
        self, encoding: Encoding, format: PrivateFormat, encryption_algorithm: KeySerializationEncryption
    ) -> bytes:
        raise TypeError("a borrowed key has no secret")

    def private_bytes_raw(self) -> bytes:
        raise TypeError("a borrowed key has no secret")

    def __copy__(self) -> _Borrowed:
        return self

    def __deepcopy__(self, memo: dict[int, object]) -> _Borrowed:
        return self


def _borrowed(key: SigningKey) -> Ed25519PrivateKey:
    return key if isinstance(key, Ed25519PrivateKey) else _Borrowed(key)


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: Ed25519PublicKey,
    now: datetime,
    valid_for: timedelta,
    within: x509.Certificate | None = None,
) -> x509.CertificateBuilder:
    """``within``: the authority's certificate, after which none of its members' ends."""
    begins, ends = now - _BACKDATED, now + valid_for
    if within is not None:
        ends = min(ends, validity(within)[1])
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(ends)
    )


def _usage(*, sign: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=sign,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=not sign,
        crl_sign=not sign,
        encipher_only=False,
        decipher_only=False,
    )


def _uri(address: str) -> x509.SubjectAlternativeName:
    return x509.SubjectAlternativeName([x509.UniformResourceIdentifier(f"exchange:{address}")])


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text[:64])])


def ends_at(pem: bytes) -> datetime:
    """Return when the first certificate of a PEM file ends: a server's own. Raises ValueError where there is none."""
    return x509.load_pem_x509_certificates(pem)[0].not_valid_after_utc
