"""A joint document's text: judged at every stop by the same rules; its bytes, as the lead signed them, found again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import TypeVar

from exchange.directory import Lookup
from exchange.documents.convey import refuse_all
from exchange.envelope import payload_of
from exchange.errors import CallerError, Conflict, NotFound, Returned, SenderError
from exchange.joint.judging import text_faults
from exchange.joint.records import JointRow
from exchange.joint.states import JointSeat
from exchange.joint.store import JointDocuments
from exchange.messaging.aside.early import wait_a_day
from exchange.messaging.documents import Documents
from exchange.messaging.incoming import Incoming
from exchange.messaging.node import Step
from exchange.schemas import Document, JointDraft
from exchange.store.transaction import Transaction

T = TypeVar("T")


def digest_of(payload: bytes) -> str:
    """Return the SHA-256 of the bytes that all sign."""
    return hashlib.sha256(payload).hexdigest()


def check_draft(directory: Lookup, draft: JointDraft) -> None:
    """Judge a text that several authorities are to sign, as far as they and its addressees are known here.

    Raises Secret; CallerError for signers that are not of one rank, a kind that nobody issues jointly here, or a way
    that its kind does not go from one of the signers (with the article).
    """
    refuse_all(draft.document.kind, text_faults(directory, draft.document, draft.signers, draft.addressees))


def check_attachments(document: Document, enclosures: Sequence[bytes]) -> None:
    """Raise Returned unless these are the document's attachments, in its order."""
    named = [attachment.digest for attachment in document.attachments]
    if named != [hashlib.sha256(enclosure).hexdigest() for enclosure in enclosures]:
        raise Returned("what is enclosed is not what the text names", code="altered", remedy="enclose its attachments")


def or_returned(look: Callable[[], T]) -> T:
    """Return what ``look`` gives; what it finds wrong goes back to the sender. Raises Returned."""
    try:
        return look()
    except Returned:
        raise
    except (CallerError, SenderError) as error:
        code = "joint" if error.code == CallerError.code else error.code
        raise Returned(error.text, code=code, remedy=error.remedy_text) from error


def text_of(tx: Transaction, row: JointRow) -> bytes:
    """Return the bytes that all sign, as the lead signed and sent them round. Raises NotFound or Conflict."""
    stored = tx[Documents].get(row.lead, row.joint_id)
    if stored is None:
        raise NotFound(
            "the text of {joint_id} is not on record",
            remedy="restore the database from its backup",
            joint_id=row.joint_id,
        )
    payload = payload_of(stored.signed)
    if digest_of(payload) != row.digest:
        raise Conflict(
            "the text of {joint_id} is not the one that came", remedy="restore the database", joint_id=row.joint_id
        )
    return payload


def row_at(tx: Transaction, joint_id: str, seat: str) -> JointRow:
    """Return the record of a joint document that this authority leads, or is asked to sign. Raises NotFound."""
    row = tx[JointDocuments].get(joint_id)
    if row is None or row.seat != seat:
        what = "is led" if seat is JointSeat.LEAD else "waits for a signature"
        raise NotFound(
            "no joint document {joint_id} {what} here",
            remedy="`exchange joint list` shows them",
            joint_id=joint_id,
            what=what,
        )
    return row


def expect_row(step: Step, incoming: Incoming, joint_id: str, digest: str, seat: JointSeat) -> JointRow:
    """Return the record that an arrived message is about.

    Raises Returned: unknown, or about another text; Early for what a lead says of a text that has not come here.
    """
    row = step.tx[JointDocuments].get(joint_id)
    if row is None and seat is JointSeat.SIGNER:
        wait_a_day(step, incoming, joint_id)
    if row is None or row.seat != seat:
        raise Returned(
            "no joint document {joint_id} here", code="unknown-joint", remedy="compare the id", joint_id=joint_id
        )
    if row.digest != digest:
        raise Returned(
            "this is about another text than the one sent round", code="altered", remedy="sign the bytes that came"
        )
    return row
