"""From what was typed to a text that may be sent round for signature: all that stands against it, beside its field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from exchange.desk.letters.writing.checking import document_said
from exchange.desk.letters.writing.complaints import LetterComplaints
from exchange.desk.letters.writing.fields import LETTER_LABELS, SEVERAL, asked_of, typed_letter
from exchange.desk.letters.writing.parties import Parties, parties
from exchange.desk.letters.writing.reading import LetterFields, called_in_texts
from exchange.desk.visit import DeskVisit
from exchange.documents.send import copied_to
from exchange.joint.judging import proposal_faults
from exchange.joint.status import joint_status
from exchange.language import Words
from exchange.language.members import calling
from exchange.messaging.node import Step
from exchange.schemas import Document, DocumentKind

JOINT_DRAFTS = "joint:"
"""How the subjects of drafts of joint documents begin."""
SIGNERS = "signers"
_NOT_ASKED = ("answers", "forwards", "date")
JOINT_LABELS: Mapping[str, Words] = {
    "kind": LETTER_LABELS["kind"],
    SIGNERS: ("会签单位，按顺序", "Who signs it with us, in this order"),
    **{name: words for name, words in LETTER_LABELS.items() if name not in _NOT_ASKED},
}
"""What the fields are called, in the order in which faults are told."""
JOINT_KINDS = tuple(kind for kind in DocumentKind if kind not in (DocumentKind.REQUEST, DocumentKind.REPLY))
"""Kinds that several authorities may issue together."""
JOINT_SEVERAL = (SIGNERS, *SEVERAL)


@dataclass(frozen=True)
class ReadyJoint:
    """A text against which nothing stands."""

    document: Document
    """As it will be signed, without a date."""
    signers: tuple[str, ...]
    """The own authority first, which leads."""
    main: tuple[str, ...]
    copied: tuple[str, ...]


def joint_subject(draft: str) -> str:
    """Return under what a draft is kept."""
    return f"{JOINT_DRAFTS}{draft}"


def typed_joint(visit: DeskVisit) -> dict[str, str]:
    """Return what was typed into the form, as a draft keeps it."""
    said = typed_letter(visit)
    signers = "\n".join(one.strip() for one in visit.chosen(SIGNERS) if one.strip())
    return {**{name: text for name, text in said.items() if name not in _NOT_ASKED}, SIGNERS: signers}


def ready_joint(
    visit: DeskVisit, step: Step, fields: Mapping[str, str], files: Sequence[tuple[str, bytes]]
) -> ReadyJoint:
    """Return the text that a draft says, with its files. Raises FormFaults with everything that is wrong.

    Where no signatory is named and its kind asks for one, that is whoever signs it here; where no issuer is named, all
    who sign.
    """
    complaints, known = LetterComplaints(JOINT_LABELS), parties(visit)
    read = LetterFields(visit, {**fields, "issuer": _issuer(visit, known, fields)}, known, complaints)
    with calling(visit.face.names()):
        asked, main, copied = (read.addresses(name) for name in JOINT_SEVERAL)
        signers = (visit.node.address, *asked)
        said = {**read.said(main, copied, files), "date": None}
        if said["signatory"] is None and "signatory" in asked_of(fields.get("kind", "")):
            said["signatory"] = visit.who
        found = list(proposal_faults(step, Document.model_construct(**said), signers, main, copied))
        complaints.of_rules(found, "kind", addressed=bool(main))
        document = document_said(said, complaints)
        complaints.expect_none()
    return ReadyJoint(copied_to(document, copied), signers, main, copied)


def _issuer(visit: DeskVisit, known: Parties, fields: Mapping[str, str]) -> str:
    asked, _ = known.found(fields.get(SIGNERS, ""))
    return fields.get("issuer") or "、".join(called_in_texts(visit, one) for one in (visit.node.address, *asked))


def fields_again(visit: DeskVisit, joint_id: str) -> dict[str, str]:
    """Return the fields of a text that was refused or withdrawn, for another proposal. Raises NotFound."""
    found = joint_status(visit.node, joint_id)
    document, known = found.draft.document, parties(visit)
    printing = document.printing
    said = {
        "kind": document.kind.value,
        SIGNERS: known.labels(found.draft.signers[1:]),
        "to": known.labels(found.draft.addressees),
        "copies": known.labels(document.copies),
        "number": str(document.number),
        "title": document.title,
        "body": document.body,
        "signatory": document.signatory or "",
        "purpose": document.purpose.value,
        "urgency": document.urgency.value,
        "issuer": document.issuer,
        "addressees": "、".join(document.addressees),
        "notes": document.notes,
        "issuing_mark": document.issuing_mark or "",
        "printing_by": printing.by if printing is not None else "",
        "concerns": "\n".join(f"{known.label(one.authority)}\t{one.agreed_in or ''}" for one in document.concerns),
    }
    return {name: text for name, text in said.items() if text}
