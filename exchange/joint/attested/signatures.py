"""The places for signatures at a lead, against the text that names them and the signatures themselves."""

from __future__ import annotations

from collections.abc import Iterator

from exchange.envelope import payload_of, verify_countersignature
from exchange.envelope.countersignature import Countersignature
from exchange.errors import ExchangeError
from exchange.joint.tables import joint_signature
from exchange.messaging.attested.contradiction import RowAt, RowContradiction, withheld
from exchange.messaging.attested.rule import PaperRule, RowRule
from exchange.messaging.attested.view import RecordedPaper, RowsView
from exchange.messaging.documents import Documents
from exchange.schemas import JointDraft, JointSignature
from exchange.store.rows import Row


def _check(view: RowsView, at: RowAt, row: Row) -> Iterator[RowContradiction]:
    draft = view.paper(view.member, row["joint_id"])
    body = draft.body if draft is not None else None
    if draft is None or not isinstance(body, JointDraft):
        if draft is None or draft.fault is None:
            yield at.unproved("joint_id", row["joint_id"])
        return
    named = body.signers[row["position"]] if 0 <= row["position"] < len(body.signers) else None
    yield from at.differs("signer", row["signer"], named, draft.ref)
    if row["signature"] is None:
        for column in ("at", "proof_id"):
            if row[column] is not None:
                yield at.unproved(column, row[column])
        return
    made = _made(view, row)
    if made is None:
        yield at.not_signed("signature", withheld(row["signature"]), None, draft.ref)
        return
    yield from at.differs("signer", row["signer"], made.by, draft.ref)
    yield from at.differs("at", row["at"], made.at, draft.ref)
    yield from _came_in(view, at, row)


def _made(view: RowsView, row: Row) -> Countersignature | None:
    stored = view.tx[Documents].get(view.member, row["joint_id"])
    if stored is None:
        return None
    try:
        return verify_countersignature(row["signature"], payload_of(stored.signed), view.trust)
    except ExchangeError:
        return None


def _came_in(view: RowsView, at: RowAt, row: Row) -> Iterator[RowContradiction]:
    """The lead's own came in no message but the text."""
    if row["proof_id"] == row["joint_id"] and row["signer"] == view.member:
        return
    paper = view.paper(row["signer"], row["proof_id"]) if row["proof_id"] is not None else None
    if paper is None:
        yield at.unproved("proof_id", row["proof_id"])
    elif isinstance(paper.body, JointSignature):
        yield from at.differs("joint_id", row["joint_id"], paper.body.joint_id, paper.ref)
        yield from at.differs("signature", withheld(row["signature"]), withheld(paper.body.signature), paper.ref)
    elif paper.fault is None:
        yield at.unproved("proof_id", row["proof_id"], paper.ref)


def _signed(view: RowsView, paper: RecordedPaper) -> Iterator[RowContradiction]:
    """A signature that was taken in fills its place, if not an earlier one."""
    body = paper.body
    if not isinstance(body, JointSignature) or not view.accepted(paper):
        return
    signer = paper.ref.sender
    at = RowAt(view.member, joint_signature.name, f"{body.joint_id} · {signer}")
    row = next(iter(view.rows.where(joint_signature, "signer", (signer,), joint_id=body.joint_id)), None)
    if row is None:
        yield at.left_out("signer", None, signer, paper.ref)
    elif row["signature"] is None:
        yield at.left_out("signature", None, withheld(body.signature), paper.ref)


def _places(view: RowsView, paper: RecordedPaper) -> Iterator[RowContradiction]:
    """Everybody who is to sign has a place."""
    body = paper.body
    if not isinstance(body, JointDraft):
        return
    here = {one["signer"] for one in view.rows.where(joint_signature, "joint_id", (body.joint_id,))}
    for signer in body.signers:
        if signer not in here:
            at = RowAt(view.member, joint_signature.name, f"{body.joint_id} · {signer}")
            yield at.left_out("signer", None, signer, paper.ref)


SIGNATURES = RowRule(joint_signature, ("joint_id", "signer"), _check)
SIGNATURE_PAPERS = (PaperRule(JointSignature.KIND, "received", _signed), PaperRule(JointDraft.KIND, "sent", _places))
