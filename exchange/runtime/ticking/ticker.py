"""A member's own round of work beside what comes in: as often as it is woken, and now and then by itself."""

from __future__ import annotations

import threading
from collections.abc import Callable

from exchange.clock import monotonic
from exchange.errors import DatabaseUnavailable, ExchangeError
from exchange.machine.load import Load
from exchange.machine.logger import get_logger
from exchange.runtime.ticking.pace import Pace

log = get_logger()

_APART, _APART_CROWDED = 0.05, 0.15
"""Seconds between two rounds, at least, and on a crowded machine: under load one round takes what has gathered."""

_AGAIN_AFTER = 1.0
"""Seconds after a round that failed as a whole."""


class Ticker:
    """Rounds of work in a loop. ``look`` asks what is due, ``attend`` does what was just made ready."""

    def __init__(
        self,
        address: str,
        tick: float,
        look: Callable[[], None],
        attend: Callable[[], None],
        owes: Callable[[], float | None],
    ) -> None:
        """``tick``: seconds between two looks where nobody wakes it; ``owes``: in how many there is more to attend to,
        None where there is not.
        """
        self._address = address
        self._tick = tick
        self._look = look
        self._attend = attend
        self._owes = owes
        self._pace = Pace()
        self._load = Load()
        self._nudge = threading.Event()
        self._stopping = threading.Event()
        self.ticked_at = 0.0
        """When the last round went well (`exchange.clock.monotonic`); 0 before the first."""
        self.ticking_since: float | None = None
        """Since when a round goes on; None between two."""
        self.records = True
        """Whether the database takes what is written, as far as is known; who has written something sets it again."""
        self._woken_early = False
        """Whether the last round was made while looks rested; one is due then when they do no more."""

    def wake(self) -> None:
        """Have a round made soon. Safe from any thread."""
        self._nudge.set()

    def stop(self) -> None:
        """End `run` after the round it is in."""
        self._stopping.set()
        self._nudge.set()

    def run(self) -> None:
        """Make rounds until stopped; what fails is logged and tried again."""
        while not self._stopping.is_set():
            owed, wait = self._owes(), self._pace.rest if self._woken_early else self._tick
            self._nudge.wait(wait if owed is None else min(wait, owed))
            self._nudge.clear()
            if self._stopping.is_set():
                return
            apart = max(_APART, self._load.patience(0.0, _APART_CROWDED))
            self._stopping.wait(apart if self._goes_well() else _AGAIN_AFTER)

    def _goes_well(self) -> bool:
        """Makes a round, and tells how it went."""
        try:
            self.ticking_since = monotonic()
            self._woken_early = self._pace.rest > 0.0
            if not self._woken_early:
                self._pace.look(self._look)
            self._attend()
            self.ticked_at = monotonic()
            return True
        except ExchangeError as error:
            self.records = self.records and not isinstance(error, DatabaseUnavailable)
            log.error("tick.failed", node=self._address, code=error.code, reason=str(error))
        except Exception:
            log.exception("tick.failed", node=self._address)
        finally:
            self.ticking_since = None
        return False
