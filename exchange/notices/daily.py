"""Work that is done once a day, since what it goes by are days; and when a process begins, for days that it missed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from exchange.messaging.node import Node


class Daily:
    """Does its work at the first look on a day of the node's clock; what fails is tried again at the next look."""

    def __init__(self, work: Callable[[Node, date], int]) -> None:
        self._work = work
        self._day: date | None = None

    def look(self, node: Node) -> int:
        """Do the day's work once and return how much was done; 0 on a day whose work is done."""
        today = node.clock.now().date()
        if today == self._day:
            return 0
        done = self._work(node, today)
        self._day = today
        return done
