"""The application as officers read it: who applies, for what, with which answers and materials."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from exchange.catalogue.answer_words import answer_words
from exchange.desk.visit import DeskVisit
from exchange.language.filings import scan_words
from exchange.paper.originals import LONGEST_PDF
from exchange.schemas import Application, Consultation, Matter

Rows = list[tuple[str, object, str]]

PICTURES = frozenset({"image/png", "image/jpeg"})
"""What a page shows by itself: a browser draws it, and runs nothing that is in it."""
PDF = "application/pdf"
"""What is drawn here, page by page, apart from everything, so that a browser gets pictures alone."""


@dataclass(frozen=True)
class FileLine:
    """One file of a material."""

    name: str
    size: int
    media_type: str
    path: str
    """Where it is had, as a file to be saved."""
    scan: str
    """Whether a scanner has looked at it, in words."""

    @property
    def is_picture(self) -> bool:
        """Return whether the page shows it."""
        return self.media_type in PICTURES

    @property
    def is_pdf(self) -> bool:
        """Return whether its pages are shown as pictures."""
        return self.media_type == PDF and self.size <= LONGEST_PDF


@dataclass(frozen=True)
class MaterialLine:
    """One material by its name, with its files, or the note where it lies."""

    code: str
    name: str
    files: tuple[FileLine, ...]
    notes: tuple[str, ...]


def application_parts(visit: DeskVisit, application: Application, matter: Matter | None) -> list[tuple[str, Rows]]:
    """Return what is typed in an application, part by part."""
    who = application.applicant
    person: Rows = [
        (visit.say("姓名或名称", "Name"), who.name, ""),
        (visit.say("证件号码", "Identifier"), who.identifier, ""),
        (visit.say("联系方式", "Contact"), who.contact, ""),
    ]
    project: Rows = [(visit.say("项目名称", "Project"), application.project, "")]
    if application.summary:
        project.append((visit.say("说明", "Description"), application.summary, ""))
    if application.renews is not None:
        project.append((visit.say("申请延续的许可证件", "Licence to be renewed"), application.renews, ""))
    parts = [(visit.say("申请人", "Who applies"), person), (visit.say("申请事由", "What it is for"), project)]
    answers = list(_answers(visit, application, matter))
    return [*parts, (visit.say("具体情况", "Particulars"), answers)] if answers else parts


def _answers(visit: DeskVisit, application: Application, matter: Matter | None) -> Iterator[tuple[str, object, str]]:
    fields = {field.name: field for field in matter.fields} if matter is not None else {}
    for answer in application.answers:
        field = fields.get(answer.field)
        if field is None:
            yield answer.field, answer.value, ""
        else:
            yield visit.words(field.label.words), visit.words(answer_words(field, answer.value)), ""


def material_lines(visit: DeskVisit, asked: Consultation, matter: Matter | None, message: str) -> list[MaterialLine]:
    """Return the materials of a consultation; files are had from the message that carries them."""
    return lines_of_materials(visit, asked.application, asked.scanned, matter, message)


def lines_of_materials(
    visit: DeskVisit, application: Application, scanned: Collection[str] | None, matter: Matter | None, below: str
) -> list[MaterialLine]:
    """Return the materials in the order of the application; files are had ``below`` a path, by their digests.

    ``scanned``: the files in which a scanner has found nothing; None where nobody has told.
    """
    names = {one.code: visit.words(one.names) for one in matter.materials} if matter is not None else {}
    found: dict[str, tuple[list[FileLine], list[str]]] = {}
    for one in application.materials:
        files, notes = found.setdefault(one.code, ([], []))
        file = one.attachment or one.claim
        if file is not None:
            scan = visit.words(scan_words(file.digest, scanned))
            files.append(FileLine(file.name, file.size, file.media_type, f"{below}/files/{file.digest}", scan))
        if one.note:
            notes.append(one.note)
    return [
        MaterialLine(code, names.get(code, code), tuple(files), tuple(notes)) for code, (files, notes) in found.items()
    ]
