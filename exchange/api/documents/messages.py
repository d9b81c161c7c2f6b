"""A stored message as the API gives it: verified, its body as JSON, its signed bytes beside it."""

from __future__ import annotations

import hashlib
from base64 import b64encode

from exchange.api.documents.models import AttachmentOut, MessageOut
from exchange.directory import Lookup
from exchange.documents.rules.issuing import document_in, is_signers_name
from exchange.envelope import verify_signed
from exchange.errors import ExchangeError, NotFound
from exchange.messaging.records import StoredDocument
from exchange.schemas import Body


def message_out(directory: Lookup, stored: StoredDocument) -> MessageOut:
    """Return a message as it is given out; one that does not verify any more comes without its body and blocks no
    other.
    """
    body, fault, own = None, None, None
    try:
        found = verify_signed(stored.signed, directory).body
        body, own = found.model_dump(mode="json"), _issuer_is_signer(directory, found, stored.sender)
    except ExchangeError as error:
        fault = f"{error.code}: {error}"
    return MessageOut(
        message_id=stored.message_id,
        sender=stored.sender,
        kind=stored.kind,
        conversation_id=stored.conversation_id,
        recorded_at=stored.recorded_at,
        direction=stored.direction,
        body=body,
        fault=fault,
        issuer_is_signer=own,
        attachments=tuple(_attachment(stored, place, data) for place, data in enumerate(stored.enclosures)),
        signed=b64encode(stored.signed).decode(),
    )


def _issuer_is_signer(directory: Lookup, body: Body, signer: str) -> bool | None:
    document = document_in(body)
    if document is None:
        return None
    try:
        member = directory.member(signer)
    except NotFound:
        return None
    return is_signers_name(document.issuer, (member.name, member.name_en))


def _attachment(stored: StoredDocument, place: int, data: bytes) -> AttachmentOut:
    return AttachmentOut(
        position=place,
        size=len(data),
        digest=hashlib.sha256(data).hexdigest(),
        href=f"/api/v1/documents/{stored.message_id}/attachments/{place}?sender={stored.sender}",
    )
