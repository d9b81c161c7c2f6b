"""Send: an official document goes to other members; checked at the door, sealed once for all of them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from exchange.errors import CallerError
from exchange.flow.node import Node
from exchange.rules.secrecy import check_secrecy
from schemas import Document


def send_document(
    node: Node,
    document: Document,
    addressees: Sequence[str],
    *,
    enclosures: Sequence[bytes] = (),
    in_reply_to: str | None = None,
) -> str:
    """Puts a document into the outbox for ``addressees`` (main and copy recipients alike); returns its message id.

    Raises Secret for a classified document, NotFound for an address that is not in the directory, CallerError when
    the enclosures are not the attachments that the document names.
    """
    check_secrecy(document)
    if not addressees:
        raise CallerError("a document needs at least one addressee", mend="name an address of the directory")
    node.expect(addressees)
    named = [attachment.digest for attachment in document.attachments]
    if named != [hashlib.sha256(enclosure).hexdigest() for enclosure in enclosures]:
        raise CallerError("the enclosures are not the document's attachments", mend="give them in the document's order")
    with node.step() as step:
        message_id = step.send(
            document,
            tuple(dict.fromkeys(addressees)),
            urgency=document.urgency,
            enclosures=enclosures,
            in_reply_to=in_reply_to,
        )
        step.note("document-sent", None, message_id, addressees=len(addressees))
    return message_id
