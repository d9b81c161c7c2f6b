"""Rows held against signed documents, over all members of a domain whose stores can be read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from exchange.directory import Lookup
from exchange.errors import DatabaseUnavailable
from exchange.messaging.attested.contradiction import RowContradiction
from exchange.messaging.attested.journals import journal_contradiction
from exchange.messaging.attested.walking import CaseScope, RowWalk
from exchange.operations.reconciliation.books import Unread
from exchange.operations.reconciliation.row_rules import ROW_RULES, messages_of
from exchange.runtime.calendars import calendar_contradictions
from exchange.store import Store
from exchange.workdays import WorkingCalendar

KEPT = 5_000
"""So many contradictions are kept by name; of more, only how many."""

LookedAt = Callable[[str, str, int], None]
"""Told while it goes on: member, table, and how many rows of it were looked at."""


@dataclass
class RowsHeld:
    """What came of it."""

    rows: int = 0
    """Rows that were looked at."""
    contradictions: list[RowContradiction] = field(default_factory=list)
    unnamed: int = 0
    """Contradictions beyond those that are named."""
    unread: list[Unread] = field(default_factory=list)
    _seen: set[tuple[str, str, str, str]] = field(default_factory=set)

    def add(self, one: RowContradiction) -> None:
        """Add a contradiction, once for each column of a row."""
        place = (one.member, one.table, one.key, one.column)
        if place in self._seen:
            return
        if len(self.contradictions) >= KEPT:
            self.unnamed += 1
            return
        self._seen.add(place)
        self.contradictions.append(one)

    @property
    def is_sound(self) -> bool:
        """Whether nothing contradicts."""
        return not self.contradictions and not self.unnamed


@dataclass(frozen=True)
class RowsReading:
    """By what the rows of a domain's members are held: who has signed, the days that count, and the signed calendars
    in the domain's folder.
    """

    directory: Lookup
    calendar: WorkingCalendar
    calendars: Path

    def hold(
        self,
        stores: Mapping[str, Store],
        since: datetime | None = None,
        case: str | None = None,
        told: LookedAt = lambda member, table, rows: None,
    ) -> RowsHeld:
        """Hold all rows of these members; ``since`` and ``case`` leave out others. Never raises what a store raises:
        it is named among what could not be read.
        """
        scope = CaseScope(case, messages_of) if case is not None else None
        held = RowsHeld()
        for member, store in stores.items():
            counted: dict[str, int] = {}
            walk = self._walk(store, member, _counting(counted, told))
            try:
                for one in walk.all(ROW_RULES, since, scope):
                    held.add(one)
                for one in self._beside(store, member) if scope is None else ():
                    held.add(one)
            except DatabaseUnavailable as error:
                held.unread.append(Unread(member, str(error)))
            held.rows += sum(counted.values())
        return held

    def newest(self, store: Store, member: str, most: int) -> RowsHeld:
        """Hold the newest rows of each table of one member, where they are found by time, and its calendars.

        Raises DatabaseUnavailable.
        """
        held, counted = RowsHeld(), dict[str, int]()
        for one in self._walk(store, member, _counting(counted)).newest(ROW_RULES, most):
            held.add(one)
        for one in calendar_contradictions(store, member, self.directory, self.calendars):
            held.add(one)
        held.rows = sum(counted.values())
        return held

    def _beside(self, store: Store, member: str) -> Iterator[RowContradiction]:
        """What is no table of a room: the journal by its log, and the calendars that a member has taken."""
        broken = journal_contradiction(store, member, self.directory)
        if broken is not None:
            yield broken
        yield from calendar_contradictions(store, member, self.directory, self.calendars)

    def _walk(self, store: Store, member: str, told: LookedAt) -> RowWalk:
        return RowWalk(store, member, self.directory, self.calendar, told)


def _counting(counted: dict[str, int], told: LookedAt = lambda member, table, rows: None) -> LookedAt:
    def count(member: str, table: str, rows: int) -> None:
        counted[table] = rows
        told(member, table, rows)

    return count
