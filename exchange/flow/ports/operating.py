"""What operators need of a store: dead letters by their causes, and holds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from exchange.flow.ports.records import DeadCause, DeadLetter
from exchange.rules.holding import Hold


class Dead(Protocol):
    """Dead letters as operators go through them; open ones are those that nobody has discarded."""

    def causes(self) -> list[DeadCause]:
        """Open letters by reason and stage, the most numerous first."""

    def ids(self, stage: str) -> list[str]:
        """Message ids of open letters of a stage, each once; those without an id are left out."""

    def count(self, reason_code: str, stage: str | None = None) -> int:
        """How many open letters a cause has."""

    def page(
        self, reason_code: str, stage: str | None = None, *, below: int | None = None, limit: int = 50
    ) -> list[DeadLetter]:
        """Open letters of a cause, newest first, those with a serial below ``below``."""

    def batch(self, reason_code: str, stage: str | None, *, above: int, limit: int) -> list[DeadLetter]:
        """Open letters of a cause, oldest first, those with a serial above ``above``."""

    def discarded(self, *, below: int | None = None, limit: int = 50) -> list[DeadLetter]:
        """Discarded letters, newest first."""

    def all(self, *, above: int, limit: int) -> list[DeadLetter]:
        """Letters, discarded ones too, oldest first; for exports."""

    def propose(self, serial: int, by: str, why: str, now: datetime) -> bool:
        """Marks an open letter as to be discarded; False if it is gone or proposed already."""

    def withdraw(self, serial: int) -> bool:
        """Takes a proposal back."""

    def discard(self, serial: int, by: str, now: datetime) -> bool:
        """Marks a proposed letter as discarded; False if it is gone, discarded, or not proposed."""

    def tried(self, serial: int, now: datetime) -> None:
        """It was handled again, and failed again."""


class Holds(Protocol):
    """What rests in this store's outbox."""

    def put(self, beginning: Hold) -> bool:
        """Begins a hold; False if one of this id is on record."""

    def release(self, id: str, by: str, now: datetime) -> bool:
        """Ends a hold; what it kept and no other keeps is due at once. False if it does not stand."""

    def standing(self) -> list[Hold]:
        """Those in force, oldest first."""

    def recent(self, limit: int = 100) -> list[Hold]:
        """Newest first, released ones too."""

    def since(self, moment: datetime) -> list[Hold]:
        """Those in force at ``moment`` or later."""

    def park(self, ids: Sequence[int]) -> int:
        """Lets these copies rest where a standing hold covers them; the number that rest."""

    def resting(self) -> dict[tuple[str, str], int]:
        """Copies at rest, by addressee and kind."""
