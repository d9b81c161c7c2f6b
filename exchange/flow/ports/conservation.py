"""What the reconciliation reads of a store: facts in the order of message ids, a page at a time."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum
from typing import NamedTuple, Protocol

from exchange.rules.conservation_facts import Fact


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


class MessageFacts(Protocol):
    """Facts of one member's store."""

    def page(self, stream: FactStream, member: str, after: tuple[str, str] | None, limit: int) -> FactPage:
        """At most ``limit`` facts whose keys follow ``after``, in the order of message ids."""

    def of(self, member: str, message_ids: Collection[str]) -> list[Fact]:
        """All facts about these messages; a few hundred ids at most."""
