"""The walk over a member's rows, a page at a time and each page in a look of its own, so that memory does not grow."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from exchange.directory import Lookup
from exchange.messaging.attested.contradiction import RowContradiction
from exchange.messaging.attested.copies import COPIES, MESSAGES
from exchange.messaging.attested.inboxes import INBOXES
from exchange.messaging.attested.papers import papers_rule
from exchange.messaging.attested.rule import PaperRule, RowRule
from exchange.messaging.attested.view import RowsView
from exchange.store import Store
from exchange.store.rows import RowScope, TableRows, key_of
from exchange.store.transaction import Transaction
from exchange.workdays import WorkingCalendar

PAGE = 50
"""Rows of a table that are read at a time: a document has up to some megabytes."""


def message_rules(papers: Sequence[PaperRule]) -> tuple[RowRule, ...]:
    """Return the rules of what every member has; ``papers``: what documents of the rooms must be borne out by rows."""
    return papers_rule(papers), INBOXES, MESSAGES, COPIES


Progress = Callable[[str, str, int], None]
"""Told after each page: member, table, and how many rows of it were looked at."""


@dataclass(frozen=True)
class CaseScope:
    """One case: its number, and how its messages are found in a member's records."""

    number: str
    messages: Callable[[Transaction, str], Collection[str]]


@dataclass(frozen=True)
class RowWalk:
    """How the rows of one member are looked at."""

    store: Store
    member: str
    trust: Lookup
    calendar: WorkingCalendar
    told: Progress = lambda member, table, rows: None

    def all(
        self, rules: Collection[RowRule], since: datetime | None = None, case: CaseScope | None = None
    ) -> Iterator[RowContradiction]:
        """Yield what is wrong with a member's rows. Raises DatabaseUnavailable.

        ``since`` leaves out rows of before, where a row has its moment; ``case`` leaves out what is of no case.
        """
        messages: tuple[str, ...] = ()
        if case is not None:
            with self.store.reading() as tx:
                messages = tuple(case.messages(tx, case.number))
        for rule in rules:
            scope = _scope(rule, since, case, messages)
            if scope is not None:
                yield from self._walk(rule, scope)

    def newest(self, rules: Collection[RowRule], most: int) -> Iterator[RowContradiction]:
        """Yield what is wrong with the newest rows of each table, where they are found by time."""
        for rule in rules:
            if rule.newest is None:
                continue
            with self.store.reading() as tx:
                view = self._view(tx)
                rows = tx[TableRows].newest(rule.table, rule.newest, most)
                found = [one for row in rows for one in rule.check(view, rule.at(self.member, row), row)]
            self.told(self.member, rule.table.name, len(rows))
            yield from found

    def _walk(self, rule: RowRule, scope: RowScope) -> Iterator[RowContradiction]:
        after: tuple[Any, ...] | None = None
        looked = 0
        while True:
            with self.store.reading() as tx:
                view = self._view(tx)
                rows = tx[TableRows].page(rule.table, after, PAGE, scope)
                found = [one for row in rows for one in rule.check(view, rule.at(self.member, row), row)]
            looked += len(rows)
            self.told(self.member, rule.table.name, looked)
            yield from found
            if len(rows) < PAGE:
                return
            after = key_of(rule.table, rows[-1])

    def _view(self, tx: Transaction) -> RowsView:
        return RowsView(self.member, tx, self.trust, self.calendar)


def _scope(rule: RowRule, since: datetime | None, case: CaseScope | None, messages: tuple[str, ...]) -> RowScope | None:
    """Which rows of a table are wanted; None where it has none of a case."""
    if case is None:
        return RowScope(moment=rule.newest, since=since)
    if rule.case is not None:
        return RowScope(rule.case, (case.number,), rule.newest, since)
    if rule.message is not None:
        return RowScope(rule.message, messages, rule.newest, since)
    return None
