"""Cover files: a relay office's own instruction in TOML, for a notice that waits for it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints, ValidationError

from exchange.clock import Clock
from exchange.documents.rules.numbers import parse_number
from exchange.errors import CallerError
from exchange.files.document_file import does_not_hold
from exchange.notices.records import NoticeRow
from exchange.notices.rules.covering import title_of
from exchange.schemas import MAX_INSTRUCTION, Cover, Document, DocumentKind, Urgency, Wire
from exchange.schemas.base import Line
from exchange.tomlfile import read_toml


class CoverFile(Wire):
    """What a cover file may hold."""

    number: Line
    issuer: Line
    signatory: Line
    title: Line | None = None
    """By default 关于转发《…》的通知, or 关于批转…."""
    addressees: Annotated[tuple[Line, ...], Field(max_length=200)] = ()
    body: Annotated[str, StringConstraints(min_length=1, max_length=MAX_INSTRUCTION)]
    date: Annotated[date | None, Field(default=None)]
    """Date of issue; today where the file names none."""
    notes: str = ""


def read_cover(path: Path, row: NoticeRow, relay: str, act_by: date | None, clock: Clock) -> Cover:
    """Read a relay office's cover for a waiting notice, as urgent as that is.

    Raises BadConfiguration naming file, line and field of what is wrong; CallerError for a number that is none, a day
    that needs none, or a title of the notice that is too long to be put into another.
    """
    content = read_toml(path).validated(CoverFile)
    title = content.title or title_of(row.origin, relay, row.title)
    if len(title) > 500:
        raise CallerError(
            "the notice's title is too long for a title around it", remedy="give {path} a title", path=path
        )
    try:
        document = Document(
            number=parse_number(content.number),
            kind=DocumentKind.NOTICE,
            urgency=Urgency(row.urgency),
            issuer=content.issuer,
            signatory=content.signatory,
            title=title,
            addressees=content.addressees,
            body=content.body,
            date=content.date or clock.now().date(),
            notes=content.notes,
        )
        return Cover(document=document, act_by=act_by)
    except ValidationError as error:
        raise does_not_hold(path, error) from None
