"""Application files: TOML as people write it, with attachments named by their path beside it."""

from __future__ import annotations

import hashlib
import mimetypes
from pathlib import Path
from typing import Annotated

from pydantic import Field

from exchange.clock import Clock
from exchange.errors import BadApplication, BadConfiguration
from exchange.tomlfile import TomlFile, read_toml
from schemas import Applicant, Application, Attachment, SubmittedMaterial, Wire
from schemas.base import Line, MatterCode, Text

ATTACHMENT_LIMIT = 262_144
"""Bytes an attachment may have inside an envelope (256 KiB)."""


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
    """Reads an application and the attachments it names.

    Raises BadApplication naming file, line and field of everything that is wrong.
    """
    try:
        file = read_toml(path)
        content = file.validated(ApplicationFile)
    except BadConfiguration as error:
        raise BadApplication(str(error), mend=error.mend) from error
    enclosures: dict[int, bytes] = {
        position: _attached(file, position, entry.file)
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


def _attached(file: TomlFile, position: int, name: str) -> bytes:
    place = ("materials", position, "file")
    try:
        content = (file.path.parent / name).read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a path that no file can have
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise BadApplication(
            file.fault(place, f"{name}: {reason}"), mend="the path is relative to the application file"
        ) from error
    if len(content) > ATTACHMENT_LIMIT:
        raise BadApplication(
            file.fault(place, f"{name} has {len(content):,} bytes"),
            mend=f"at most {ATTACHMENT_LIMIT:,} bytes may travel inside; say in `note` where the material lies",
        )
    return content


def _material(entry: MaterialEntry, content: bytes | None) -> SubmittedMaterial:
    if entry.file is None or content is None:
        return SubmittedMaterial(code=entry.code, note=entry.note)
    attachment = Attachment(
        name=Path(entry.file).name,
        media_type=mimetypes.guess_type(entry.file)[0] or "application/octet-stream",
        size=len(content),
        digest=hashlib.sha256(content).hexdigest(),
    )
    return SubmittedMaterial(code=entry.code, attachment=attachment, note=entry.note)
