"""Where joint documents stand: at the lead who has signed and who has not, at a signer what became of its answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from exchange.errors import NotFound
from exchange.flow.joint_text import text_of
from exchange.flow.node import Node
from exchange.flow.ports import JointRow, OutboxState, Transaction
from exchange.schemas import JointDraft

_ON_ITS_WAY = {
    OutboxState.WRITTEN: "asked",
    OutboxState.SENT: "asked",
    OutboxState.DELIVERED: "received",
    OutboxState.RETURNED: "returned",
    OutboxState.FAILED: "failed",
}


@dataclass(frozen=True)
class SignerStatus:
    """One signer, as far as it is known here."""

    address: str
    state: str
    """``signed``; ``asked``, ``received``, ``returned`` or ``failed`` (how the text's copy stands); ``refused``;
    ``unknown``, which others' answers are to anybody but the lead."""
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
    """How a joint document stands, with its text. Raises NotFound."""
    with node.store.reading() as tx:
        row = tx.joints.get(joint_id)
        if row is None:
            raise NotFound(
                "no joint document {joint_id} here", remedy="`exchange joint list` shows them", joint_id=joint_id
            )
        draft = JointDraft.model_validate_json(text_of(tx, row))
        if row.seat == "lead":
            return JointStatus(row, draft, _at_lead(tx, row))
        fault = _fault(tx, row)
        signers = tuple(_at_signer(node.address, row, one) for one in draft.signers)
        return JointStatus(row, draft, signers, fault)


def joints_here(node: Node) -> tuple[list[JointRow], int]:
    """The latest joint documents that this body leads or was asked to sign, newest first; and how many there are."""
    with node.store.reading() as tx:
        return tx.joints.recent(), tx.joints.count()


def _at_lead(tx: Transaction, row: JointRow) -> tuple[SignerStatus, ...]:
    copies = {copy.addressee: copy for copy in tx.outbox.rows(row.joint_id)}
    found = []
    for place in tx.joints.signatures(row.joint_id):
        copy = copies.get(place.signer)
        if place.at is not None:
            found.append(SignerStatus(place.signer, "signed", place.at))
        elif row.state == "refused" and row.ended_by == place.signer:
            found.append(SignerStatus(place.signer, "refused", None, row.reasons or ""))
        elif copy is None:
            found.append(SignerStatus(place.signer, "failed", None, "nothing could be sent to it"))
        else:
            found.append(SignerStatus(place.signer, _ON_ITS_WAY[copy.state], None, copy.last_error or ""))
    return tuple(found)


def _at_signer(own: str, row: JointRow, signer: str) -> SignerStatus:
    """The lead has signed what it sends; when all have, it goes out; of the others only a refusal is told."""
    if row.state == "refused" and row.ended_by == signer:
        return SignerStatus(signer, "refused", None, row.reasons or "")
    if signer == row.lead or row.state == "issued":
        return SignerStatus(signer, "signed")
    if signer == own:
        answered = row.state == "signed" or row.answer_id is not None
        return SignerStatus(signer, "signed" if answered else "received", row.settled_at if answered else None)
    return SignerStatus(signer, "unknown")


def _fault(tx: Transaction, row: JointRow) -> str:
    copies = tx.outbox.rows(row.answer_id) if row.answer_id else []
    bad = (OutboxState.RETURNED, OutboxState.FAILED)
    return next((copy.last_error or copy.state.value for copy in copies if copy.state in bad), "")
