"""A time-stamp over a head of a log: what is asked of an authority, and what its answer says.

It is over the head's signature as RFC 9921, section 3.1, has it for a COSE_Sign1 that was signed first and stamped
afterwards: the message imprint is the hash of the signature as CBOR encodes it, a byte string with its head. The answer
is kept as it came, beside the head, whose own bytes stay as they were signed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from cryptography.x509 import Certificate, ExtendedKeyUsage, load_der_x509_certificate
from cryptography.x509.oid import ExtendedKeyUsageOID
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerifierBuilder,
    decode_timestamp_response,
)

from exchange.audit.log.heads import HEAD_LIMIT
from exchange.audit.timestamps.ordering import with_sorted_certificates
from exchange.audit.timestamps.signing import check_signature
from exchange.envelope import cbor
from exchange.envelope.sign1 import read_sign1
from exchange.errors import Forged, Malformed, SenderError

TOKEN_LIMIT = 65_536
"""Bytes of an answer of an authority."""
_SHA_256 = "2.16.840.1.101.3.4.2.1"
_GRANTED = 0
_LONGEST_NAME = 200


@dataclass(frozen=True)
class StampRequest:
    """What is asked of an authority."""

    encoded: bytes
    """TimeStampReq (RFC 3161, section 2.4.1): the imprint, a nonce, and that certificates are to come along."""
    nonce: int


@dataclass(frozen=True)
class TimeStamp:
    """A token as read. It is whole: by the certificate in it; whether that is an authority's is not known yet."""

    at: datetime
    """When the authority says that it had the imprint, UTC."""
    authority: str
    """Whom the signing certificate names (RFC 4514)."""
    imprint: bytes
    nonce: int | None
    _response: TimeStampResponse = field(repr=False)
    _signer: Certificate = field(repr=False)

    def is_by(self, trusted: Sequence[Certificate]) -> bool:
        """Whether its signer's certificate is one of these, or leads to a root among them, at the time of the token."""
        own = self._signer
        if own in trusted and own.not_valid_before_utc <= self.at <= own.not_valid_after_utc:
            return True
        return bool(trusted) and _leads_to(self._response, trusted, self.imprint)


def stamped_bytes(head: bytes) -> bytes:
    """Return what of a signed head is stamped: its signature, as CBOR encodes it. Raises Malformed or Unsupported."""
    return cbor.encode(read_sign1(head, HEAD_LIMIT).signature)


def request_for(head: bytes) -> StampRequest:
    """Return the request for a signed head, with a nonce of its own. Raises Malformed or Unsupported."""
    asked = TimestampRequestBuilder().data(stamped_bytes(head)).hash_algorithm(HashAlgorithm.SHA256).build()
    if asked.nonce is None:
        raise Malformed("time-stamp: the request has no nonce")
    return StampRequest(asked.as_bytes(), asked.nonce)


def read_stamp(data: bytes) -> TimeStamp:
    """Read an authority's answer. Raises Malformed, Unsupported or Forged for all but a whole token."""
    if len(data) > TOKEN_LIMIT:
        raise Malformed("time-stamp: longer than {most:,} bytes", most=TOKEN_LIMIT)
    try:
        response = decode_timestamp_response(with_sorted_certificates(data))
        if response.status != _GRANTED:
            raise Malformed("time-stamp: it was not granted")
        info = response.tst_info
        imprint, algorithm = info.message_imprint.message, info.message_imprint.hash_algorithm.dotted_string
        signer = _signer(response)
        at = info.gen_time.replace(tzinfo=UTC) if info.gen_time.tzinfo is None else info.gen_time.astimezone(UTC)
        nonce, certain = info.nonce, _is_for_time(signer)
        check_signature(data, signer)
        name = _name_of(signer)  # cryptography reads a part of a certificate when it is asked for
    except SenderError:
        raise
    except Exception as error:  # hostile input: whatever the reader of tokens makes of it, it is none
        raise Malformed("time-stamp: it cannot be read") from error
    if algorithm != _SHA_256:
        raise Malformed("time-stamp: its imprint is not SHA-256")
    if not certain:
        raise Malformed("time-stamp: the certificate in it is not one for time-stamps")
    return TimeStamp(at, name, imprint, nonce, response, signer)


def check_stamps(stamp: TimeStamp, head: bytes) -> None:
    """Raise Forged unless a token is over this signed head."""
    if stamp.imprint != hashlib.sha256(stamped_bytes(head)).digest():
        raise Forged("time-stamp: it is over something else than this head")


def _signer(response: TimeStampResponse) -> Certificate:
    """The certificate of the one who signed, which must come along."""
    infos = list(response.signed_data.signer_infos)
    if len(infos) != 1:
        raise Malformed("time-stamp: it has not one signature")
    for encoded in sorted(response.signed_data.certificates):
        certificate = load_der_x509_certificate(encoded)
        if (certificate.issuer, certificate.serial_number) == (infos[0].issuer, infos[0].serial_number):
            return certificate
    raise Malformed("time-stamp: its signer's certificate is not in it")


def _is_for_time(certificate: Certificate) -> bool:
    """Whether its use is the time-stamping of others, which must be marked critical (RFC 3161, section 2.3)."""
    found = [one for one in certificate.extensions if isinstance(one.value, ExtendedKeyUsage)]
    return any(one.critical and ExtendedKeyUsageOID.TIME_STAMPING in one.value for one in found)


def _leads_to(response: TimeStampResponse, trusted: Sequence[Certificate], imprint: bytes) -> bool:
    """Whether a chain ends at a root among these, and all of it was valid at the time of the token."""
    try:
        return VerifierBuilder(roots=list(trusted)).build().verify(response, imprint)
    except Exception:  # hostile input: whatever the reader of tokens makes of it, it proves nothing
        return False


def _name_of(certificate: Certificate) -> str:
    name = certificate.subject.rfc4514_string()
    return "".join(sign if sign.isprintable() else "?" for sign in name)[:_LONGEST_NAME]
