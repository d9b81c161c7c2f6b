"""One joint document as its page shows it: text, files, and every signer with the state of its signature."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from exchange.desk.joints.listing import STATE_TONES
from exchange.desk.letters.drawing import only_one
from exchange.desk.letters.texts import elements, issuing_faults, letter_files
from exchange.desk.seen import mark_of
from exchange.desk.visit import DeskVisit
from exchange.joint.records import JointRow
from exchange.joint.signatures import SignatureOnRecord, signatures_on_record
from exchange.joint.states import JointSeat, JointState, SignerState
from exchange.joint.status import JointStatus, SignerStatus, joint_status
from exchange.language import Words
from exchange.language.names import COPIES, JOINT_SIGNERS, JOINT_STATES
from exchange.operations.trace.dossier import Filed, filed
from exchange.web.words import TONES

_SIGNER_TONES: Mapping[SignerState, str] = {
    SignerState.SIGNED: "good",
    SignerState.ASKED: "info",
    SignerState.RECEIVED: "info",
    SignerState.RETURNED: "warn",
    SignerState.FAILED: "bad",
    SignerState.REFUSED: "warn",
    SignerState.UNKNOWN: "",
}
_NOT_YET = (SignerState.ASKED, SignerState.RECEIVED, SignerState.UNKNOWN)


@dataclass(frozen=True)
class ShownSigner:
    """One signer, in its place."""

    address: str
    leads: bool
    tone: str
    words: Words
    signature: SignatureOnRecord | None
    """None where its signature is not on record here."""
    reason: str


def shown_joint(visit: DeskVisit) -> dict[str, object]:
    """Return what every page of one joint document shows. Raises NotFound."""
    joint_id = visit.path["joint"]
    found = joint_status(visit.node, joint_id)
    row, document = found.row, found.draft.document
    item = round_message(visit, row)
    return {
        "heading": row.title,
        "joint": joint_id,
        "row": row,
        "leads": row.seat is JointSeat.LEAD,
        "state_tone": STATE_TONES[row.state],
        "state": visit.words(JOINT_STATES[row.state.value]),
        "document": document,
        "addressees": found.draft.addressees,
        "copied": document.copies,
        "rows": elements(visit, document),
        "faults_of_issuing": list(issuing_faults(visit, item.issuing)),
        "files": letter_files(item, f"/joint/{joint_id}"),
        "signers": signers_of(visit, found),
        "answer_fault": found.answer_fault,
        "mark": mark_of(row),
    }


def round_message(visit: DeskVisit, row: JointRow) -> Filed:
    """Return the message that sent the text round, as its lead signed it. Raises NotFound."""
    return only_one(filed(visit.node, row.joint_id), row.lead)


def issue_of(visit: DeskVisit, row: JointRow) -> Filed | None:
    """Return the message by which it went out; None where it did not, or is not here."""
    if row.issue_id is None:
        return None
    return only_one(filed(visit.node, row.issue_id), row.lead)


def what_went_out(visit: DeskVisit) -> dict[str, object]:
    """Return what the page says of the end: the message that went out with its copies, or who ended it."""
    row = joint_status(visit.node, visit.path["joint"]).row
    item = issue_of(visit, row)
    return {"issue": item, "sent": item.copies if item is not None else (), "copies": COPIES, "tones": TONES}


def signers_of(visit: DeskVisit, found: JointStatus) -> list[ShownSigner]:
    """Return all signers in their order, the lead first."""
    made = signatures_on_record(visit.node, found.row)
    return [_signer(found.row, one, made.get(one.address)) for one in found.signers]


def _signer(row: JointRow, one: SignerStatus, signature: SignatureOnRecord | None) -> ShownSigner:
    tone, words = _SIGNER_TONES[one.state], JOINT_SIGNERS[one.state.value]
    if one.state in _NOT_YET and row.state in (JointState.REFUSED, JointState.WITHDRAWN):
        tone, words = "", ("未签", "has not signed")
    return ShownSigner(one.address, one.address == row.lead, tone, words, signature, one.reason)
