"""Notice files: a document's file, and to whom and until when it goes."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from pydantic import ValidationError

from exchange.clock import Clock
from exchange.errors import CallerError
from exchange.files.attached import Leave
from exchange.files.document_file import DocumentFile, document_of, does_not_hold
from exchange.schemas import DocumentKind, Form, Notice, Treatment
from exchange.tomlfile import read_toml


class NoticeFile(DocumentFile):
    """What a notice file may hold."""

    kind: DocumentKind = DocumentKind.NOTICE
    form: Form | None = None
    """What everybody who gets the notice is to answer: a table with an array of tables, ``[[form.fields]]``."""


def read_notice(
    path: Path,
    audience: str,
    act_by: date | None,
    clock: Clock,
    replaces: str | None = None,
    leave: Leave | None = None,
) -> tuple[Notice, list[bytes]]:
    """Read a notice and the attachments it names; without a date it bears today's.

    Large attachments as in `exchange.files.document_file.read_document`, whose errors it raises.
    """
    file = read_toml(path)
    content = file.validated(NoticeFile)
    if content.form is not None and act_by is None:
        raise CallerError("a notice that carries a form names the last day for answers", remedy="give --act-by DAY")
    document, enclosures = document_of(file, content, clock, leave)
    try:
        notice = Notice(
            document=document,
            audience=audience,
            treatment=Treatment.ACTION if act_by is not None else Treatment.INFORMATION,
            act_by=act_by,
            replaces=replaces,
            form=content.form,
        )
    except ValidationError as error:
        raise does_not_hold(path, error) from None
    return notice, enclosures
