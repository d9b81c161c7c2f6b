"""Document files: an official document in TOML as people write it, with its attachments beside it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints, ValidationError

from exchange.clock import Clock
from exchange.documents.rules.numbers import parse_number
from exchange.errors import BadConfiguration, CallerError
from exchange.files.attached import Check, Leave, attachment_of, is_large, read_attached
from exchange.language import Text, joined
from exchange.schemas import Concerned, Document, DocumentKind, Printing, Purpose, Urgency, Wire
from exchange.schemas.base import Line
from exchange.tomlfile import TomlFile, faults_of, read_toml


class PrintingFile(Wire):
    """Who printed it; today where the file names no day."""

    by: Line
    on: Annotated[date | None, Field(default=None)]


class DocumentFile(Wire):
    """What a document file may hold."""

    number: Line
    kind: DocumentKind
    issuer: Line
    signatory: Line | None = None
    title: Line
    addressees: Annotated[tuple[Line, ...], Field(max_length=200)] = ()
    body: Annotated[str, StringConstraints(min_length=1, max_length=200_000)]
    date: Annotated[date | None, Field(default=None)]
    """Date of issue; today where the file names none."""
    urgency: Urgency = Urgency.ORDINARY
    purpose: Purpose = Purpose.ACTION
    attachments: Annotated[tuple[Line, ...], Field(max_length=20)] = ()
    """Paths, relative to the file; what is too large to travel inside goes by the claim store."""
    notes: str = ""
    concerns: Annotated[tuple[Concerned, ...], Field(max_length=50)] = ()
    """Other authorities whose powers it touches, each with the message in which it agreed."""
    copy_number: Annotated[int | None, Field(ge=1, le=999_999)] = None
    issuing_mark: Line | None = None
    printing: PrintingFile | None = None


def read_document(
    path: Path, clock: Clock, leave: Leave | None = None, check: Check = lambda document: None
) -> tuple[Document, list[bytes]]:
    """Read a document and the attachments it names; without a date it bears today's.

    Attachments too large to travel inside are left in the claim store by ``leave``, once all else holds and ``check``
    has nothing against the document; the one returned names their claim checks. Raises BadConfiguration naming file,
    line and field of what is wrong (a large one, without ``leave``); CallerError for a number that is none, or what
    is invalid as a document; and what these two raise.
    """
    file = read_toml(path)
    content = file.validated(DocumentFile)
    return document_of(file, content, clock, leave, check)


def read_undated(path: Path, clock: Clock) -> tuple[Document, list[bytes]]:
    """Read the text of a joint document, which bears no date before all have signed it. Raises as `read_document`."""
    file = read_toml(path)
    content = file.validated(DocumentFile)
    if content.date is not None:
        remedy = "leave the date out: a joint document is dated by its last signature"
        raise BadConfiguration(file.fault(("date",), "bears a date before anybody has signed"), remedy=remedy)
    document, enclosures = document_of(file, content, clock)
    return document.model_copy(update={"date": None}), enclosures


def document_of(
    file: TomlFile,
    content: DocumentFile,
    clock: Clock,
    leave: Leave | None = None,
    check: Check = lambda document: None,
) -> tuple[Document, list[bytes]]:
    """Return the document that a file's content means, and its small attachments. Raises as `read_document` does."""
    small: list[str] = []
    large: list[str] = []
    enclosures: list[bytes] = []
    for position, name in enumerate(content.attachments):
        place = ("attachments", position)
        if leave is not None and is_large(file, place, name, BadConfiguration):
            large.append(name)
        else:
            small.append(name)
            enclosures.append(read_attached(file, place, name, BadConfiguration))
    today = clock.now().date()
    printed = content.printing
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
            attachments=tuple(map(attachment_of, small, enclosures)),
            date=content.date or today,
            notes=content.notes,
            purpose=content.purpose,
            concerns=content.concerns,
            copy_number=content.copy_number,
            issuing_mark=content.issuing_mark,
            printing=Printing(by=printed.by, on=printed.on or today) if printed else None,
        )
    except ValidationError as error:
        raise does_not_hold(file.path, error) from None
    if leave is not None and large:  # last of all: what is invalid otherwise need not be uploaded first
        check(document)
        claims = tuple(leave(file.path.parent / name) for name in large)
        document = document.model_copy(update={"claims": claims})
    return document, enclosures


def does_not_hold(path: Path, error: ValidationError) -> CallerError:
    """Return the error that tells a model's complaints as the fault of a file."""
    faults = joined(
        Text("{field}: {fault}", {"field": ".".join(map(str, place)), "fault": what})
        for place, what in faults_of(error)
    )
    return CallerError("{path} is invalid: {faults}", remedy="see GB/T 9704-2012", path=path, faults=faults)
