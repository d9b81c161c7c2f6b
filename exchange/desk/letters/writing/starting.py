"""What stands in the form of a new document: of a kind, in answer to another one, or to pass a request on."""

from __future__ import annotations

from exchange.desk.letters.writing.parties import parties
from exchange.desk.visit import DeskVisit
from exchange.documents.convey import offices_among
from exchange.documents.forward import superior_body
from exchange.documents.request_record import request_status
from exchange.documents.rules.conveyance import direction, fits
from exchange.errors import NotFound, SenderError
from exchange.operations.trace.dossier import Filed, document_in, filed
from exchange.schemas import Document, DocumentKind

_ANSWERING = (DocumentKind.LETTER, DocumentKind.REPORT, DocumentKind.NOTICE)
"""Kinds in which one answers what is no 请示: the first that may go there."""
_LETTERS = "函"


def started_fields(visit: DeskVisit) -> dict[str, str]:
    """Return the fields of a new document, by what the address asks for. Raises NotFound for what is not here."""
    if message := visit.query.get("forwards", ""):
        return _passing_on(visit, message)
    if message := visit.query.get("anew", ""):
        return _anew(visit, message)
    if message := visit.query.get("answers", ""):
        return _answering(visit, message)
    return _blank(visit, visit.query.get("kind", ""))


def _blank(visit: DeskVisit, kind: str) -> dict[str, str]:
    own = visit.node.directory.member(visit.node.address)
    code = next((one for one in own.codes if (_LETTERS in one) == (kind == DocumentKind.LETTER)), "")
    number = f"{code}〔{visit.now.year}〕" if code else ""
    return {"kind": kind, "issuer": visit.face.office()[0], "number": number}


def _came(visit: DeskVisit, message: str) -> tuple[Filed, Document]:
    """A document that came here. Raises NotFound."""
    for one in filed(visit.node, message):
        document = document_in(one)
        if one.stored.direction == "received" and document is not None:
            return one, document
    raise NotFound(
        "no document {message_id} came here",
        remedy="`exchange register` lists what came, with its message id",
        message_id=message,
    )


def _anew(visit: DeskVisit, message: str) -> dict[str, str]:
    """What was sent back, as it was written, but for its day."""
    own = visit.node.address
    sent = next((one for one in filed(visit.node, message) if one.stored.sender == own), None)
    document = document_in(sent) if sent is not None else None
    if sent is None or sent.verified is None or document is None:
        raise NotFound(
            "no document {document_id} was sent from here", remedy="`exchange register` lists what was",
            document_id=message,
        )  # fmt: skip
    known, printing = parties(visit), document.printing
    main = [one for one in sent.verified.header.addressees if one not in document.copies]
    return {
        "replaces": message if any(one.return_id is not None for one in sent.handled) else "",
        "kind": document.kind.value,
        "to": known.labels(main),
        "copies": known.labels(document.copies),
        "number": str(document.number),
        "title": document.title,
        "body": document.body,
        "signatory": document.signatory or "",
        "purpose": document.purpose.value,
        "urgency": document.urgency.value,
        "issuer": document.issuer,
        "notes": document.notes,
        "issuing_mark": document.issuing_mark or "",
        "printing_by": printing.by if printing is not None else "",
        "concerns": "\n".join(f"{known.label(one.authority)}\t{one.agreed_in or ''}" for one in document.concerns),
    }


def _answering(visit: DeskVisit, message: str) -> dict[str, str]:
    item, document = _came(visit, message)
    asker, asked = item.stored.sender, document
    if (request := _request(visit, message)) is not None:
        asker, kind = request
    else:
        kind = _kind_towards(visit, asker)
    word = "批复" if kind is DocumentKind.REPLY else "复函" if kind is DocumentKind.LETTER else kind.value
    return {
        **_blank(visit, kind.value),
        "answers": message,
        "to": parties(visit).label(asker),
        "title": _title(asked, word),
        "body": f"你单位《{asked.title}》（{asked.number}）收悉。现{_VERB.get(kind, '函复')}如下：\n",
    }


_VERB = {DocumentKind.REPLY: "批复", DocumentKind.REPORT: "报告", DocumentKind.NOTICE: "通知"}


def _passing_on(visit: DeskVisit, message: str) -> dict[str, str]:
    _, document = _came(visit, message)
    try:
        superior = parties(visit).label(superior_body(visit.node))
    except NotFound:
        superior = ""
    return {
        **_blank(visit, DocumentKind.REQUEST.value),
        "forwards": message,
        "to": superior,
        "title": f"关于转报《{document.title}》的请示",
        "body": f"现转报{document.issuer}《{document.title}》（{document.number}）。我单位意见如下：\n",
    }


def _request(visit: DeskVisit, message: str) -> tuple[str, DocumentKind] | None:
    """Who has asked, where it is a request that came here to be answered."""
    try:
        found = request_status(visit.node, message)
    except SenderError:
        return None
    return (found.origin, DocumentKind.REPLY) if found is not None and found.came_at is not None else None


def _kind_towards(visit: DeskVisit, addressee: str) -> DocumentKind:
    own = visit.node.address
    offices = offices_among(visit.node.directory, (own, addressee))
    where = direction(own, addressee, offices)
    return next((kind for kind in _ANSWERING if fits(kind, (where,), office=own in offices)), DocumentKind.LETTER)


def _title(answered: Document, word: str) -> str:
    """The title of an answer: that of what it answers, with its own kind in place of the other's."""
    before, of, kind = answered.title.rpartition("的")
    return f"{before}的{word}" if of and kind == answered.kind.value else f"关于《{answered.title}》的{word}"
