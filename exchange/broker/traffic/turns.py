"""Whose turn it is: the first queue overtakes the others, and starves none of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

IN_A_ROW = 4
"""Batches of the first queue after which another one that waits has its turn."""


@dataclass
class QueueTurns:
    """Chooses among queues by what waits in them."""

    _overtaken: int = 0
    _last: int = 0

    def choose(self, waiting: Sequence[int]) -> int | None:
        """Choose the index of the queue to serve, given how many deliveries wait in each; None when none waits."""
        others = [index for index in range(1, len(waiting)) if waiting[index]]
        if waiting and waiting[0] and (not others or self._overtaken < IN_A_ROW):
            self._overtaken += 1
            return 0
        if not others:
            return None
        self._overtaken = 0
        self._last = next((index for index in others if index > self._last), others[0])
        return self._last
