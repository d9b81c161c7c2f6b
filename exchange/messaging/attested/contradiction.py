"""What a contradiction between a row and a signed document is.

It names states, moments, ids and digests; of what people have written it shows the digest alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class RowFault(StrEnum):
    """How a row and what was signed do not agree."""

    DIFFERS = "differs"
    """The row says otherwise than the document."""
    UNPROVED = "unproved"
    """Nothing that was signed, and is on record, says what the row says."""
    LEFT_OUT = "left-out"
    """It was signed, and the row does not say it, or is not there."""
    NOT_SIGNED = "not-signed"
    """What is kept as a signed document is not what was signed."""
    SEALED = "sealed"
    """A line of the journal is not as the member's log has sealed it."""


@dataclass(frozen=True, slots=True)
class DocumentRef:
    """A document by which a row is contradicted."""

    sender: str
    message_id: str
    kind: str
    digest: str
    """SHA-256 of the signed bytes as they lie on record."""


@dataclass(frozen=True, slots=True)
class RowContradiction:
    """One column of one row against what was signed."""

    member: str
    table: str
    key: str
    column: str
    fault: RowFault
    row: str
    """What the row says."""
    signed: str
    """What was signed."""
    document: DocumentRef | None = None
    """None where there is none, and there should be."""


@dataclass(frozen=True, slots=True)
class RowAt:
    """A row by its member, table and key: what the contradictions of a rule are made with."""

    member: str
    table: str
    key: str

    def differs(
        self, column: str, row: object, signed: object, document: DocumentRef | None
    ) -> Iterator[RowContradiction]:
        """Yield that a column says otherwise than a document, if it does."""
        if row != signed:
            yield self._found(column, RowFault.DIFFERS, row, signed, document)

    def unproved(self, column: str, row: object, document: DocumentRef | None = None) -> RowContradiction:
        """Return that nothing signed says what a column says."""
        return self._found(column, RowFault.UNPROVED, row, None, document)

    def left_out(self, column: str, row: object, signed: object, document: DocumentRef) -> RowContradiction:
        """Return that a column does not say what was signed."""
        return self._found(column, RowFault.LEFT_OUT, row, signed, document)

    def not_signed(self, column: str, row: object, signed: object, document: DocumentRef) -> RowContradiction:
        """Return that what is kept as a signed document is not what was signed."""
        return self._found(column, RowFault.NOT_SIGNED, row, signed, document)

    def _found(
        self, column: str, fault: RowFault, row: object, signed: object, document: DocumentRef | None
    ) -> RowContradiction:
        return RowContradiction(self.member, self.table, self.key, column, fault, said(row), said(signed), document)


def said(value: object) -> str:
    """Return a value as it is told: a moment in the exchange's own writing, nothing as a dash."""
    if value is None:
        return "-"
    return value.isoformat() if isinstance(value, datetime) else str(value)


def withheld(text: Any) -> str | None:
    """Return by what a text that people have written is told: its SHA-256; None for no text."""
    if not text:
        return None
    data = text if isinstance(text, bytes) else str(text).encode("utf-8", "replace")
    return f"sha256:{hashlib.sha256(data).hexdigest()}"
