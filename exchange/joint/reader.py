"""A joint document that arrives: every signature, the set of signers and the date are judged again by every reader."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from exchange.directory import Lookup
from exchange.envelope import read_cosigned
from exchange.envelope.countersignature import Countersignature
from exchange.errors import Forged, Returned
from exchange.joint.records import JointRow
from exchange.joint.rules import Joint, check_issue
from exchange.joint.states import UNDER_WAY, JointState
from exchange.joint.store import JointDocuments
from exchange.joint.text import check_attachments, check_draft, digest_of, or_returned
from exchange.language.names import JOINT_STATES, coded
from exchange.messaging.checks import expect
from exchange.messaging.incoming import Handler, Incoming
from exchange.messaging.node import Step
from exchange.messaging.register.entering import enter_received
from exchange.schemas import Body, Header, JointDocument, JointDraft


@dataclass(frozen=True)
class JointIssue:
    """A joint document that holds."""

    draft: JointDraft
    signatures: tuple[Countersignature, ...]
    """Of all signers, the lead's first."""
    issued_on: date


def handlers() -> dict[str, Handler]:
    """Return the message handlers that every member has."""
    return {JointDocument.KIND: take_joint_document}


def open_issue(
    directory: Lookup, header: Header, body: JointDocument, enclosures: Sequence[bytes], now: datetime | None = None
) -> JointIssue:
    """Verify a joint document by the message that brought it; ``now`` refuses signatures from the future.

    Raises Malformed, Unsupported, Untrusted or Forged, naming what does not verify.
    """
    if not enclosures:
        raise Forged("the signatures are not enclosed", remedy="the lead encloses what all have signed")
    cosigned = read_cosigned(enclosures[0], directory, now)
    draft, digest = cosigned.text, digest_of(cosigned.payload)
    if (body.joint_id, body.digest) != (draft.joint_id, digest):
        raise Forged("what is enclosed is another document than the message names")
    if header.sender != draft.signers[0]:
        raise Forged(
            "sent by {sender}, and {signers} leads it",
            remedy="the lead sends it out",
            sender=header.sender,
            signers=draft.signers[0],
        )
    meant = {*draft.addressees, *draft.document.copies, *draft.signers}
    if not meant.issuperset(header.addressees):
        raise Forged("it is sent to somebody for whom those who signed did not mean it", remedy="write a letter of it")
    check_issue(Joint(digest, draft.signers), cosigned.signatures, body.issued_on)
    return JointIssue(draft, cosigned.signatures, body.issued_on)


def take_joint_document(step: Step, incoming: Incoming, body: Body) -> None:
    """Take in a joint document, at those for whom it is or who have signed it.

    Raises Returned: a signature is missing, doubled, another's, not over this text or does not count, the date is
    another, or the document may not come so.
    """
    document = expect(body, JointDocument)
    directory, opened = step.node.directory, incoming.opened
    issue = or_returned(lambda: open_issue(directory, opened.header, document, opened.enclosures, step.now))
    or_returned(lambda: check_draft(directory, issue.draft))
    check_attachments(issue.draft.document, opened.enclosures[1:])
    row = step.tx[JointDocuments].get(document.joint_id)
    if row is not None:
        _expect_ours(row, document)
        settled = {"settled_at": step.now, "issue_id": incoming.message_id, "issued_on": document.issued_on.isoformat()}
        step.tx[JointDocuments].move(row.joint_id, UNDER_WAY, JointState.ISSUED, **settled)
    enter_received(step, incoming, issue.draft.document)
    step.note("joint-received", document.joint_id, incoming.message_id, signers=len(issue.signatures))


def _expect_ours(row: JointRow, document: JointDocument) -> None:
    if row.digest != document.digest:
        raise Returned("this is not the text that was signed here", code="altered", remedy="send what all have signed")
    if row.state in (JointState.REFUSED, JointState.WITHDRAWN):
        raise Returned(
            "the joint document is {state}",
            code="joint-closed",
            remedy="send its text round anew",
            state=coded(JOINT_STATES, row.state),
        )
