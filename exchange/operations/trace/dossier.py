"""The dossier (案卷): every message of a case that a member has on record, sent or received, with its attachments.

Read from the signed bytes and verified; one that no longer verifies is listed with the reason, without its content.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

from exchange.approval.department.store import DepartmentDesk
from exchange.approval.window.store import Cases
from exchange.documents.circulate import CARRIERS
from exchange.documents.rules.circulation import CirculationReader
from exchange.documents.rules.handling import DocumentHandling
from exchange.documents.rules.issuing import Issuing
from exchange.documents.sent_back import replaced
from exchange.documents.store import Circulations, Handlings
from exchange.envelope import Verified, verify_signed
from exchange.errors import NotFound, SenderError
from exchange.joint.reader import JointIssue, open_issue
from exchange.messaging.documents import Documents
from exchange.messaging.node import Node
from exchange.messaging.outbox import Outbox
from exchange.messaging.records import OutboxView, StoredDocument
from exchange.messaging.register.records import RegisterEntry, RegisterSide
from exchange.messaging.register.store import Register
from exchange.notices.store import Notices
from exchange.operations.trace.issued import issuing_of
from exchange.schemas import (
    Application,
    Attachment,
    Body,
    CaseAddition,
    ClaimCheck,
    Consultation,
    Document,
    Filing,
    FilingSupplement,
    ForwardedRequest,
    Forwarding,
    JointDocument,
    JointDraft,
    Notice,
)
from exchange.store.transaction import Transaction


@dataclass(frozen=True)
class Filed:
    """One message on record."""

    stored: StoredDocument
    verified: Verified | None
    fault: str
    """Why it does not verify, where it does not."""
    copies: tuple[OutboxView, ...]
    """Where each addressee's copy stands, if this member sent it."""
    joint: JointIssue | None = None
    """What a joint document says and who has signed it, once all of that holds; else ``fault`` says why not."""
    passed_on: Verified | None = None
    """What a relay office's forwarding holds, or a window's addition to a case, as its origin signed it; it was
    verified when it came."""
    issuing: Issuing | None = None
    """Of the document in it, whose name and number it bears, held against its signer: a joint one's lead, a forwarded
    one's origin.
    """
    registered: RegisterEntry | None = None
    """Its entry in the register of documents."""
    readers: tuple[CirculationReader, ...] = ()
    """To whom it is put round within the authority, and who has read it."""
    handled: tuple[DocumentHandling, ...] = ()
    """Who has sent it back, and why; or that it is filed."""
    replaces: str | None = None
    """The document that was sent back and that this one replaces, as its sender says by what it answers."""


def dossier(node: Node, case_number: str) -> list[Filed]:
    """Return all messages of a case in the order recorded; none where this member knows nothing of it."""
    with node.store.reading() as tx:
        conversation = _conversation(tx, case_number)
        found = tx[Documents].of_conversation(conversation) if conversation else []
        # Monitors' messages have conversations of their own; the journal names them.
        for message_id in dict.fromkeys(entry.message_id for entry in tx.journal_of(case_number)):
            found += tx[Documents].find(message_id) if message_id else []
        once = {(stored.sender, stored.message_id, stored.direction): stored for stored in found}
        return [_filed(node, tx, stored) for stored in sorted(once.values(), key=lambda item: item.recorded_at)]


def filed(node: Node, message_id: str) -> list[Filed]:
    """Return the messages under an id (unique only with their sender), or what brought the notice of that id.

    Raises NotFound.
    """
    with node.store.reading() as tx:
        notice = tx[Notices].get(message_id)
        there = tx[Documents].find(message_id) or (tx[Documents].find(notice.forwarding_id) if notice else [])
        found = [_filed(node, tx, stored) for stored in there]
    if not found:
        raise NotFound(
            "no message or case {message_id} at {address}",
            remedy="`exchange show CASE` lists a case's messages; `--as` names another member",
            message_id=message_id,
            address=node.address,
        )
    return found


def attachments(item: Filed) -> Iterator[tuple[Attachment, bytes]]:
    """Yield a message's attachments with their content: only what the signed document names by digest."""
    contents = {hashlib.sha256(content).hexdigest(): content for content in item.stored.enclosures}
    for attachment in _named(item) if item.verified else ():
        if attachment.digest in contents:
            yield attachment, contents[attachment.digest]


def claims(item: Filed) -> tuple[ClaimCheck, ...]:
    """Return a message's attachments that lie in the claim store."""
    document, application = document_in(item), application_in(item)
    filed = application.materials if application is not None else ()
    large = tuple(material.claim for material in filed if material.claim is not None)
    return large + (document.claims if document is not None else ())


def application_in(item: Filed) -> Application | None:
    """Return the application that a message carries: what was filed, or is put to departments."""
    carried = item.passed_on or item.verified
    body = carried.body if carried else None
    return body.application if isinstance(body, Consultation | Filing | FilingSupplement) else None


def document_in(item: Filed) -> Document | None:
    """Return the official document that a message is or carries: a notice's, an own opinion, one that several sign."""
    verified = item.passed_on or item.verified
    body: Body | None = verified.body if verified else None
    if item.joint is not None:
        return item.joint.draft.document
    if isinstance(body, JointDraft | Notice):
        return body.document
    if isinstance(body, ForwardedRequest):
        return body.opinion
    return body if isinstance(body, Document) else None


def _named(item: Filed) -> Iterator[Attachment]:
    application = application_in(item)
    if application is not None:
        yield from (material.attachment for material in application.materials if material.attachment)
    document = document_in(item)
    yield from document.attachments if document else ()


def _conversation(tx: Transaction, case_number: str) -> str | None:
    case = tx[Cases].get(case_number)
    if case is not None:
        return case.conversation_id
    row = tx[DepartmentDesk].get(case_number)
    stored = tx[Documents].get(row.window, row.request_id) if row else None
    return stored.conversation_id if stored else None


def _filed(node: Node, tx: Transaction, stored: StoredDocument) -> Filed:
    found = _read(node, tx, stored)
    if stored.kind in CARRIERS or stored.kind == Notice.KIND:
        entry = tx[Register].of(RegisterSide(stored.direction), stored.sender, stored.message_id)
        readers = tuple(tx[Circulations].readers(stored.sender, stored.message_id))
        found = replace(found, registered=entry, readers=readers if stored.direction == RegisterSide.RECEIVED else ())
        found = replace(found, handled=tuple(tx[Handlings].of(stored.sender, stored.message_id)))
    if found.verified is None:
        return found
    issuing = issuing_of(node.directory, found.verified, stored.enclosures)
    return replace(found, issuing=issuing, replaces=replaced(tx, found.verified))


def _read(node: Node, tx: Transaction, stored: StoredDocument) -> Filed:
    copies = tuple(tx[Outbox].rows(stored.message_id)) if stored.direction == "sent" else ()
    try:
        verified = verify_signed(stored.signed, node.directory)
    except SenderError as error:
        return Filed(stored, None, str(error), copies)
    try:
        if isinstance(verified.body, JointDocument):
            joint = open_issue(node.directory, verified.header, verified.body, stored.enclosures)
            return Filed(stored, verified, "", copies, joint)
        if isinstance(verified.body, Forwarding | CaseAddition) and stored.enclosures:
            passed_on = verify_signed(stored.enclosures[0], node.directory)
            return Filed(stored, verified, "", copies, passed_on=passed_on)
    except SenderError as error:
        return Filed(stored, verified, str(error), copies)
    return Filed(stored, verified, "", copies)
