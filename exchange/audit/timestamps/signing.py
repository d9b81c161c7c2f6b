"""Whether a token is signed with the key of the certificate in it (RFC 5652, section 5.4).

The library verifies by a root that is trusted, which whoever asks for a time-stamp need not have: that is the reader's.
But a token that nobody will ever be able to verify is not kept, and one that somebody has changed is told as changed.
"""

from __future__ import annotations

from collections.abc import Iterator

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512, Hash, HashAlgorithm
from cryptography.x509 import Certificate

from exchange.audit.timestamps.der import FIRST, OBJECT, OCTETS, SEQUENCE, SET, Element, signed_data
from exchange.errors import Forged, Malformed, Unsupported


def _each(start: str, *ends: str) -> dict[bytes, HashAlgorithm]:
    """Object identifiers that differ in their last octet, for the three hashes."""
    return {bytes.fromhex(start + end): one for end, one in zip(ends, (SHA256(), SHA384(), SHA512()), strict=True)}


_HASHES = _each("6086480165030402", "01", "02", "03")
_RSA, _PSS = bytes.fromhex("2a864886f70d010101"), bytes.fromhex("2a864886f70d01010a")
_RSA_WITH = _each("2a864886f70d0101", "0b", "0c", "0d")
_ECDSA_WITH = _each("2a8648ce3d0403", "02", "03", "04")
_CONTENT_TYPE, _MESSAGE_DIGEST = bytes.fromhex("2a864886f70d010903"), bytes.fromhex("2a864886f70d010904")
_TST_INFO = bytes.fromhex("2a864886f70d0109100104")


def check_signature(response: bytes, certificate: Certificate) -> None:
    """Raise Forged unless the one signature of a TimeStampResp is over its content, by this certificate's key.

    Raises Malformed, and Unsupported for other algorithms than RSA and ECDSA with SHA-256, -384 or -512.
    """
    data = signed_data(response)
    encapsulated = data.at(2, SEQUENCE)
    if encapsulated.at(0, OBJECT).content != _TST_INFO:
        raise Malformed("time-stamp: it is over something else than a time")
    content = encapsulated.at(1, FIRST).at(0, OCTETS).content
    *_, infos = data.inside()
    signer = infos.at(0, SEQUENCE)
    algorithm, attributes = _hash(signer.at(2, SEQUENCE)), signer.at(3, FIRST)
    if dict(_attributes(attributes)).get(_MESSAGE_DIGEST) != _digest(content, algorithm):
        raise Forged("time-stamp: its content was changed")
    if dict(_attributes(attributes)).get(_CONTENT_TYPE) != _TST_INFO:
        raise Malformed("time-stamp: its signature is over something else than a time")
    signed = bytes([SET]) + attributes.encoded[1:]
    try:
        _verify(certificate, signer.at(4, SEQUENCE), signer.at(5, OCTETS).content, signed, algorithm)
    except InvalidSignature as error:
        raise Forged("time-stamp: its signature does not verify with the certificate in it") from error


def _attributes(attributes: Element) -> Iterator[tuple[bytes, bytes]]:
    """Each signed attribute of one value: its kind, and the content of the value."""
    for one in attributes.inside():
        values = [*one.at(1, SET).inside()]
        if len(values) == 1:
            yield one.at(0, OBJECT).content, values[0].content


def _hash(identifier: Element) -> HashAlgorithm:
    found = _HASHES.get(identifier.at(0, OBJECT).content)
    if found is None:
        raise Unsupported("time-stamp: it is signed with another hash than SHA-256, -384 or -512")
    return found


def _digest(content: bytes, algorithm: HashAlgorithm) -> bytes:
    digest = Hash(algorithm)
    digest.update(content)
    return digest.finalize()


def _verify(
    certificate: Certificate, identifier: Element, signature: bytes, signed: bytes, algorithm: HashAlgorithm
) -> None:
    kind, key = identifier.at(0, OBJECT).content, certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey) and (kind == _RSA or kind in _RSA_WITH):
        key.verify(signature, signed, padding.PKCS1v15(), _RSA_WITH.get(kind, algorithm))
    elif isinstance(key, rsa.RSAPublicKey) and kind == _PSS:
        key.verify(signature, signed, padding.PSS(padding.MGF1(algorithm), padding.PSS.AUTO), algorithm)
    elif isinstance(key, ec.EllipticCurvePublicKey) and kind in _ECDSA_WITH:
        key.verify(signature, signed, ec.ECDSA(_ECDSA_WITH[kind]))
    else:
        raise Unsupported("time-stamp: it is signed otherwise than by RSA or ECDSA")
