"""Certificates of members and authorities, good and odd, with the sentence that refuses each."""

from __future__ import annotations

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import ExtendedKeyUsageOID

from exchange.directory.profile import MOST_OCTETS
from tests.unit.der_certificates import RSA_SHA256, Draft, extension, extension_of, name, public, time, tlv

AUTHORITY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
MEMBER = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
STRANGER = Ed25519PrivateKey.from_private_bytes(bytes(range(2, 34)))
ADDRESS = "a.planning"
_RSA = rsa.RSAPublicNumbers(65537, (1 << 2047) + 1).public_key()
RSA_KEY = _RSA.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def usage(*names: str) -> x509.KeyUsage:
    every = (
        "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
        "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
    )  # fmt: skip
    return x509.KeyUsage(**{one: one in names for one in every})


CA = extension_of(x509.BasicConstraints(ca=True, path_length=0), critical=True)
CA_USAGE = extension_of(usage("digital_signature", "key_cert_sign", "crl_sign"), critical=True)
NO_CA = extension_of(x509.BasicConstraints(ca=False, path_length=None), critical=True)
SIGNS = usage("digital_signature", "content_commitment")
USAGE = extension_of(SIGNS, critical=True)


def san(*names: x509.GeneralName, critical: bool = False) -> bytes:
    return extension_of(x509.SubjectAlternativeName(names), critical=critical)


URI = x509.UniformResourceIdentifier(f"exchange:{ADDRESS}")
SAN = san(URI)
SKI = extension_of(x509.SubjectKeyIdentifier(b"12345678"), critical=False)
CERTIFIES = name("authority of a")

ROOT = Draft(AUTHORITY, CERTIFIES, CERTIFIES, public(AUTHORITY), (CA, CA_USAGE), ends=time("360302000000Z"))
GOOD = Draft(AUTHORITY, CERTIFIES, name(ADDRESS), public(MEMBER), (NO_CA, USAGE, SAN))


def with_usage(*names: str) -> tuple[bytes, ...]:
    return NO_CA, extension_of(usage(*names), critical=True), SAN


