"""A window's round of public figures: counted once a day, beside all other rounds, and told when that is done."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date

from exchange.approval.figures import public
from exchange.messaging.node import Node
from exchange.notices.daily import Daily
from exchange.schemas import MatterFigures


class PublicFigures:
    """Counts in a thread of its own, so that no deadline waits for it; for one round's thread.

    A process that ends meanwhile counts anew when it begins again.
    """

    def __init__(self) -> None:
        self._daily = Daily(self._begin, public.WORK)
        self._counting: _Counting | None = None

    def look(self, node: Node) -> int:
        """Begin the day's counting, or tell what has been counted; returns how many portals were told of matters.

        Raises what the counting has raised, and begins anew at the next look.
        """
        self._daily.look(node)
        counting = self._counting
        if counting is None or counting.is_alive():
            return 0
        if counting.trouble is not None:
            self._counting, self._daily = None, Daily(self._begin, public.WORK)
            raise counting.trouble
        told = public.tell(node, counting.found)
        self._counting = None
        return told

    def _begin(self, node: Node, _today: date) -> int:
        if self._counting is None:
            self._counting = _Counting(lambda: public.count(node))
            self._counting.start()
        return 0


class _Counting(threading.Thread):
    def __init__(self, count: Callable[[], list[MatterFigures]]) -> None:
        super().__init__(name="figures", daemon=True)
        self._count = count
        self.found: list[MatterFigures] = []
        self.trouble: Exception | None = None

    def run(self) -> None:
        try:
            self.found = self._count()
        except Exception as error:
            self.trouble = error
