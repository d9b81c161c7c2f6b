"""The departments' officers: opinions just before a term is over, and just after; and what in the end is still owed."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from exchange.approval.department.desk import reply
from exchange.approval.department.records import DeskRow
from exchange.approval.department.store import DepartmentDesk
from exchange.approval.rules.states import DeskState
from exchange.errors import BadOpinion, ClockBehind, Conflict, DatabaseUnavailable, IntakeStopped, NotFound
from exchange.messaging.node import Node
from exchange.messaging.outbox import Outbox
from exchange.messaging.records import OutboxState
from exchange.schemas import Opinion, Verdict
from exchange.trials.prove.notebook import Notebook, OpinionNote
from exchange.trials.prove.rules.judgement import Behaviour
from exchange.trials.prove.stage import address_of, behaviour_of
from exchange.trials.prove.time_of_run import TimeOfRun

_BEFORE, _AFTER = (0.05, 1.5), (0.3, 1.5)
"""Seconds before the end of a term at which opinions are given, and behind it."""
_ROWS = 400
_HAS_IT = frozenset({OutboxState.SENT, OutboxState.DELIVERED, OutboxState.RETURNED})
"""States of a copy that the broker has confirmed."""


@dataclass
class Officers:
    """Answers by hand what departments' rules leave to officers. ``chance`` says how close to the end."""

    nodes: Mapping[str, Node]
    """Departments, by short name."""
    notebook: Notebook
    time: TimeOfRun
    chance: random.Random
    settle: bool = False
    """Whether everything that is owed is given now: the run is to come to its end."""
    _moments: dict[tuple[str, str], float] = field(default_factory=dict)
    """When an opinion is to be given, by case and department; it stays behind when it was given."""
    _open: dict[tuple[str, str], float] = field(default_factory=dict)
    _unconfirmed: dict[tuple[str, str], str] = field(default_factory=dict)

    def look(self) -> None:
        """Give what is to be given by now, and look at what the broker has confirmed."""
        for name, node in self.nodes.items():
            with suppress(DatabaseUnavailable, IntakeStopped):
                self._plan(name, node)
                self._give(name, node)
                self._confirm(name, node)

    def _plan(self, name: str, node: Node) -> None:
        with node.store.reading() as tx:
            rows: Sequence[DeskRow] = tx[DepartmentDesk].by_due(DeskState.WAITING, None, _ROWS)
        for row in rows:
            key = (row.case_number, name)
            due = self.time.seconds(row.due_at) if row.due_at is not None else None
            behaviour = behaviour_of(row.title, name)
            if due is None or behaviour is None:
                continue
            if self.settle and self.time.now > due + self.time.day:
                self._open.setdefault(key, self.time.now)
            if key in self._moments:
                continue
            if behaviour is Behaviour.EDGE:
                self._moments[key] = self._open[key] = due - self.chance.uniform(*_BEFORE)
            elif behaviour is Behaviour.LATE:
                self._moments[key] = self._open[key] = due + self.chance.uniform(*_AFTER)

    def _give(self, name: str, node: Node) -> None:
        now = self.time.now
        for key in [key for key, at in self._open.items() if key[1] == name and at <= now]:
            with suppress(ClockBehind):  # as an officer who is told so, it tries again
                self._answer(key, node)
                self._open.pop(key)

    def _answer(self, key: tuple[str, str], node: Node) -> None:
        with node.store.reading() as tx:
            row = tx[DepartmentDesk].get(key[0])
        if row is None:
            return
        # Noted first: a database that fails may have taken it all the same.
        before = self.notebook.opinions.get(key)
        self.notebook.opinions.setdefault(key, OpinionNote(self.time.now))
        try:
            self._unconfirmed[key] = reply(node, self._opinion(row, key[1]))
        except ClockBehind:
            if before is None:
                del self.notebook.opinions[key]
            raise
        except (Conflict, NotFound, BadOpinion):
            return

    def _opinion(self, row: DeskRow, name: str) -> Opinion:
        return Opinion(
            case_number=row.case_number,
            consultation_id=row.consultation_id,
            department=address_of(name),
            verdict=Verdict.AGREE,
            officer="officer",
            decided_on=self.time.clock.now().date(),
        )

    def _confirm(self, name: str, node: Node) -> None:
        ids = {id: key for key, id in self._unconfirmed.items() if key[1] == name}
        with node.store.reading() as tx:
            found = tx[Outbox].rows_of(list(ids))
        now = self.time.now
        for id, views in found.items():
            if any(view.state in _HAS_IT for view in views):
                self.notebook.opinions[ids[id]].confirmed = now
                del self._unconfirmed[ids[id]]
