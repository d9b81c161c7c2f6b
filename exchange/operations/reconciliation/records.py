"""Pages of facts that reconciliation reads."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from exchange.operations.reconciliation.facts import Fact


class FactStream(StrEnum):
    """One kind of fact."""

    MESSAGES = "messages"
    COPIES = "copies"
    TAKEN = "taken"
    DEAD = "dead"
    PARTS = "parts"
    STRAYS = "strays"


class FactPage(NamedTuple):
    """Some facts in order, and the key of the last one where there may be more."""

    facts: list[Fact]
    after: tuple[str, str] | None
