"""Notice files: a document's file, and to whom and until when it goes."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from pydantic import ValidationError

from exchange.bootstrap.document_file import DocumentFile, does_not_hold, read_document
from exchange.clock import Clock
from schemas import DocumentKind, Notice, Treatment


class NoticeFile(DocumentFile):
    """What a notice file may hold."""

    kind: DocumentKind = DocumentKind.NOTICE


def read_notice(
    path: Path, audience: str, act_by: date | None, clock: Clock, replaces: str | None = None
) -> tuple[Notice, list[bytes]]:
    """Reads a notice and the attachments it names; without a date it bears today's.

    Raises BadConfiguration naming file, line and field of what is wrong; CallerError for a number that is none.
    """
    document, enclosures = read_document(path, clock, NoticeFile)
    try:
        notice = Notice(
            document=document,
            audience=audience,
            treatment=Treatment.ACTION if act_by is not None else Treatment.INFORMATION,
            act_by=act_by,
            replaces=replaces,
        )
    except ValidationError as error:
        raise does_not_hold(path, error) from None
    return notice, enclosures
