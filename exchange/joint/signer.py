"""An authority that is asked to sign a joint document: the text comes, an officer signs it or refuses, once."""

from __future__ import annotations

from pydantic import ValidationError

from exchange.envelope import countersign, payload_of, verify_signed
from exchange.envelope.document import parse_body
from exchange.errors import CallerError, Conflict, Returned
from exchange.joint.records import JointRow
from exchange.joint.states import UNDER_WAY, JointSeat, JointState
from exchange.joint.store import JointDocuments
from exchange.joint.text import check_attachments, check_draft, digest_of, expect_row, or_returned, row_at, text_of
from exchange.language.names import JOINT_STATES, coded
from exchange.messaging.checks import expect
from exchange.messaging.incoming import Handler, Incoming
from exchange.messaging.node import Node, Step
from exchange.schemas import Body, JointDraft, JointEnded, JointEnding, JointRefusal, JointSignature


def handlers() -> dict[str, Handler]:
    """Return the message handlers of everybody who may be asked to sign."""
    return {JointDraft.KIND: take_draft, JointEnded.KIND: take_ended}


def take_draft(step: Step, incoming: Incoming, body: Body) -> None:
    """Take in a text to sign. Raises Returned: altered, not for us, or one that no authorities may issue so."""
    draft = expect(body, JointDraft)
    if (draft.joint_id, draft.signers[0]) != (incoming.message_id, incoming.sender):
        raise Returned("the lead sends its own text, under its id", code="joint", remedy="send it round anew")
    if step.node.address not in draft.signers[1:]:
        raise Returned(
            "{address} is not among the signers",
            code="not-entitled",
            remedy="ask who is named",
            address=step.node.address,
        )
    check_attachments(draft.document, incoming.opened.enclosures)
    or_returned(lambda: check_draft(step.node.directory, draft))
    if step.tx[JointDocuments].get(draft.joint_id) is not None:
        raise Returned(
            "another text has the id {joint_id}",
            code="id-reused",
            remedy="send it under an id anew",
            joint_id=draft.joint_id,
        )
    step.tx[JointDocuments].open(
        JointRow(
            joint_id=draft.joint_id,
            seat=JointSeat.SIGNER,
            state=JointState.OPEN,
            lead=incoming.sender,
            digest=digest_of(payload_of(incoming.opened.signed)),
            title=draft.document.title,
            number=str(draft.document.number),
            received_at=step.now,
        )
    )
    step.note("joint-asked", draft.joint_id, incoming.message_id, lead=incoming.sender)


def sign_joint(node: Node, joint_id: str) -> str:
    """Sign the very bytes that came; returns the message id of the signature (会签).

    Raises NotFound, or Conflict for what was answered here or is over.
    """
    with node.step() as step:
        return sign_joint_in(step, joint_id)


def sign_joint_in(step: Step, joint_id: str) -> str:
    """Do what `sign_joint` does, inside a step."""
    row = _to_answer(step, joint_id)
    signature = countersign(text_of(step.tx, row), step.node.identity, step.now)
    signed = JointSignature(joint_id=joint_id, digest=row.digest, signature=signature)
    return _answer(step, row, signed, JointState.SIGNED)


def refuse_joint(node: Node, joint_id: str, reasons: str) -> str:
    """Refuse to sign, which ends the round; returns the message id of the refusal.

    Raises NotFound, CallerError without reasons, or Conflict for what was answered here or is over.
    """
    with node.step() as step:
        return refuse_joint_in(step, joint_id, reasons)


def refuse_joint_in(step: Step, joint_id: str, reasons: str) -> str:
    """Do what `refuse_joint` does, inside a step."""
    row = _to_answer(step, joint_id)
    try:
        refusal = JointRefusal(joint_id=joint_id, digest=row.digest, reasons=reasons.strip())
    except ValidationError:
        raise CallerError("a refusal says why", remedy="give the reasons, in up to 2,000 characters") from None
    return _answer(step, row, refusal, JointState.REFUSED, ended_by=step.node.address, reasons=refusal.reasons)


def take_ended(step: Step, incoming: Incoming, body: Body) -> None:
    """Take in the lead's word that nothing goes out. Raises Returned where it is not the lead, or shows no refusal."""
    ended = expect(body, JointEnded)
    row = expect_row(step, incoming, ended.joint_id, ended.digest, JointSeat.SIGNER)
    if incoming.sender != row.lead:
        raise Returned(
            "{sender} is not the lead", code="not-entitled", remedy="the lead ends it", sender=incoming.sender
        )
    if ended.ending is JointEnding.REFUSED:
        _check_refusal(step, incoming, ended)
    elif ended.by != row.lead:
        raise Returned("only the lead withdraws its text", code="not-entitled", remedy="enclose the signed refusal")
    values = {"settled_at": step.now, "ended_by": ended.by, "reasons": ended.reasons}
    if row.state is JointState.ISSUED:
        raise Returned("it has gone out already", code="joint-closed", remedy="take it back by a notice")
    if step.tx[JointDocuments].move(row.joint_id, UNDER_WAY, JointState(ended.ending), **values):
        step.note("joint-ended", row.joint_id, incoming.message_id, by=ended.by)


def _check_refusal(step: Step, incoming: Incoming, ended: JointEnded) -> None:
    enclosures = incoming.opened.enclosures
    if len(enclosures) != 1:
        raise Returned("the refusal is not enclosed", code="altered", remedy="enclose it as it was signed")
    refusal = or_returned(lambda: verify_signed(enclosures[0], step.node.directory, step.now))
    said = JointRefusal(joint_id=ended.joint_id, digest=ended.digest, reasons=ended.reasons)
    if refusal.header.sender != ended.by or refusal.body != said:
        raise Returned(
            "{by} did not refuse so", code="altered", remedy="enclose the refusal as it was signed", by=ended.by
        )


def _to_answer(step: Step, joint_id: str) -> JointRow:
    row = row_at(step.tx, joint_id, JointSeat.SIGNER)
    if row.state is not JointState.OPEN:
        raise Conflict(
            "joint document {joint_id} is {state}",
            remedy="`exchange joint show` tells how it stands",
            joint_id=joint_id,
            state=coded(JOINT_STATES, row.state),
        )
    step.node.expect((row.lead,))
    return row


def _answer(step: Step, row: JointRow, body: Body, state: JointState, **values: str) -> str:
    draft = parse_body(JointDraft, text_of(step.tx, row))
    sent = step.send(
        body,
        (row.lead,),
        conversation_id=row.joint_id,
        in_reply_to=row.joint_id,
        urgency=draft.document.urgency,
    )
    step.tx[JointDocuments].move(row.joint_id, (JointState.OPEN,), state, answer_id=sent, settled_at=step.now, **values)
    step.note(f"joint-{state}", row.joint_id, sent, by=step.node.address)
    return sent
