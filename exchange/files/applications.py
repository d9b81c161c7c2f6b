"""Application files: TOML as people write it, with attachments named by their path beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field

from exchange.clock import Clock
from exchange.errors import BadApplication, BadConfiguration
from exchange.files.attached import attachment_of, read_attached
from exchange.schemas import Applicant, Application, SubmittedMaterial, Wire
from exchange.schemas.base import Line, MatterCode, Text
from exchange.tomlfile import read_toml

_NOTE = "; say in `note` where the material lies"


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
    materials: Annotated[tuple[MaterialEntry, ...], Field(max_length=50)] = ()


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
    )
    return application, list(enclosures.values())


def _material(entry: MaterialEntry, content: bytes | None) -> SubmittedMaterial:
    if entry.file is None or content is None:
        return SubmittedMaterial(code=entry.code, note=entry.note)
    attachment = attachment_of(entry.file, content)
    return SubmittedMaterial(code=entry.code, attachment=attachment, note=entry.note)
