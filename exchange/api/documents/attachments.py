"""Documents as requests bear them; their attachments in base64, or as files of a form."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Sequence
from datetime import date

from pydantic import ValidationError

from exchange.api.content import invalid_request
from exchange.api.documents.models import AttachmentIn, DocumentIn
from exchange.documents.rules.numbers import parse_number
from exchange.errors import BadRequest
from exchange.files.attached import attachment_of
from exchange.schemas import Attachment, Document
from exchange.schemas.base import ATTACHMENT_LIMIT


def from_form(file: tuple[str, str | None, bytes]) -> AttachmentIn:
    """Take a file of a form as if it had come in the JSON; it is checked as that is, later."""
    name, media_type, content = file
    return AttachmentIn.model_construct(name=name, media_type=media_type, content=b64encode(content).decode())


def described(one: AttachmentIn, content: bytes) -> Attachment:
    """Return the attachment as a document names it. Raises pydantic's ValidationError."""
    found = attachment_of(one.name, content)
    if one.media_type is None:
        return found
    return Attachment(name=found.name, media_type=one.media_type, size=found.size, digest=found.digest)


def octets_of(one: AttachmentIn, place: str) -> bytes:
    """Decode an attachment's octets; ``place`` is the JSON pointer of its content. Raises BadRequest."""
    return content_of(one.content, place)


def content_of(text: str, place: str) -> bytes:
    """Decode octets that a request bears in base64; ``place`` is the JSON pointer. Raises BadRequest."""
    try:
        content = b64decode(text, validate=True)
    except ValueError:
        raise BadRequest("the request is invalid", faults=((place, "not base64 with padding"),)) from None
    if len(content) > ATTACHMENT_LIMIT:
        raise BadRequest("the request is invalid", faults=((place, f"at most {ATTACHMENT_LIMIT:,} bytes"),))
    return content


def document_of(
    asked: DocumentIn, attachments: Sequence[AttachmentIn], issued_on: date | None
) -> tuple[Document, list[bytes]]:
    """Return the document that a request means, of this day, and its attachments' octets. Raises BadRequest."""
    if len(attachments) > 20:
        raise BadRequest("more than 20 attachments", faults=(("/attachments", "at most 20"),))
    enclosures = [octets_of(one, f"/attachments/{at}/content") for at, one in enumerate(attachments)]
    fields = {name: getattr(asked, name) for name in DocumentIn.model_fields}
    try:
        named = tuple(map(described, attachments, enclosures))
        made = {"number": parse_number(asked.number), "date": issued_on, "attachments": named}
        return Document(**fields | made), enclosures
    except ValidationError as error:
        raise invalid_request(error) from None
