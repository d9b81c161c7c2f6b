"""Members and matters by their names: what people read where records hold addresses and codes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from exchange.language import Words, choose, tr
from exchange.language.names import matter_name

Lines = Iterator[tuple[str, str]]
"""Labels and texts, in the order in which one reads them; empty texts are left out by whoever shows them."""


@dataclass(frozen=True)
class SaidNames:
    """The names that are known where something is said."""

    members: Mapping[str, Words]
    """By address."""
    matters: Callable[[], Mapping[str, Words]]
    """By code; read when the first is named."""

    def called(self, address: str) -> str:
        """Name a member in the reader's language; by the address where its profile is not here."""
        return choose(self.members[address]) if address in self.members else address

    def in_full(self, address: str) -> str:
        """Name and address, where somebody may want to type the address."""
        name = self.called(address)
        return name if name == address else f"{name} ({address})"

    def for_another(self, substitute: str, department: str) -> str:
        """Say who has spoken for which department."""
        return tr(
            "{substitute} for {department}", substitute=self.called(substitute), department=self.called(department)
        )

    def matter(self, code: str, said: str = "") -> str:
        """Name a matter; as a message says it, or by its code, where the catalogue is not here."""
        return matter_name(code, self.matters(), said)
