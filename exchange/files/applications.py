"""Application files: TOML as people write it, with attachments named by their path beside it."""

from __future__ import annotations

from decimal import Decimal
from math import isfinite
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from exchange.clock import Clock
from exchange.errors import BadApplication, BadConfiguration
from exchange.files.attached import attachment_of, read_attached
from exchange.language import Unfit
from exchange.schemas import MAX_FIELDS, Applicant, Application, FieldAnswer, SubmittedMaterial, Wire
from exchange.schemas.base import LicenceNumber, Line, MatterCode, Text
from exchange.schemas.form import Name
from exchange.tomlfile import read_toml

_NOTE = "; say in `note` where the material lies"


def _as_answered(value: Any) -> str:
    """An answer as it travels, from what TOML has for it: texts, numbers, days (as text by now), true and false."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and isfinite(value):
        return f"{Decimal(repr(value)):f}".removesuffix(".0")
    if isinstance(value, str | int):
        return str(value)
    raise Unfit("must be a text in quotes, a number, a day as 2026-03-02, true or false")


Answered = Annotated[Text, BeforeValidator(_as_answered)]


class MaterialEntry(Wire):
    """A material as the file names it: with the path of its attachment, or a note where it lies."""

    code: MatterCode
    file: Line | None = None
    note: Text = ""


class ApplicationFile(Wire):
    """What an application file may hold."""

    matter: MatterCode
    applicant: Applicant
    project: Line
    summary: Text = ""
    answers: Annotated[dict[Name, Answered], Field(default_factory=dict, max_length=MAX_FIELDS)]
    """What is answered to the matter's own fields, by their names."""
    materials: Annotated[tuple[MaterialEntry, ...], Field(max_length=50)] = ()
    renews: LicenceNumber | None = None
    """Number of the licence that is to be renewed."""


def read_application(path: Path, clock: Clock) -> tuple[Application, list[bytes]]:
    """Read an application and the attachments it names.

    Raises BadApplication naming file, line and field of everything that is wrong.
    """
    try:
        file = read_toml(path)
        content = file.validated(ApplicationFile)
    except BadConfiguration as error:
        raise BadApplication(error.text, remedy=error.remedy_text) from error
    enclosures: dict[int, bytes] = {
        position: read_attached(file, ("materials", position, "file"), entry.file, BadApplication, _NOTE)
        for position, entry in enumerate(content.materials)
        if entry.file is not None
    }
    application = Application(
        matter=content.matter,
        applicant=content.applicant,
        project=content.project,
        summary=content.summary,
        materials=tuple(_material(entry, enclosures.get(position)) for position, entry in enumerate(content.materials)),
        submitted_at=clock.now(),
        answers=tuple(FieldAnswer(field=name, value=value) for name, value in content.answers.items()),
        renews=content.renews,
    )
    return application, list(enclosures.values())


def _material(entry: MaterialEntry, content: bytes | None) -> SubmittedMaterial:
    if entry.file is None or content is None:
        return SubmittedMaterial(code=entry.code, note=entry.note)
    attachment = attachment_of(entry.file, content)
    return SubmittedMaterial(code=entry.code, attachment=attachment, note=entry.note)
