"""The head of the audit log, signed with the key for freshness: others hold it against a log that was cut or rewritten.

It says how far the log had come and does not expire. Whoever steals the key can sign heads that the log never had, and
so raise a false alarm; it takes nothing back that members hold already.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Annotated, ClassVar

from cryptography import x509
from pydantic import Field

from exchange.directory.certificates import check_member_certificate, der
from exchange.directory.freshness import FreshnessKey, freshness_name
from exchange.envelope.document import content_type
from exchange.envelope.sign1 import ALG, CONTENT_TYPE, EDDSA, SHA_256, X5T, read_sign1, sign1, thumbprint, verify_sign1
from exchange.envelope.strict import read_model
from exchange.errors import BadDirectory, SenderError
from exchange.schemas import Body
from exchange.schemas.base import Address, Digest
from exchange.schemas.instants import Instant

_LIMIT = 16_384


class AuditHead(Body):
    """How far the audit log of a domain's console had come, and the hash of its newest entry."""

    KIND: ClassVar[str] = "audit-head"

    domain: Address
    entries: Annotated[int, Field(ge=1, le=2**53 - 1)]
    hash: Digest
    issued_at: Instant
    certificate: Annotated[bytes, Field(max_length=4_096)]
    """Of the key that signs this, by the domain's authority; X.509 DER."""


def sign_head(key: FreshnessKey, domain: str, entries: int, digest: str, now: datetime) -> bytes:
    """State that the log has so many entries, the newest with this hash."""
    certificate = der(key.certificate)
    body = AuditHead(domain=domain, entries=entries, hash=digest, issued_at=now, certificate=certificate)
    x5t = [SHA_256, hashlib.sha256(certificate).digest()]
    header = {ALG: EDDSA, CONTENT_TYPE: content_type(body.KIND, body.VERSION), X5T: x5t}
    return sign1(body.model_dump_json().encode(), header, key.key)


def read_head(data: bytes, authority: x509.Certificate, domain: str) -> AuditHead:
    """Read a head signed by the key that the authority has certified for statements. Raises BadDirectory."""
    try:
        message = read_sign1(data, _LIMIT)
        if message.header.get(CONTENT_TYPE) != content_type(AuditHead.KIND, AuditHead.VERSION):
            raise BadDirectory("this is no head of an audit log")
        body = read_model(AuditHead, message.payload, AuditHead.KIND)
        signer = check_member_certificate(body.certificate, freshness_name(domain), authority)
        if thumbprint(message.header) != hashlib.sha256(body.certificate).digest():
            raise BadDirectory("the head of the audit log is signed with another key than it holds")
        verify_sign1(message, signer.public_key)
    except SenderError as error:
        raise BadDirectory("the head of the audit log does not verify") from error
    if body.domain != domain or not signer.not_before <= body.issued_at <= signer.not_after:
        raise BadDirectory("the head of the audit log is another domain's, or of another time")
    return body
