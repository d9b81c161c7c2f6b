"""A body that is signed by itself, outside any envelope: directories, statements, requests and grants, successions."""

from __future__ import annotations

import hashlib

from exchange.envelope.document import content_type
from exchange.envelope.protocols import SigningKey
from exchange.envelope.sign1 import ALG, CONTENT_TYPE, EDDSA, SHA_256, X5T, sign1
from exchange.schemas import Body


def sign_body(body: Body, certificate: bytes, key: SigningKey) -> bytes:
    """Sign a body with the key of a certificate (X.509 DER), under labels 1, 3 and 34 alone."""
    x5t = [SHA_256, hashlib.sha256(certificate).digest()]
    header = {ALG: EDDSA, CONTENT_TYPE: content_type(body.KIND, body.written_version), X5T: x5t}
    return sign1(body.as_json(), header, key)
