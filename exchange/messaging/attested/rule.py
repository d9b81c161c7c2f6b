"""How the rooms say which of their rows follow from signed documents.

A room has a `RowRule` for each table that holds what follows from signed documents, and a `PaperRule` for each kind of
document that must be borne out by rows. A rule looks at one row, or one document, with a `RowsView`, which reads
documents and receipts and verifies them, and yields a `RowContradiction` for each column that says otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from exchange.messaging.attested.contradiction import RowAt, RowContradiction
from exchange.messaging.attested.view import RecordedPaper, RowsView
from exchange.store.rows import Row, RowTable


@dataclass(frozen=True)
class RowRule:
    """The rule of one table: which of its columns what was signed contradicts."""

    table: RowTable
    named_by: tuple[str, ...]
    """Columns by which people are told which row it is."""
    check: Callable[[RowsView, RowAt, Row], Iterator[RowContradiction]]
    newest: str | None = None
    """A moment by which rows are found from a time on, and the newest of them, with an index."""
    case: str | None = None
    """The column that names a case."""
    message: str | None = None
    """The column that names a message, where none names a case."""

    def at(self, member: str, row: Row) -> RowAt:
        """Return a row's name."""
        return RowAt(member, self.table.name, " · ".join(str(row[name]) for name in self.named_by))


@dataclass(frozen=True)
class PaperRule:
    """The other way round: what a signed document of one kind says must be in rows."""

    kind: str
    direction: str
    """``sent`` or ``received``."""
    check: Callable[[RowsView, RecordedPaper], Iterator[RowContradiction]]
