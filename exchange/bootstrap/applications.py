"""Application files: TOML as people write it, with attachments named by their path beside it."""

from __future__ import annotations

import hashlib
import mimetypes
import tomllib
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from exchange.clock import Clock
from exchange.errors import BadApplication
from schemas import Applicant, Application, Attachment, SubmittedMaterial

ATTACHMENT_LIMIT = 262_144
"""Bytes an attachment may have inside an envelope (256 KiB)."""


def read_application(path: Path, clock: Clock) -> tuple[Application, list[bytes]]:
    """Reads an application and the attachments it names.

    Raises BadApplication naming the file and the field that is wrong.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadApplication(f"{path}: {error.strerror}", mend="name a readable TOML file") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadApplication(f"{path}: {error}", mend="correct the TOML at that place") from error
    enclosures: list[bytes] = []
    try:
        materials = tuple(_material(entry, path.parent, enclosures) for entry in data.pop("materials", []))
        application = Application(
            matter=str(data.pop("matter", "")),
            applicant=Applicant(**data.pop("applicant", {})),
            project=str(data.pop("project", "")),
            summary=str(data.pop("summary", "")),
            materials=materials,
            submitted_at=clock.now(),
        )
    except ValidationError as error:
        raise BadApplication(f"{path}: {_fields(error)}", mend="correct the named fields") from error
    if data:
        raise BadApplication(f"{path}: unknown fields {', '.join(sorted(data))}", mend="remove them")
    return application, enclosures


def _material(entry: dict[str, Any], folder: Path, enclosures: list[bytes]) -> SubmittedMaterial:
    file = entry.pop("file", None)
    if file is None:
        return SubmittedMaterial(**entry)
    try:
        content = (folder / file).read_bytes()
    except OSError as error:
        raise BadApplication(f"attachment {file}: {error.strerror}", mend="the path is relative to the file") from error
    if len(content) > ATTACHMENT_LIMIT:
        raise BadApplication(
            f"attachment {file} has {len(content):,} bytes",
            mend=f"at most {ATTACHMENT_LIMIT:,} bytes may travel inside",
        )
    enclosures.append(content)
    attachment = Attachment(
        name=Path(file).name,
        media_type=mimetypes.guess_type(file)[0] or "application/octet-stream",
        size=len(content),
        digest=hashlib.sha256(content).hexdigest(),
    )
    return SubmittedMaterial(attachment=attachment, **entry)


def _fields(error: ValidationError) -> str:
    return "; ".join(f"{'.'.join(map(str, item['loc'])) or 'application'}: {item['msg']}" for item in error.errors())
