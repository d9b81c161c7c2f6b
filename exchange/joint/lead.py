"""The lead (主办机关) of a joint document: it sends the text round, gathers signatures, and sends out what all signed.

What goes out is written in the transaction that takes the last signature. Signatures may come in any order and any
number of times; a refusal, or the lead's own withdrawal, ends it before that, and everybody who was asked is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pydantic import ValidationError

from exchange.documents.judging import check_copies
from exchange.documents.send import check_enclosures, copied_to
from exchange.envelope import countersign, join, verify_countersignature
from exchange.envelope.countersignature import Countersignature
from exchange.envelope.document import parse_body
from exchange.errors import CallerError, Conflict, Returned
from exchange.joint.records import JointRow, JointSignatureRow
from exchange.joint.rules import Joint, check_issue, issued_on, waiting_for
from exchange.joint.states import JointSeat, JointState
from exchange.joint.store import JointDocuments
from exchange.joint.text import check_draft, digest_of, expect_row, or_returned, row_at, text_of
from exchange.language import joined
from exchange.language.names import JOINT_STATES, coded
from exchange.messaging.checks import expect
from exchange.messaging.documents import Documents
from exchange.messaging.incoming import Handler, Incoming
from exchange.messaging.node import Node, Step
from exchange.messaging.register.entering import enter_sent
from exchange.messaging.rules.agreements import check_agreements
from exchange.schemas import (
    Body,
    Document,
    JointDocument,
    JointDraft,
    JointEnded,
    JointEnding,
    JointRefusal,
    JointSignature,
)
from exchange.schemas.instants import CLOCK_SKEW
from exchange.store.transaction import Transaction
from exchange.tomlfile import faults_of


def handlers() -> dict[str, Handler]:
    """Return the message handlers of a lead."""
    return {JointSignature.KIND: take_signature, JointRefusal.KIND: take_refusal}


def propose_joint(
    node: Node,
    document: Document,
    cosigners: Sequence[str],
    addressees: Sequence[str],
    *,
    copies: Sequence[str] = (),
    enclosures: Sequence[bytes] = (),
) -> str:
    """Sign a text as its lead and send it round; returns the id of the joint document.

    A date that the document bears is left out: the last signature makes it. Raises Secret, NotFound for who cannot be
    written to, CallerError for enclosures that are not its attachments or what a rule does not allow.
    """
    with node.step() as step:
        return propose_joint_in(step, document, cosigners, addressees, copies=copies, enclosures=enclosures)


def propose_joint_in(
    step: Step,
    document: Document,
    cosigners: Sequence[str],
    addressees: Sequence[str],
    *,
    copies: Sequence[str] = (),
    enclosures: Sequence[bytes] = (),
) -> str:
    """Do what `propose_joint` does, inside a step."""
    draft = draft_in(step, document, cosigners, addressees, copies=copies, enclosures=enclosures)
    joint_id, payload, asked = draft.joint_id, draft.as_json(), draft.signers[1:]
    own = countersign(payload, step.node.identity, step.now)
    signed = verify_countersignature(own, payload, step.node.directory)
    step.tx[JointDocuments].open(_row(draft, payload, step.now), _places(draft, signed, own))
    urgency = document.urgency
    step.send(draft, asked, message_id=joint_id, conversation_id=joint_id, urgency=urgency, enclosures=enclosures)
    step.note("joint-proposed", joint_id, joint_id, signers=len(draft.signers))
    return joint_id


def draft_in(
    step: Step,
    document: Document,
    cosigners: Sequence[str],
    addressees: Sequence[str],
    *,
    copies: Sequence[str] = (),
    enclosures: Sequence[bytes] = (),
) -> JointDraft:
    """Return the text that `propose_joint_in` would send round, held against every rule; nothing is signed or kept."""
    check_enclosures(document, enclosures)
    node = step.node
    asked, main = tuple(dict.fromkeys(cosigners)), tuple(dict.fromkeys(addressees))
    copied = tuple(dict.fromkeys(copies or document.copies))
    check_copies(main, copied)
    node.expect((*asked, *main, *copied))
    draft = _draft(node.new_id(), copied_to(document, copied), (node.address, *asked), main)
    check_draft(node.directory, draft)
    check_agreements(draft.document, step.tx[Documents].get)
    return draft


def withdraw_joint(node: Node, joint_id: str, reasons: str) -> None:
    """Take a text back before the last signature. Raises NotFound, CallerError, or Conflict once it is over."""
    with node.step() as step:
        withdraw_joint_in(step, joint_id, reasons)


def withdraw_joint_in(step: Step, joint_id: str, reasons: str) -> None:
    """Do what `withdraw_joint` does, inside a step."""
    row = row_at(step.tx, joint_id, JointSeat.LEAD)
    _end(step, row, JointEnding.WITHDRAWN, step.node.address, reasons.strip())


def take_signature(step: Step, incoming: Incoming, body: Body) -> None:
    """Take in an authority's signature; the last makes the document go out.

    Raises Returned: not asked, over, or not over this text.
    """
    signature = expect(body, JointSignature)
    row = expect_row(step, incoming, signature.joint_id, signature.digest, JointSeat.LEAD)
    place = _place_of(step.tx, row, incoming.sender)
    if row.state is JointState.ISSUED:
        return  # everybody has signed, this one too
    _expect_open(row)
    payload = text_of(step.tx, row)
    made = or_returned(lambda: verify_countersignature(signature.signature, payload, step.node.directory, step.now))
    if made.by != incoming.sender:
        raise Returned("this is the signature of {by}", code="forged", remedy="send your own", by=made.by)
    if made.at < row.received_at - CLOCK_SKEW:
        raise Returned("signed before the text was sent round", code="forged", remedy="sign anew; compare the clocks")
    taken = JointSignatureRow(
        row.joint_id, made.by, place.position, made.at, signature.signature, incoming.message_id
    )  # fmt: skip
    if step.tx[JointDocuments].take_signature(taken):
        step.note("joint-signed", row.joint_id, incoming.message_id, by=made.by)
        _issue_if_complete(step, row, payload, incoming)


def take_refusal(step: Step, incoming: Incoming, body: Body) -> None:
    """Take in that an authority does not sign: nothing goes out, and all who were asked are told.

    Raises Returned: not asked, or over.
    """
    refusal = expect(body, JointRefusal)
    row = expect_row(step, incoming, refusal.joint_id, refusal.digest, JointSeat.LEAD)
    _place_of(step.tx, row, incoming.sender)
    if row.state is JointState.REFUSED:
        return  # somebody else was first, and has told all
    _expect_open(row)
    _end(step, row, JointEnding.REFUSED, incoming.sender, refusal.reasons, (incoming.opened.signed,))


def _draft(joint_id: str, document: Document, signers: tuple[str, ...], addressees: tuple[str, ...]) -> JointDraft:
    undated = document.model_copy(update={"date": None})
    try:
        return JointDraft(joint_id=joint_id, document=undated, signers=signers, addressees=addressees)
    except ValidationError as error:
        faults = joined(what for _, what in faults_of(error))
        raise CallerError(
            "not a joint document: {faults}",
            remedy="name two or more signers and an addressee, each authority once",
            faults=faults,
        ) from None


def _row(draft: JointDraft, payload: bytes, now: datetime) -> JointRow:
    document = draft.document
    return JointRow(
        joint_id=draft.joint_id,
        seat=JointSeat.LEAD,
        state=JointState.OPEN,
        lead=draft.signers[0],
        digest=digest_of(payload),
        title=document.title,
        number=str(document.number),
        received_at=now,
    )


def _places(draft: JointDraft, own: Countersignature, signature: bytes) -> list[JointSignatureRow]:
    first = JointSignatureRow(draft.joint_id, own.by, 0, own.at, signature, draft.joint_id)
    return [first, *(JointSignatureRow(draft.joint_id, one, at) for at, one in enumerate(draft.signers[1:], 1))]


def _place_of(tx: Transaction, row: JointRow, signer: str) -> JointSignatureRow:
    for place in tx[JointDocuments].signatures(row.joint_id):
        if place.signer == signer and signer != row.lead:
            return place
    raise Returned(
        "{signer} was not asked to sign", code="not-entitled", remedy="who is named in the text signs it", signer=signer
    )


def _expect_open(row: JointRow) -> None:
    if row.state is not JointState.OPEN:
        raise Returned(
            "the joint document is {state}",
            code="joint-closed",
            remedy="nothing is to be signed any more",
            state=coded(JOINT_STATES, row.state),
        )


def _issue_if_complete(step: Step, row: JointRow, payload: bytes, incoming: Incoming) -> None:
    places = step.tx[JointDocuments].signatures(row.joint_id)
    joint = Joint(row.digest, tuple(place.signer for place in places))
    made = [Countersignature(p.signer, p.at, row.digest) for p in places if p.at is not None]
    day = issued_on(joint, made)
    if waiting_for(joint, made) or day is None:
        return
    check_issue(joint, made, day)
    draft = parse_body(JointDraft, payload)
    whole = join(payload, [place.signature for place in places if place.signature is not None])
    round_ = step.tx[Documents].get(row.lead, row.joint_id)
    to = (*draft.addressees, *draft.document.copies, *draft.signers[1:])
    issue_id = step.send(
        JointDocument(joint_id=row.joint_id, digest=row.digest, issued_on=day),
        to,
        conversation_id=row.joint_id,
        in_reply_to=row.joint_id,
        urgency=draft.document.urgency,
        enclosures=(whole, *(round_.enclosures if round_ else ())),
    )
    settled = {"settled_at": step.now, "issue_id": issue_id, "issued_on": day.isoformat()}
    step.tx[JointDocuments].move(row.joint_id, (JointState.OPEN,), JointState.ISSUED, **settled)
    enter_sent(step, issue_id, draft.document, to)
    step.note("joint-issued", row.joint_id, issue_id, last=incoming.sender)


def _end(
    step: Step, row: JointRow, ending: JointEnding, by: str, reasons: str, enclosures: Sequence[bytes] = ()
) -> None:
    """Ends it, and tells all who were asked; who has refused knows it. Raises CallerError or Conflict."""
    try:
        ended = JointEnded(joint_id=row.joint_id, digest=row.digest, ending=ending, by=by, reasons=reasons)
    except ValidationError:
        raise CallerError("the reasons are missing or too long", remedy="say why, in up to 2,000 characters") from None
    values = {"settled_at": step.now, "ended_by": by, "reasons": reasons}
    if not step.tx[JointDocuments].move(row.joint_id, (JointState.OPEN,), JointState(ending), **values):
        raise Conflict(
            "joint document {joint_id} is {state}",
            remedy="what went out is taken back by a notice",
            joint_id=row.joint_id,
            state=coded(JOINT_STATES, row.state),
        )
    draft = parse_body(JointDraft, text_of(step.tx, row))
    told = [one for one in draft.signers[1:] if one != by]
    step.send(
        ended, told, conversation_id=row.joint_id, in_reply_to=row.joint_id,
        urgency=draft.document.urgency, enclosures=enclosures,
    )  # fmt: skip
    step.note(f"joint-{ending.value}", row.joint_id, row.joint_id, by=by)
