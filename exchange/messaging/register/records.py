"""Entries of the register of documents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from exchange.schemas import DocumentKind


class RegisterSide(StrEnum):
    """Which of the two books: what came (收文), or what went (发文)."""

    RECEIVED = "received"
    SENT = "sent"


UNNUMBERED = 0
"""The number of an entry that is planned; the first of a year is 1."""


@dataclass(frozen=True, slots=True)
class RegisterEntry:
    """One document in the register of its year."""

    direction: RegisterSide
    year: int
    number: int
    """Counts from one in each year and direction; it is given once and never changes."""
    at: datetime
    sender: str
    message_id: str
    """Of the message by which it came or went."""
    kind: DocumentKind
    document_number: str
    """As it stands on the document (发文字号)."""
    title: str
    correspondents: str
    """Who wrote it, or to whom it went; separated by commas, or a notice's audience as it was written."""
