"""What the key for freshness states bears the certificate it is signed with, and is read in one way."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, TypeVar

from cryptography import x509

from exchange.directory.certificates import check_member_certificate
from exchange.envelope import Signer
from exchange.envelope.document import content_type
from exchange.envelope.sign1 import CONTENT_TYPE, read_sign1, thumbprint, verify_sign1
from exchange.envelope.strict import read_model
from exchange.errors import BadDirectory, SenderError
from exchange.language import Text
from exchange.schemas import Body

_LIMIT = 16_384


class Statement(Body):
    """A body that bears the certificate it is signed with, X.509 DER; each has it as its last field."""

    if TYPE_CHECKING:
        certificate: bytes


StatementT = TypeVar("StatementT", bound=Statement)


def read_statement(
    data: bytes, model: type[StatementT], name: str, authority: x509.Certificate, what: Text
) -> tuple[StatementT, Signer]:
    """Read a body signed with the certificate that it bears, which the authority has given to ``name``.

    Raises BadDirectory, naming ``what`` it is not.
    """
    try:
        message = read_sign1(data, _LIMIT)
        if message.header.get(CONTENT_TYPE) != content_type(model.KIND, model.VERSION):
            raise BadDirectory("this is no {what}", what=what)
        body = read_model(model, message.payload, model.KIND)
        signer = check_member_certificate(body.certificate, name, authority)
        if thumbprint(message.header) != hashlib.sha256(body.certificate).digest():
            raise BadDirectory("the {what} is signed with another key than it holds", what=what)
        verify_sign1(message, signer.public_key)
    except SenderError as error:
        raise BadDirectory("the {what} does not verify", what=what) from error
    return body, signer
