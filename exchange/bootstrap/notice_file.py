"""Notice files: an official document in TOML as people write it, with its attachments beside it."""

from __future__ import annotations

import hashlib
import mimetypes
from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints, ValidationError

from exchange.bootstrap.applications import ATTACHMENT_LIMIT
from exchange.clock import Clock
from exchange.errors import BadConfiguration, CallerError
from exchange.rules.numbers import parse_number
from exchange.tomlfile import TomlFile, faults_of, read_toml
from schemas import Attachment, Document, DocumentKind, Form, Notice, Treatment, Urgency, Wire
from schemas.base import Line


class NoticeFile(Wire):
    """What a notice file may hold."""

    number: Line
    kind: DocumentKind = DocumentKind.NOTICE
    issuer: Line
    signatory: Line | None = None
    title: Line
    addressees: Annotated[tuple[Line, ...], Field(max_length=200)] = ()
    body: Annotated[str, StringConstraints(min_length=1, max_length=200_000)]
    date: Annotated[date | None, Field(default=None)]
    """Date of issue; today where the file names none."""
    urgency: Urgency = Urgency.ORDINARY
    attachments: Annotated[tuple[Line, ...], Field(max_length=20)] = ()
    """Paths, relative to the file."""
    notes: str = ""
    form: Form | None = None
    """What everybody who gets the notice is to answer: a table with an array of tables, ``[[form.fields]]``."""


def read_notice(
    path: Path, audience: str, act_by: date | None, clock: Clock, replaces: str | None = None
) -> tuple[Notice, list[bytes]]:
    """Reads a notice and the attachments it names; without a date it bears today's.

    Raises BadConfiguration naming file, line and field of what is wrong; CallerError for a number that is none.
    """
    file = read_toml(path)
    content = file.validated(NoticeFile)
    if content.form is not None and act_by is None:
        raise CallerError("a notice that carries a form names the last day for answers", mend="give --act-by DAY")
    enclosures = [_attached(file, position, name) for position, name in enumerate(content.attachments)]
    try:
        document = Document(
            number=parse_number(content.number),
            kind=content.kind,
            urgency=content.urgency,
            issuer=content.issuer,
            signatory=content.signatory,
            title=content.title,
            addressees=content.addressees,
            body=content.body,
            attachments=tuple(map(_attachment, content.attachments, enclosures)),
            date=content.date or clock.now().date(),
            notes=content.notes,
        )
        notice = Notice(
            document=document,
            audience=audience,
            treatment=Treatment.ACTION if act_by is not None else Treatment.INFORMATION,
            act_by=act_by,
            replaces=replaces,
            form=content.form,
        )
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, place))}: {what}" for place, what in faults_of(error))
        raise CallerError(f"{path} does not hold as a notice: {faults}", mend="see GB/T 9704-2012") from None
    return notice, enclosures


def _attached(file: TomlFile, position: int, name: str) -> bytes:
    place = ("attachments", position)
    try:
        content = (file.path.parent / name).read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a path that no file can have
        reason = error.strerror if isinstance(error, OSError) else str(error)
        mend = "the path is relative to the notice file"
        raise BadConfiguration(file.fault(place, f"{name}: {reason}"), mend=mend) from error
    if len(content) > ATTACHMENT_LIMIT:
        raise BadConfiguration(
            file.fault(place, f"{name} has {len(content):,} bytes"),
            mend=f"at most {ATTACHMENT_LIMIT:,} bytes may travel inside",
        )
    return content


def _attachment(name: str, content: bytes) -> Attachment:
    return Attachment(
        name=Path(name).name,
        media_type=mimetypes.guess_type(name)[0] or "application/octet-stream",
        size=len(content),
        digest=hashlib.sha256(content).hexdigest(),
    )