MEMBERS: dict[str, tuple[Draft, str | None]] = {
    # 1 what is taken
    "1.1 as the exchange makes them": (GOOD, None),
    "1.2 digital signature alone": (GOOD.but(extensions=with_usage("digital_signature")), None),
    "1.3 with key identifiers": (GOOD.but(extensions=(NO_CA, USAGE, SAN, SKI)), None),
    "1.4 ends with its authority": (GOOD.but(ends=time("360302000000Z")), None),
    "1.5 the longest serial number": (GOOD.but(serial=b"\x7f" + b"\xff" * 19), None),
    # 2 signature and algorithms
    "2.1 signed by a stranger": (GOOD.but(signer=STRANGER), "is not the authority's"),
    "2.2 signed by itself": (GOOD.but(signer=MEMBER, issuer=name(ADDRESS)), "is not the authority's"),
    "2.3 another issuer's name": (GOOD.but(issuer=name("authority of b")), "is not the authority's"),
    "2.4 an empty issuer": (GOOD.but(issuer=name(None)), "is not the authority's"),
    "2.5 says RSA outside": (GOOD.but(outer=RSA_SHA256), "is not the authority's"),
    "2.6 says RSA inside": (GOOD.but(algorithm=RSA_SHA256), "is not the authority's"),
    "2.7 says RSA on both sides": (GOOD.but(algorithm=RSA_SHA256, outer=RSA_SHA256), "is not the authority's"),
    "2.8 an unknown algorithm": (
        GOOD.but(algorithm=bytes.fromhex("300506032a0304"), outer=bytes.fromhex("300506032a0304")),
        "is not the authority's",
    ),
    # 3 keys
    "3.1 an RSA key": (GOOD.but(key=RSA_KEY), "holds no Ed25519 key"),
    "3.2 a P-256 key": (GOOD.but(key=public(ec.generate_private_key(ec.SECP256R1()))), "holds no Ed25519 key"),
    "3.3 an Ed448 key": (GOOD.but(key=public(Ed448PrivateKey.generate())), "holds no Ed25519 key"),
    "3.4 an X25519 key": (GOOD.but(key=public(X25519PrivateKey.generate())), "holds no Ed25519 key"),
    "3.5 a key of a kind that nobody knows": (
        GOOD.but(key=bytes.fromhex("300d300506032a0304030400010203")), "something that cannot be read",
    ),
    "3.6 a key that is too short": (
        GOOD.but(key=bytes.fromhex("300c300506032b6570030300ff01")), "something that cannot be read",
    ),
    "3.7 the neutral point": (
        GOOD.but(key=bytes.fromhex("302a300506032b6570032100") + (1).to_bytes(32, "little")), "anybody can sign with",
    ),
    # 4 version and serial number
    "4.1 version 1": (GOOD.but(version=b"", bare=True), "not of version 3"),
    "4.2 version 1 with extensions": (GOOD.but(version=b""), "not of version 3"),
    "4.3 version 2": (GOOD.but(version=tlv(0xA0, tlv(0x02, b"\x01"))), "cannot be read"),
    "4.4 version 4": (GOOD.but(version=tlv(0xA0, tlv(0x02, b"\x03"))), "cannot be read"),
    "4.5 a negative serial number": (GOOD.but(serial=b"\xff"), "serial number that is not positive"),
    "4.6 serial number zero": (GOOD.but(serial=b"\x00"), "serial number that is not positive"),
    "4.7 a serial number of 21 octets": (GOOD.but(serial=b"\x01" + b"\x00" * 20), "or too long"),
    "4.8 a serial number written long": (GOOD.but(serial=b"\x00\x07"), "cannot be read"),
    "4.9 no serial number": (GOOD.but(serial=b""), "cannot be read"),
    # 5 validity
    "5.1 ends after its authority": (GOOD.but(ends=time("360302000001Z")), "after its authority's"),
    "5.2 ends in the year 9999": (GOOD.but(ends=time("99991231235959Z")), "outside the years"),
    "5.3 begins in the year 0": (GOOD.but(begins=time("00000101000000Z")), "something that cannot be read"),
    "5.4 begins in 1950": (GOOD.but(begins=time("500101000000Z")), "outside the years"),
    "5.5 ends before it begins": (GOOD.but(ends=time("260301000000Z")), "ends before it begins"),
    "5.6 a day that there is not": (GOOD.but(begins=time("260230000000Z")), "cannot be read"),
    "5.7 with an offset": (GOOD.but(ends=time("280302000000+0800")), "cannot be read"),
    "5.8 with fractions": (GOOD.but(ends=time("20280302000000.5Z")), "cannot be read"),
    "5.9 no date": (GOOD.but(ends=time("never")), "cannot be read"),
    # 6 names
    "6.1 another member's address": (GOOD.but(subject=name("a.transport")), "somebody else's"),
    "6.2 an empty subject": (GOOD.but(subject=name(None)), "somebody else's"),
    "6.3 no alternative name": (GOOD.but(extensions=(NO_CA, USAGE)), "lacks the extension subjectAltName"),
    "6.4 another URI": (
        GOOD.but(extensions=(NO_CA, USAGE, san(x509.UniformResourceIdentifier("exchange:a.transport")))),
        "somebody else's",
    ),
    "6.5 a further name": (GOOD.but(extensions=(NO_CA, USAGE, san(URI, x509.DNSName("example")))), "somebody else's"),
    "6.6 the address as a host": (GOOD.but(extensions=(NO_CA, USAGE, san(x509.DNSName(ADDRESS)))), "somebody else's"),
    "6.7 the URI twice": (GOOD.but(extensions=(NO_CA, USAGE, san(URI, URI))), "somebody else's"),
    "6.8 no name in the alternative name": (
        GOOD.but(extensions=(NO_CA, USAGE, extension("2.5.29.17", bytes.fromhex("3000"), critical=False))),
        "somebody else's",
    ),
    "6.9 a URI that is not ASCII": (
        GOOD.but(extensions=(NO_CA, USAGE, extension("2.5.29.17", bytes.fromhex("30048602ffff"), critical=False))),
        "something that cannot be read",
    ),
    # 7 extensions
    "7.1 none at all": (GOOD.but(bare=True), "lacks the extension basicConstraints"),
    "7.2 an empty list": (GOOD.but(extensions=()), "lacks the extension basicConstraints"),
    "7.3 no basic constraints": (GOOD.but(extensions=(USAGE, SAN)), "lacks the extension basicConstraints"),
    "7.4 an authority's": (GOOD.but(extensions=(CA, USAGE, SAN)), "is an authority's, and not a member's"),
    "7.5 basic constraints not critical": (
        GOOD.but(extensions=(extension_of(x509.BasicConstraints(False, None), critical=False), USAGE, SAN)), "wrongly",
    ),
    "7.6 a path length for a member": (
        GOOD.but(extensions=(extension("2.5.29.19", bytes.fromhex("3003020100"), critical=True), USAGE, SAN)),
        "something that cannot be read",
    ),
    "7.7 no key usage": (GOOD.but(extensions=(NO_CA, SAN)), "lacks the extension keyUsage"),
    "7.8 key usage not critical": (
        GOOD.but(extensions=(NO_CA, extension_of(SIGNS, critical=False), SAN)), "wrongly",
    ),
    "7.9 may sign certificates": (
        GOOD.but(extensions=with_usage("digital_signature", "key_cert_sign")), "key usage other",
    ),
    "7.10 may sign lists only": (GOOD.but(extensions=with_usage("crl_sign")), "key usage other"),
    "7.11 may encipher": (
        GOOD.but(extensions=with_usage("digital_signature", "key_encipherment")), "key usage other",
    ),
    "7.12 no digital signature": (GOOD.but(extensions=with_usage("content_commitment")), "key usage other"),
    "7.13 may nothing": (
        GOOD.but(extensions=(NO_CA, extension("2.5.29.15", bytes.fromhex("030100"), critical=True), SAN)),
        "key usage other",
    ),
    "7.14 the alternative name critical": (GOOD.but(extensions=(NO_CA, USAGE, san(URI, critical=True))), "wrongly"),
    "7.15 an unknown one, critical": (
        GOOD.but(extensions=(NO_CA, USAGE, SAN, extension("1.2.3.4", b"\x05\x00", critical=True))),
        "no place in it: 1.2.3.4",
    ),
    "7.16 an unknown one, not critical": (
        GOOD.but(extensions=(NO_CA, USAGE, SAN, extension("1.2.3.4", b"\x05\x00", critical=False))), "no place in it",
    ),
    "7.17 for servers": (
        GOOD.but(
            extensions=(
                NO_CA, USAGE, SAN,
                extension_of(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False),
            )
        ),
        "no place in it",
    ),
    "7.18 name constraints": (
        GOOD.but(
            extensions=(NO_CA, USAGE, SAN, extension_of(x509.NameConstraints([x509.DNSName("x")], None), critical=True))
        ),
        "no place in it",
    ),
    "7.19 one twice": (GOOD.but(extensions=(NO_CA, USAGE, SAN, NO_CA)), "something that cannot be read"),
    "7.20 an unreadable one": (
        GOOD.but(extensions=(NO_CA, USAGE, SAN, extension("2.5.29.31", b"\xff\xff\xff", critical=False))),
        "something that cannot be read",
    ),
    "7.21 an unreadable alternative name": (
        GOOD.but(extensions=(NO_CA, USAGE, extension("2.5.29.17", b"\x30\x80", critical=False))),
        "something that cannot be read",
    ),
    "7.22 key identifiers critical": (
        GOOD.but(
            extensions=(NO_CA, USAGE, SAN, extension_of(x509.SubjectKeyIdentifier(b"12345678"), critical=True))
        ),
        "wrongly",
    ),
    # 8 octets
    "8.1 octets behind it": (GOOD.but(behind=b"\x00"), "cannot be read"),
    "8.2 huge": (
        GOOD.but(extensions=(NO_CA, USAGE, SAN, extension("1.2.3.4", bytes(MOST_OCTETS), critical=False))), "more than",
    ),
    "8.3 no key at all": (GOOD.but(key=b""), "cannot be read"),
}  # fmt: skip


