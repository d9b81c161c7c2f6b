"""Work that is done once a day, since what it goes by are days; and when a process begins, for days that it missed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from exchange.messaging.failing.store import FailingWork
from exchange.messaging.node import Node


class Daily:
    """Does its work at the first look on a day of the node's clock, and again when what has failed of it is due.

    ``name`` is what the work calls itself where one of its items fails.
    """

    def __init__(self, work: Callable[[Node, date], int], name: str = "") -> None:
        self._work = work
        self._name = name
        self._day: date | None = None
        self._again: datetime | None = None

    def look(self, node: Node) -> int:
        """Do the day's work once and return how much was done; 0 on a day whose work is done."""
        now = node.clock.now()
        if now.date() == self._day and (self._again is None or now < self._again):
            return 0
        done = self._work(node, now.date())
        with node.store.reading() as tx:
            self._again = min(tx[FailingWork].next_tries(self._name).values(), default=None)
        self._day = now.date()
        return done
