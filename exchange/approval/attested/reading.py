"""What the rules of this room look up: a case's documents, and its ledgers as they lie in their rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

from pydantic import ValidationError

from exchange.approval.tables import case_file, ledger, part
from exchange.messaging.attested.contradiction import RowAt
from exchange.messaging.attested.view import RecordedPaper, RowsView
from exchange.schemas import Body, Consultation, LedgerEntry
from exchange.schemas.consultation import ConsultedDepartment
from exchange.store.rows import Row

B = TypeVar("B", bound=Body)


@dataclass(frozen=True)
class EnteredRow:
    """One row of a ledger."""

    position: int
    entry: LedgerEntry | None
    """None where it cannot be read."""


def case_row(view: RowsView, number: str) -> Row | None:
    """Return the row of a case."""
    return next(iter(view.rows.where(case_file, "number", (number,))), None)


def part_row(view: RowsView, number: str, department: str) -> Row | None:
    """Return the row of a department's part."""
    return next((one for one in parts_of(view, number) if one["department"] == department), None)


def parts_of(view: RowsView, number: str) -> list[Row]:
    """Return the rows of a case's parts."""
    return view.rows.where(part, "case_number", (number,), ("position",))


def case_at(view: RowsView, number: str) -> RowAt:
    """Return the name of a case's row."""
    return RowAt(view.member, case_file.name, number)


def part_at(view: RowsView, number: str, department: str) -> RowAt:
    """Return the name of a part's row."""
    return RowAt(view.member, part.name, f"{number} · {department}")


def ledger_at(view: RowsView, number: str, department: str, position: int) -> RowAt:
    """Return the name of a row of a ledger."""
    return RowAt(view.member, ledger.name, f"{number} · {department} · {position}")


def ledger_of(view: RowsView, number: str, department: str) -> list[EnteredRow]:
    """Return the rows of a ledger, those of earlier rounds too."""
    rows = view.rows.where(ledger, "case_number", (number,), ("position",))
    return [EnteredRow(row["position"], entry_of(row["entry"])) for row in rows if row["department"] == department]


def entry_of(text: str) -> LedgerEntry | None:
    """Read an entry of a ledger; None for what is none."""
    try:
        return LedgerEntry.model_validate_json(text)
    except ValidationError:
        return None


def of_kind(view: RowsView, number: str, kind: type[B]) -> Iterator[tuple[RecordedPaper, B]]:
    """Yield the documents of a kind in the conversation of a case at its window, in the order recorded."""
    row = case_row(view, number)
    for paper in view.papers_of(row["conversation_id"]) if row is not None else ():
        if isinstance(paper.body, kind):
            yield paper, paper.body


def asked(
    view: RowsView, message_id: str, department: str
) -> tuple[RecordedPaper, Consultation, ConsultedDepartment] | None:
    """Return the request of this window to a department; None where it is none, or not on record."""
    paper = view.paper(view.member, message_id)
    body = paper.body if paper is not None else None
    if paper is None or not isinstance(body, Consultation):
        return None
    own = next((one for one in body.departments if one.department == department), None)
    return (paper, body, own) if own is not None else None
