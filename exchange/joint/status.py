"""Where joint documents stand: at the lead who has signed and who has not, at a signer what became of its answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from exchange.envelope.document import parse_body
from exchange.errors import NotFound
from exchange.joint.records import JointRow
from exchange.joint.states import JointSeat, JointState, SignerState
from exchange.joint.store import JointDocuments
from exchange.joint.text import text_of
from exchange.messaging.node import Node
from exchange.messaging.outbox import Outbox
from exchange.messaging.records import OutboxState
from exchange.schemas import JointDraft
from exchange.store.transaction import Transaction

_ON_ITS_WAY = {
    OutboxState.WRITTEN: SignerState.ASKED,
    OutboxState.SENT: SignerState.ASKED,
    OutboxState.DELIVERED: SignerState.RECEIVED,
    OutboxState.RETURNED: SignerState.RETURNED,
    OutboxState.FAILED: SignerState.FAILED,
}


@dataclass(frozen=True)
class SignerStatus:
    """One signer, as far as it is known here."""

    address: str
    state: SignerState
    at: datetime | None = None
    """When it was signed."""
    reason: str = ""


@dataclass(frozen=True)
class JointStatus:
    """A joint document as the lead or a signer sees it."""

    row: JointRow
    draft: JointDraft
    signers: tuple[SignerStatus, ...]
    answer_fault: str = ""
    """Why the lead has returned this signer's own answer, or why it did not reach the lead."""


def joint_status(node: Node, joint_id: str) -> JointStatus:
    """Return how a joint document stands, with its text. Raises NotFound."""
    with node.store.reading() as tx:
        row = tx[JointDocuments].get(joint_id)
        if row is None:
            raise NotFound(
                "no joint document {joint_id} here", remedy="`exchange joint list` shows them", joint_id=joint_id
            )
        draft = parse_body(JointDraft, text_of(tx, row))
        if row.seat is JointSeat.LEAD:
            return JointStatus(row, draft, _at_lead(tx, row))
        fault = _fault(tx, row)
        signers = tuple(_at_signer(node.address, row, one) for one in draft.signers)
        return JointStatus(row, draft, signers, fault)


def joints_here(node: Node) -> tuple[list[JointRow], int]:
    """Return the latest joint documents that this authority leads or was asked to sign, newest first.

    The second value is how many there are.
    """
    with node.store.reading() as tx:
        return tx[JointDocuments].recent(), tx[JointDocuments].count()


def _at_lead(tx: Transaction, row: JointRow) -> tuple[SignerStatus, ...]:
    copies = {copy.addressee: copy for copy in tx[Outbox].rows(row.joint_id)}
    found = []
    for place in tx[JointDocuments].signatures(row.joint_id):
        copy = copies.get(place.signer)
        if place.at is not None:
            found.append(SignerStatus(place.signer, SignerState.SIGNED, place.at))
        elif row.state is JointState.REFUSED and row.ended_by == place.signer:
            found.append(SignerStatus(place.signer, SignerState.REFUSED, None, row.reasons or ""))
        elif copy is None:
            found.append(SignerStatus(place.signer, SignerState.FAILED, None, "nothing could be sent to it"))
        else:
            found.append(SignerStatus(place.signer, _ON_ITS_WAY[copy.state], None, copy.last_error or ""))
    return tuple(found)


def _at_signer(own: str, row: JointRow, signer: str) -> SignerStatus:
    """The lead has signed what it sends; when all have, it goes out; of the others only a refusal is told."""
    if row.state is JointState.REFUSED and row.ended_by == signer:
        return SignerStatus(signer, SignerState.REFUSED, None, row.reasons or "")
    if signer == row.lead or row.state is JointState.ISSUED:
        return SignerStatus(signer, SignerState.SIGNED)
    if signer == own:
        answered = row.state is JointState.SIGNED or row.answer_id is not None
        return SignerStatus(
            signer, SignerState.SIGNED if answered else SignerState.RECEIVED, row.settled_at if answered else None
        )
    return SignerStatus(signer, SignerState.UNKNOWN)


def _fault(tx: Transaction, row: JointRow) -> str:
    copies = tx[Outbox].rows(row.answer_id) if row.answer_id else []
    bad = (OutboxState.RETURNED, OutboxState.FAILED)
    return next((copy.last_error or copy.state.value for copy in copies if copy.state in bad), "")
