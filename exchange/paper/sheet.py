"""A paper before it is drawn: every text that stands on it, as data. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from exchange.language import Language


class SheetForm(StrEnum):
    """How a paper is laid out."""

    DOCUMENT = "document"
    """An official document (GB/T 9704-2012)."""
    LETTER = "letter"
    """The format of letters (信函格式), for what goes to one addressee."""
    CERTIFICATE = "certificate"
    """A licence, in a frame."""


class PartLook(StrEnum):
    """How a part of the text looks."""

    TEXT = "text"
    HEAD = "head"
    LINE = "line"
    """A label with what it says, in a row of its own."""
    CODE = "code"
    """What is compared sign by sign, such as a digest."""
    ROW = "row"
    """A label with what it says; of a certificate."""


@dataclass(frozen=True)
class SheetPart:
    """A part of the text: paragraphs are apart by line ends."""

    text: str
    look: PartLook = PartLook.TEXT
    label: str = ""


@dataclass(frozen=True)
class Sheet:
    """Everything that stands on a paper, in one language."""

    form: SheetForm
    language: Language
    mark: str
    """What stands at its head in red (发文机关标志)."""
    number: str
    title: str
    parts: tuple[SheetPart, ...]
    signer: str
    """In whose name it is, as it stands above the date (发文机关署名)."""
    dated: str
    at: datetime
    """When it was signed; the time of the file, too."""
    seal: str
    """Whose signature was verified: the name on the seal; empty where none stands on it."""
    seal_code: str
    """The first signs of the digest of the signed document."""
    addressee: str = ""
    instead: str = ""
    """What stands below the date in place of a seal."""
    notes: tuple[str, ...] = ()
    copies: str = ""
    urgent: str = ""
    signatory: str = ""
    printed_by: str = ""
    printed_on: str = ""
    link: str = ""
    """Address in the QR code; empty where there is none."""
    link_says: str = ""
    original_is: str = ""
    """What the reader is told of the original in the file."""
