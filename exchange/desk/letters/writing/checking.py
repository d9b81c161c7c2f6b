"""From what was typed to a document that may be signed: all that stands against it at once, each beside its field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from exchange.desk.letters.writing.complaints import LetterComplaints
from exchange.desk.letters.writing.fields import LETTER_LABELS, SEVERAL
from exchange.desk.letters.writing.parties import parties
from exchange.desk.letters.writing.reading import LetterFields
from exchange.desk.visit import DeskVisit
from exchange.documents.forward import superior_body, way_up
from exchange.documents.judging import judge
from exchange.documents.send import copied_to
from exchange.errors import NotFound
from exchange.language import Text
from exchange.language.members import calling
from exchange.messaging.node import Step
from exchange.schemas import Document
from exchange.tomlfile import faults_of

_OF_WHOLE = {"a 请示": "signatory", "was printed": "printing_on", "names an": "concerns"}
"""The field of a complaint about the whole document, by its first words."""
_OF_PLACE = {"copy_recipients": "copies", "printing": "printing_by"}


@dataclass(frozen=True)
class ReadyLetter:
    """A document against which nothing stands."""

    document: Document
    """As it will be signed."""
    main: tuple[str, ...]
    copied: tuple[str, ...]
    """Those that are named, and those that the rules add."""
    answers: str
    forwards: str
    replaces: str


def ready_letter(
    visit: DeskVisit, step: Step, fields: Mapping[str, str], files: Sequence[tuple[str, bytes]]
) -> ReadyLetter:
    """Return the document that a draft says, with its files. Raises FormFaults with everything that is wrong."""
    complaints = LetterComplaints()
    read = LetterFields(visit, fields, parties(visit), complaints)
    with calling(visit.face.names()):
        main, copied = (read.addresses(name) for name in SEVERAL)
        answers, forwards, replaces = (read.typed(name) for name in ("answers", "forwards", "replaces"))
        if forwards:
            main = _superior(step, main, complaints)
        said = read.said(main, copied, files)
        copied = _judged(step, said, main, copied, read)
        document = document_said(said, complaints)
        complaints.expect_none()
    return ReadyLetter(copied_to(document, copied), main, copied, answers, forwards, replaces)


def _superior(step: Step, main: tuple[str, ...], complaints: LetterComplaints) -> tuple[str, ...]:
    """Whom a request is passed on to: the one that is named, else the office above."""
    if len(main) > 1:
        complaints.say("to", Text("a request is passed on to one superior"), Text("name one, and copy the others"))
    try:
        return main or (superior_body(step.node),)
    except NotFound as error:
        complaints.say("to", error, error.remedy_text)
        return ()


def _judged(
    step: Step, said: Mapping[str, Any], main: tuple[str, ...], copied: tuple[str, ...], read: LetterFields
) -> tuple[str, ...]:
    """Hold it against the rules, whatever its schema says of it; return who gets a copy."""
    document, forwards = Document.model_construct(**said), read.typed("forwards")
    if forwards:
        faults, whole = (way_up(step, forwards, document, main[0], copied).faults if main else ()), copied
    else:
        replaces = read.typed("replaces")
        judged = judge(step, document, main, copied, read.typed("answers") or None, replaces or None)
        faults, whole = judged.faults, judged.copied
    about = next((name for name in ("forwards", "replaces") if read.typed(name)), "answers")
    read.complaints.of_rules(faults, about, addressed=bool(main))
    return whole


def document_said(said: Mapping[str, Any], complaints: LetterComplaints) -> Document:
    """Return the document itself; what its schema says is told of fields of which nothing was told yet."""
    try:
        return Document(**said)
    except ValidationError as error:
        for place, what in faults_of(error):
            field = _field_of(place, str(what))
            field = "to" if field == "signatory" and said["signatory"] else field
            if not complaints.about(field):
                complaints.say(field, what, Text("correct it"))
        complaints.expect_none()
        raise


def _field_of(place: tuple[int | str, ...], what: str) -> str:
    if not place:
        return next((field for words, field in _OF_WHOLE.items() if words in what), "kind")
    first = str(place[0])
    return _OF_PLACE.get(first, first if first in LETTER_LABELS else "kind")
