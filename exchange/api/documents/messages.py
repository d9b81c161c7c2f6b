"""A stored message as the API gives it: verified, its body as JSON, its signed bytes beside it."""

from __future__ import annotations

import hashlib
from base64 import b64encode

from exchange.api.documents.models import AttachmentOut, MessageOut
from exchange.directory import Lookup
from exchange.envelope import verify_signed
from exchange.errors import ExchangeError
from exchange.messaging.records import StoredDocument
from exchange.operations.trace.issued import issuing_of


def message_out(directory: Lookup, stored: StoredDocument) -> MessageOut:
    """Return a message as it is given out; one that does not verify any more comes without its body and blocks no
    other.
    """
    body, fault, own = None, None, None
    try:
        found = verify_signed(stored.signed, directory)
        body, own = found.body.model_dump(mode="json"), issuing_of(directory, found, stored.enclosures)
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
        issuer_is_signer=own.issuer_is_signer if own else None,
        code_is_signers=own.code_is_signers if own else None,
        attachments=tuple(_attachment(stored, place, data) for place, data in enumerate(stored.enclosures)),
        signed=b64encode(stored.signed).decode(),
    )


def _attachment(stored: StoredDocument, place: int, data: bytes) -> AttachmentOut:
    return AttachmentOut(
        position=place,
        size=len(data),
        digest=hashlib.sha256(data).hexdigest(),
        href=f"/api/v1/documents/{stored.message_id}/attachments/{place}?sender={stored.sender}",
    )
