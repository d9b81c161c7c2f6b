"""What two authorities exchange to join their domains, on whatever carries a file: a request, and the grant for it.

Both are COSE_Sign1 documents that hold their own signer's certificate. They prove that certificate, directory and
wish belong together, and no more: whose they are is for the people who hand them over to say, by comparing
fingerprints.
"""

from __future__ import annotations

import hashlib
from typing import Annotated, ClassVar, TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import Field

from exchange.directory.authority import Authority
from exchange.directory.certificates import der, load_certificate
from exchange.envelope.document import content_type
from exchange.envelope.papers import sign_body
from exchange.envelope.sign1 import CONTENT_TYPE, read_sign1, thumbprint, verify_sign1
from exchange.envelope.strict import read_model
from exchange.errors import BadDirectory, SenderError
from exchange.schemas import Body
from exchange.schemas.base import Address
from exchange.schemas.instants import Instant

_LIMIT = 67_108_864


class Request(Body):
    """A domain asks its superior to delegate to it."""

    KIND: ClassVar[str] = "delegation-request"

    domain: Address
    superior: Address
    certificate: bytes
    """Of its authority, DER."""
    directory: bytes
    """Its directory as signed, which names the superior."""
    made_at: Instant


class Grant(Body):
    """A superior has delegated: its directories, and those above it."""

    KIND: ClassVar[str] = "delegation-grant"

    domain: Address
    """The lower domain."""
    superior: Address
    certificate: bytes
    """Of the superior's authority, DER."""
    lower_certificate: bytes
    """Of the authority that was delegated to, DER."""
    directories: Annotated[tuple[bytes, ...], Field(min_length=1, max_length=20)]
    """The superior's own as signed, and those of its superiors."""
    made_at: Instant


G = TypeVar("G", Request, Grant)


def sign_paper(paper: Request | Grant, authority: Authority) -> bytes:
    """Sign a request or grant, as a file."""
    return sign_body(paper, der(authority.certificate), authority.key)


def read_grant_paper(data: bytes, model: type[G]) -> G:
    """Read a request or grant whose signature is that of the certificate inside. Raises BadDirectory."""
    what = model.KIND.replace("-", " ")
    try:
        message = read_sign1(data, _LIMIT)
        if message.header.get(CONTENT_TYPE) != content_type(model.KIND, model.VERSION):
            raise BadDirectory("the file is no {what}", remedy="give the file that the other side made", what=what)
        paper = read_model(model, message.payload, model.KIND)
        key = load_certificate(paper.certificate).public_key()
        if thumbprint(message.header) != hashlib.sha256(paper.certificate).digest():
            raise BadDirectory("the {what} was not signed by the authority whose certificate it holds", what=what)
        if not isinstance(key, Ed25519PublicKey):
            raise BadDirectory("the {what} was signed with a key of a kind not known here", what=what)
        verify_sign1(message, key)
    except SenderError as error:
        raise BadDirectory(
            "the {what} does not verify: {why}", remedy="have the other side make it anew", what=what, why=error.text
        ) from error
    return paper


def fingerprint(certificate: bytes) -> str:
    """Return the SHA-256 of a certificate as people compare it, in groups of four."""
    digits = hashlib.sha256(certificate).hexdigest()
    return " ".join(digits[first : first + 4] for first in range(0, 64, 4))
