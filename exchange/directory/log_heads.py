"""The head of the audit log, signed with the key for freshness: others hold it against a log that was cut or rewritten.

It says how far the log had come and does not expire. Whoever steals the key can sign heads that the log never had, and
so raise a false alarm; it takes nothing back that members hold already.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, ClassVar

from cryptography import x509
from pydantic import Field

from exchange.directory.certificates import der
from exchange.directory.freshness import FreshnessKey, freshness_name
from exchange.directory.statements import Statement, read_statement
from exchange.envelope.papers import sign_body
from exchange.errors import BadDirectory
from exchange.language import Text
from exchange.schemas.base import Address, Digest
from exchange.schemas.instants import Instant


class AuditHead(Statement):
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
    return sign_body(body, certificate, key.key)


def read_head(data: bytes, authority: x509.Certificate, domain: str) -> AuditHead:
    """Read a head signed by the key that the authority has certified for statements. Raises BadDirectory."""
    what = Text("head of an audit log")
    body, signer = read_statement(data, AuditHead, freshness_name(domain), authority, what)
    if body.domain != domain or not signer.not_before <= body.issued_at <= signer.not_after:
        raise BadDirectory("the head of the audit log is another domain's, or of another time")
    return body
