"""Whose signature over a joint document is on record here, each verified again by the directory of now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from exchange.directory import Lookup
from exchange.envelope import payload_of, verify_countersignature, verify_signed
from exchange.envelope.document import parse_body
from exchange.errors import Forged, SenderError
from exchange.joint.reader import open_issue
from exchange.joint.records import JointRow
from exchange.joint.states import JointSeat, JointState
from exchange.joint.store import JointDocuments
from exchange.joint.text import text_of
from exchange.messaging.documents import Documents
from exchange.messaging.node import Node
from exchange.messaging.records import StoredDocument
from exchange.schemas import JointDocument, JointDraft, JointSignature
from exchange.store.transaction import Transaction


@dataclass(frozen=True)
class SignatureOnRecord:
    """One authority's signature, as it verifies now."""

    signer: str
    at: datetime | None = None
    """When it was made; None where it does not verify."""
    fault: str = ""
    """Why it does not verify."""


def signatures_on_record(node: Node, row: JointRow) -> dict[str, SignatureOnRecord]:
    """Verify every signature over a joint document that is on record here; by signer.

    A lead has them as they come; a signer has its own, and the lead's under the text it sent round; of a document that
    went out everybody has all.
    """
    with node.store.reading() as tx:
        payload = text_of(tx, row)
        issued = tx[Documents].get(row.lead, row.issue_id) if row.issue_id is not None else None
        draft = tx[Documents].get(row.lead, row.joint_id)
        made = list(_made(tx, node.address, row))
    if issued is not None:
        found = _of_issue(node.directory, issued, parse_body(JointDraft, payload).signers)
    elif row.seat is JointSeat.SIGNER and draft is not None:
        found = [_of_text(node.directory, draft), *_judged(node.directory, made, payload)]
    else:
        found = list(_judged(node.directory, made, payload))
    return {one.signer: one for one in found}


def _made(tx: Transaction, own: str, row: JointRow) -> Iterator[tuple[str, bytes]]:
    """Signatures as they were made: at the lead all that are in, at a signer its own."""
    if row.seat is JointSeat.LEAD:
        for place in tx[JointDocuments].signatures(row.joint_id):
            if place.signature is not None:
                yield place.signer, place.signature
    elif row.state is JointState.SIGNED and row.answer_id is not None:
        answer = tx[Documents].get(own, row.answer_id)
        if answer is not None:
            yield own, parse_body(JointSignature, payload_of(answer.signed)).signature


def _judged(directory: Lookup, made: Iterable[tuple[str, bytes]], payload: bytes) -> Iterator[SignatureOnRecord]:
    for signer, signature in made:
        try:
            found = verify_countersignature(signature, payload, directory)
            if found.by != signer:
                raise Forged("this is the signature of {by}", by=found.by)
        except SenderError as error:
            yield SignatureOnRecord(signer, fault=str(error))
        else:
            yield SignatureOnRecord(signer, found.at)


def _of_text(directory: Lookup, draft: StoredDocument) -> SignatureOnRecord:
    try:
        return SignatureOnRecord(draft.sender, verify_signed(draft.signed, directory).header.created_at)
    except SenderError as error:
        return SignatureOnRecord(draft.sender, fault=str(error))


def _of_issue(directory: Lookup, issued: StoredDocument, signers: Iterable[str]) -> list[SignatureOnRecord]:
    """All together: the set of signers and the date are part of what must be true of each."""
    try:
        read = verify_signed(issued.signed, directory)
        if not isinstance(read.body, JointDocument):
            raise Forged("this is no joint document")
        issue = open_issue(directory, read.header, read.body, issued.enclosures)
    except SenderError as error:
        return [SignatureOnRecord(one, fault=str(error)) for one in signers]
    return [SignatureOnRecord(one.by, one.at) for one in issue.signatures]
