"""Certificates built octet by octet, so that they can be what no library would make."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

ED25519 = bytes.fromhex("300506032b6570")
RSA_SHA256 = bytes.fromhex("300d06092a864886f70d01010b0500")


def tlv(tag: int, *parts: bytes) -> bytes:
    """One DER element."""
    content = b"".join(parts)
    length = len(content)
    if length < 128:
        return bytes([tag, length]) + content
    octets = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes([tag, 128 + len(octets)]) + octets + content


def sequence(*parts: bytes) -> bytes:
    """A SEQUENCE."""
    return tlv(0x30, *parts)


def name(text: str | None) -> bytes:
    """A distinguished name with a common name; an empty one for None."""
    attributes = [] if text is None else [x509.NameAttribute(NameOID.COMMON_NAME, text)]
    return x509.Name(attributes).public_bytes()


def time(text: str) -> bytes:
    """UTCTime for 13 characters, GeneralizedTime for any other number."""
    return tlv(0x17 if len(text) == 13 else 0x18, text.encode())


def extension(oid: str, value: bytes, *, critical: bool) -> bytes:
    """An extension with these octets as its value."""
    flag = tlv(0x01, b"\xff") if critical else b""
    encoded = x509.ObjectIdentifier(oid)
    return sequence(_oid(encoded), flag, tlv(0x04, value))


def extension_of(value: x509.ExtensionType, *, critical: bool) -> bytes:
    """An extension of a kind that the library knows."""
    return extension(value.oid.dotted_string, value.public_bytes(), critical=critical)


def public(key: object) -> bytes:
    """The public half of a key, as it stands in a certificate."""
    return bytes(key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Draft:
    """What a certificate says, each field as its DER."""

    signer: Ed25519PrivateKey
    issuer: bytes
    subject: bytes
    key: bytes
    extensions: tuple[bytes, ...]
    version: bytes = field(default_factory=lambda: tlv(0xA0, tlv(0x02, b"\x02")))
    serial: bytes = b"\x07"
    algorithm: bytes = ED25519
    outer: bytes = ED25519
    begins: bytes = field(default_factory=lambda: time("260302000000Z"))
    ends: bytes = field(default_factory=lambda: time("280302000000Z"))
    behind: bytes = b""
    bare: bool = False
    """Without the field of the extensions."""

    def der(self) -> bytes:
        """The certificate, signed."""
        extensions = b"" if self.bare else tlv(0xA3, sequence(*self.extensions))
        tbs = sequence(
            self.version, tlv(0x02, self.serial), self.algorithm, self.issuer, sequence(self.begins, self.ends),
            self.subject, self.key, extensions,
        )  # fmt: skip
        return sequence(tbs, self.outer, tlv(0x03, b"\x00", self.signer.sign(tbs))) + self.behind

    def but(self, **changes: object) -> Draft:
        """The same with other fields."""
        return replace(self, **changes)  # type: ignore[arg-type]


def _oid(oid: x509.ObjectIdentifier) -> bytes:
    first, second, *rest = map(int, oid.dotted_string.split("."))
    return tlv(0x06, b"".join(_base128(number) for number in (first * 40 + second, *rest)))


def _base128(number: int) -> bytes:
    digits = [number & 127]
    while number := number >> 7:
        digits.append(number & 127 | 128)
    return bytes(reversed(digits))
