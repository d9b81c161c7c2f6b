"""Requests for supplements as people and systems read them: the row, with what was signed."""

from __future__ import annotations

from dataclasses import dataclass

from exchange.approval.supplements.records import SupplementRow
from exchange.approval.supplements.store import SupplementRequests
from exchange.approval.supplements.wanted import request_of
from exchange.schemas import SupplementRequest
from exchange.store.transaction import Transaction


@dataclass(frozen=True)
class ShownSupplement:
    """One request of a case."""

    row: SupplementRow
    asked: SupplementRequest
    """As its department has signed it."""


def supplements_of(tx: Transaction, window: str, case_number: str) -> tuple[ShownSupplement, ...]:
    """Return the requests in a case of a window that are on record here. Raises NotFound."""
    rows = tx[SupplementRequests].of_case(window, case_number)
    return tuple(ShownSupplement(row, request_of(tx, row)) for row in rows)
