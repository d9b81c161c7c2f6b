"""Sees what has come to its end: documents that are signed for, and whether anything is still under way."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from exchange.approval.rules.states import CaseState
from exchange.approval.window.store import Cases
from exchange.errors import DatabaseUnavailable
from exchange.messaging.outbox import Outbox
from exchange.messaging.records import OutboxState
from exchange.store import Store
from exchange.trials.prove.notebook import Notebook
from exchange.trials.prove.stage import WINDOW
from exchange.trials.prove.time_of_run import TimeOfRun

_AT_ONCE = 300


@dataclass
class Watching:
    """Looks at the members' databases, as they are, by short name."""

    stores: Mapping[str, Store]
    notebook: Notebook
    time: TimeOfRun

    def look(self) -> None:
        """Note the documents that have been signed for; a database that is away is looked at again later."""
        for sender, ids in self.notebook.waiting().items():
            for first in range(0, len(ids), _AT_ONCE):
                with suppress(DatabaseUnavailable):
                    self._look_at(sender, ids[first : first + _AT_ONCE])

    def _look_at(self, sender: str, ids: list[str]) -> None:
        with self.stores[sender].reading() as tx:
            found = tx[Outbox].rows_of(ids)
        over = [id for id, views in found.items() if any(view.state is OutboxState.DELIVERED for view in views)]
        self.notebook.complete(sender, over, self.time.now)
        self.notebook.forget(sender, [id for id, views in found.items() if not views])

    def under_way(self) -> dict[str, int]:
        """Return what is not over, by what it is: copies without a receipt by sender, and cases that are open.

        Raises DatabaseUnavailable.
        """
        found: dict[str, int] = {}
        for name, store in self.stores.items():
            with store.reading() as tx:
                counts = tx[Outbox].counts()
            found[name] = counts.get(OutboxState.WRITTEN, 0) + counts.get(OutboxState.SENT, 0)
        with self.stores[WINDOW].reading() as tx:
            cases = tx[Cases].counts()
        found["cases"] = sum(cases.get(f"case-{state}", 0) for state in (CaseState.OPEN, CaseState.READY))
        return {what: number for what, number in found.items() if number}
