"""A time-stamping authority on paper: its tokens are always the same octets, and of any time that is wanted.

Keys come from names and signatures are deterministic (RFC 6979). What it makes is what `openssl ts` makes, which a test
has verify some of it.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from exchange.audit.timestamps.tokens import stamped_bytes

BEGIN, END = datetime(2020, 1, 1, tzinfo=UTC), datetime(2040, 1, 1, tzinfo=UTC)
_SHA_256, _ECDSA = "2.16.840.1.101.3.4.2.1", "1.2.840.10045.4.3.2"
_SIGNED_DATA, _TST_INFO = "1.2.840.113549.1.7.2", "1.2.840.113549.1.9.16.1.4"
_CONTENT_TYPE, _DIGEST, _CERTIFICATE = "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4", "1.2.840.113549.1.9.16.2.47"


def tlv(tag: int, *parts: bytes) -> bytes:
    """An element in DER."""
    content = b"".join(parts)
    size = len(content)
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big") if size > 0x7F else b""
    return bytes([tag, 0x80 | len(octets) if octets else size]) + octets + content


def sequence(*parts: bytes) -> bytes:
    return tlv(0x30, *parts)


def integer(value: int) -> bytes:
    return tlv(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def oid(dotted: str) -> bytes:
    first, second, *rest = map(int, dotted.split("."))
    octets = bytearray()
    for arc in (first * 40 + second, *rest):
        low = [arc & 0x7F]
        while arc := arc >> 7:
            low.append(0x80 | arc & 0x7F)
        octets += bytes(reversed(low))
    return tlv(0x06, bytes(octets))


def _attribute(kind: str, value: bytes) -> bytes:
    return sequence(oid(kind), tlv(0x31, value))


def _key(name: str) -> ec.EllipticCurvePrivateKey:
    secret = int.from_bytes(hashlib.sha256(name.encode()).digest(), "big")
    return ec.derive_private_key(secret % (1 << 255) + 1, ec.SECP256R1())


class PaperTimeAuthority:
    """One, with a root of its own."""

    def __init__(self, name: str = "paper time") -> None:
        self._root_key, self._key = _key(f"root of {name}"), _key(name)
        root = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"root of {name}")])
        own = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        ca = x509.BasicConstraints(ca=True, path_length=0)
        self.root = self._certified(root, root, self._root_key, 1, ca)
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        self.certificate = self._certified(own, root, self._key, 2, usage)

    def _certified(
        self, subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, serial: int,
        extension: x509.ExtensionType,
    ) -> x509.Certificate:  # fmt: skip
        builder = x509.CertificateBuilder(issuer, subject, key.public_key(), serial, BEGIN, END)
        builder = builder.add_extension(extension, critical=True)
        return builder.sign(self._root_key, SHA256(), ecdsa_deterministic=True)

    @property
    def root_der(self) -> bytes:
        """Its root's certificate."""
        return self.root.public_bytes(Encoding.DER)

    def answer(
        self, head: bytes, at: datetime, nonce: int | None = None, imprint: bytes | None = None, chain: bool = False,
        status: int = 0, digest: str = _SHA_256,
    ) -> bytes:  # fmt: skip
        """The answer for a signed head at a moment; ``chain``: its root comes along, behind it as many send it."""
        said = imprint if imprint is not None else hashlib.sha256(stamped_bytes(head)).digest()
        moment = at.astimezone(UTC).strftime("%Y%m%d%H%M%SZ").encode()
        info = sequence(
            integer(1), oid("1.2.3.4.1"), sequence(sequence(oid(digest)), tlv(0x04, said)), integer(7),
            tlv(0x18, moment), *([integer(nonce)] if nonce is not None else []),
        )  # fmt: skip
        return sequence(sequence(integer(status)), self._token(info, chain=chain))

    def _token(self, info: bytes, *, chain: bool) -> bytes:
        der = self.certificate.public_bytes(Encoding.DER)
        sent = [der, *([self.root.public_bytes(Encoding.DER)] if chain else [])]
        certificates = b"".join(sorted(sent, reverse=chain))
        sha_256 = sequence(oid(_SHA_256))
        data = sequence(
            integer(3), tlv(0x31, sha_256), sequence(oid(_TST_INFO), tlv(0xA0, tlv(0x04, info))),
            tlv(0xA0, certificates), tlv(0x31, self._signer(info, der, sha_256)),
        )  # fmt: skip
        return sequence(oid(_SIGNED_DATA), tlv(0xA0, data))

    def _signer(self, info: bytes, certificate: bytes, sha_256: bytes) -> bytes:
        identifier = sequence(sequence(sequence(tlv(0x04, hashlib.sha256(certificate).digest()))))
        attributes = sorted([
            _attribute(_CONTENT_TYPE, oid(_TST_INFO)),
            _attribute(_DIGEST, tlv(0x04, hashlib.sha256(info).digest())),
            _attribute(_CERTIFICATE, identifier),
        ])  # fmt: skip
        signature = self._key.sign(tlv(0x31, *attributes), ec.ECDSA(SHA256(), deterministic_signing=True))
        return sequence(
            integer(1), sequence(self.certificate.issuer.public_bytes(), integer(self.certificate.serial_number)),
            sha_256, tlv(0xA0, *attributes), sequence(oid(_ECDSA)), tlv(0x04, signature),
        )  # fmt: skip
