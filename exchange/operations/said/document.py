"""Official documents as one reads them, those of several authorities with everybody who signed."""

from __future__ import annotations

from exchange.documents.rules.issuing import Issuing
from exchange.joint.reader import JointIssue
from exchange.language import listed, name_of, tr
from exchange.language.names import PURPOSES, URGENCIES
from exchange.operations.said.names import Lines, SaidNames
from exchange.operations.said.terms import moment
from exchange.schemas import Concerned, Document, Purpose, Urgency


def document_lines(body: Document, names: SaidNames) -> Lines:
    """Return an official document's elements and text, with their labels."""
    yield tr("kind of document"), body.kind.value
    yield tr("number"), str(body.number)
    yield tr("issuing mark"), body.issuing_mark or ""
    yield tr("copy number"), f"{body.copy_number:06}" if body.copy_number else ""
    yield tr("urgency"), "" if body.urgency is Urgency.ORDINARY else name_of(URGENCIES, body.urgency)
    yield tr("signatory"), body.signatory or ""
    yield tr("title"), body.title
    yield tr("addressees"), listed(body.addressees)
    yield tr("copies"), listed(map(names.in_full, body.copies)) or listed(body.copy_recipients)
    yield tr("purpose"), "" if body.purpose is Purpose.ACTION else name_of(PURPOSES, body.purpose)
    for one in body.concerns:
        yield tr("concerns"), _agreement(one, names)
    yield tr("text"), body.body
    yield tr("date"), body.date.isoformat() if body.date else ""
    yield tr("notes"), body.notes
    if body.printing:
        yield tr("printed by"), f"{body.printing.by}, {body.printing.on.isoformat()}"


def _agreement(one: Concerned, names: SaidNames) -> str:
    if one.agreed_in is None:
        return tr("{authority}, which is not said to have agreed", authority=names.in_full(one.authority))
    return tr("{authority}, agreed in {message}", authority=names.in_full(one.authority), message=one.agreed_in)


def joint_lines(joint: JointIssue, names: SaidNames) -> Lines:
    """Return the lines of a joint document: who signed it and when, its date, and what it says."""
    for one in joint.signatures:
        yield tr("signed by"), f"{names.in_full(one.by)}, {moment(one.at)}"
    yield tr("date"), joint.issued_on.isoformat()
    yield from document_lines(joint.draft.document, names)


def issuing_lines(found: Issuing | None, names: SaidNames) -> Lines:
    """In whose name a document is issued, under whose number, and whether that is who has signed it."""
    if found is None:
        return
    signer = names.in_full(found.signer)
    if found.issuer_is_signer:
        said = found.issuer
    elif found.issuer_is_signer is None:
        said = tr("{issuer}, signed by {signer}", issuer=found.issuer, signer=signer)
    else:
        said = tr("{issuer}: not its signer's name, signed by {signer}", issuer=found.issuer, signer=signer)
    yield tr("issued by"), said
    if found.code and not found.code_is_signers:
        if found.code_is_signers is False:
            told = tr("{code}: not its signer's, {signer}", code=found.code, signer=signer)
        else:
            told = tr("{code}: whether it is its signer's, {signer}, is not known", code=found.code, signer=signer)
        yield tr("agency code"), told
