"""An application as whoever reads its case sees it: what is asked for, its files, and whether these were scanned."""

from __future__ import annotations

from collections.abc import Collection

from exchange.language import choose, listed, name_of, tr
from exchange.language.filings import scan_words
from exchange.language.names import SILENCE
from exchange.operations.said.names import Lines, SaidNames
from exchange.operations.said.terms import due_text, working_days
from exchange.schemas import (
    Application,
    Body,
    CaseAddition,
    Consultation,
    Filing,
    FilingStatement,
    FilingSupplement,
)


def consultation_lines(body: Consultation, names: SaidNames) -> Lines:
    """Show what is put to departments, and to whom."""
    yield tr("matter"), f"{names.matter(body.matter, body.matter_name)} ({body.matter})"
    yield from _application_lines(body.application, body.scanned)
    for part in body.departments:
        days = working_days(part.term.days) if part.term.days else due_text(part.term.fixed)
        silence = name_of(SILENCE, part.default)
        yield tr("department"), f"{names.in_full(part.department)}: {days}, {silence}"
    yield tr("no result from"), listed(map(names.in_full, body.no_result))


def filed_lines(body: Body) -> Lines:
    """Show what an applicant has handed in or stated, as its portal has signed it."""
    if isinstance(body, Filing | FilingSupplement):
        yield from _application_lines(body.application, body.scanned)
    elif isinstance(body, FilingStatement):
        yield tr("states"), body.text
        yield tr("asks for"), tr("a hearing") if body.hearing else ""


def shown_lines(body: CaseAddition, original: Body | None, names: SaidNames) -> Lines:
    """Show what came in from the applicant on a running case."""
    yield tr("filing"), f"{body.filing} ({names.in_full(body.portal)})"
    if original is not None:
        yield from filed_lines(original)


def _application_lines(application: Application, scanned: Collection[str] | None) -> Lines:
    yield tr("project"), application.project
    yield tr("applicant"), f"{application.applicant.name} ({application.applicant.contact})"
    yield tr("summary"), application.summary
    for material in application.materials:
        file = material.attachment or material.claim
        named = f"{file.name} ({choose(scan_words(file.digest, scanned))})" if file is not None else ""
        yield tr("material"), ": ".join(filter(None, (material.code, named, material.note)))
