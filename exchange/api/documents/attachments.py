"""Attachments as requests bear them, in base64 or as files of a form: their octets, and how a document names them."""

from __future__ import annotations

from base64 import b64decode, b64encode

from exchange.api.documents.models import AttachmentIn
from exchange.errors import BadRequest
from exchange.files.attached import attachment_of
from exchange.schemas import Attachment
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