def root(*extensions: bytes) -> Draft:
    return ROOT.but(extensions=extensions)


def ca_usage(*names: str) -> bytes:
    return extension_of(usage(*names), critical=True)


AUTHORITIES: dict[str, tuple[Draft, str | None]] = {
    "1.1 as the exchange makes them": (ROOT, None),
    "1.2 without signing lists": (root(CA, ca_usage("digital_signature", "key_cert_sign")), None),
    "2.1 signed by another": (ROOT.but(signer=STRANGER), "not signed by the authority itself"),
    "2.2 issued by another": (ROOT.but(issuer=name("another")), "not signed by the authority itself"),
    "3.1 an RSA key": (ROOT.but(key=RSA_KEY), "holds no Ed25519 key"),
    "3.2 an X25519 key": (ROOT.but(key=public(X25519PrivateKey.generate())), "holds no Ed25519 key"),
    "4.1 a negative serial number": (ROOT.but(serial=b"\xff"), "serial number that is not positive"),
    "5.1 ends in the year 9999": (ROOT.but(ends=time("99991231235959Z")), "outside the years"),
    "5.2 ends before it begins": (ROOT.but(ends=time("200302000000Z")), "ends before it begins"),
    "7.1 a member's": (root(NO_CA, USAGE), "is not an authority's"),
    "7.2 none at all": (ROOT.but(bare=True), "lacks the extension"),
    "7.3 a longer path": (
        root(extension_of(x509.BasicConstraints(ca=True, path_length=1), critical=True), CA_USAGE), "path length",
    ),
    "7.4 a path without end": (
        root(extension_of(x509.BasicConstraints(ca=True, path_length=None), critical=True), CA_USAGE), "path length",
    ),
    "7.5 may not sign certificates": (root(CA, ca_usage("digital_signature", "crl_sign")), "key usage other"),
    "7.6 may not sign directories": (root(CA, ca_usage("key_cert_sign")), "key usage other"),
    "7.7 no key usage": (root(CA), "lacks the extension keyUsage"),
    "7.8 an alternative name": (root(CA, CA_USAGE, SAN), "no place in it"),
    "7.9 name constraints": (
        root(CA, CA_USAGE, extension_of(x509.NameConstraints(None, [x509.DNSName("x")]), critical=True)), "no place",
    ),
    "7.10 an unreadable one": (root(CA, CA_USAGE, extension("2.5.29.31", b"\xff", critical=False)), "cannot be read"),
    "8.1 octets behind it": (ROOT.but(behind=b"\x00"), "cannot be read"),
}  # fmt: skip
