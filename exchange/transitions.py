"""State machines: a closed set of states, and one table of what may follow what, checked wherever a row moves."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

S = TypeVar("S", bound=StrEnum)


class ForbiddenTransition(RuntimeError):
    """A mistake in the program: it would move something in a way that the table of its states does not know."""


@dataclass(frozen=True, eq=False)
class Machine(Generic[S]):
    """What may follow what. A state may always be kept, for what is added to a row without moving it."""

    name: str
    begins: frozenset[S]
    """In which of them a row begins."""
    table: Mapping[S, frozenset[S]]
    """Which states may follow each; every state is named."""

    @property
    def ends(self) -> frozenset[S]:
        """The final states: nothing follows them."""
        return frozenset(state for state, following in self.table.items() if not following)

    def before(self, after: S) -> frozenset[S]:
        """The states that this one may follow."""
        return frozenset(state for state, following in self.table.items() if after in following)

    def check(self, before: Collection[S], after: S) -> None:
        """Raises ForbiddenTransition unless this state may follow each of those, or is kept."""
        for state in before:
            if after != state and after not in self.table[state]:
                raise ForbiddenTransition(f"{self.name}: {state!r} is never followed by {after!r}")


def machine(name: str, begins: Iterable[S], table: Mapping[S, Iterable[S]]) -> Machine[S]:
    """A machine, written as a plain table."""
    return Machine(name, frozenset(begins), {state: frozenset(following) for state, following in table.items()})
