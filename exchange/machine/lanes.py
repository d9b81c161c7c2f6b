"""One lane a receiver: whoever is slow delays what it is told itself, and nobody else."""

from __future__ import annotations

import threading
from collections.abc import Callable

from exchange.clock import monotonic
from exchange.errors import ExchangeError
from exchange.machine.logger import get_logger

log = get_logger()

MOST = 256
"""Lanes at work at once; further receivers wait for one to become free."""


class Lanes:
    """Threads by receiver, each ended with its work. Safe to use from several threads."""

    def __init__(self, name: str, most: int = MOST) -> None:
        self._name = name
        self._most = most
        self._lock = threading.Lock()
        self._at_work: dict[str, threading.Thread] = {}

    def start(self, receiver: str, work: Callable[[], None]) -> bool:
        """Start ``work`` for a receiver, unless its lane is at work still; False then, or if all are."""
        with self._lock:
            if receiver in self._at_work or len(self._at_work) >= self._most:
                return False
            lane = threading.Thread(target=self._run, args=(receiver, work), name=f"{self._name}:lane", daemon=True)
            self._at_work[receiver] = lane
        lane.start()
        return True

    def wait(self, seconds: float) -> None:
        """Wait until no lane is at work, ``seconds`` at most."""
        until = monotonic() + seconds
        with self._lock:
            lanes = list(self._at_work.values())
        for lane in lanes:
            lane.join(max(0.0, until - monotonic()))

    def _run(self, receiver: str, work: Callable[[], None]) -> None:
        try:
            work()
        except ExchangeError as error:
            log.error("lane.failed", lane=self._name, code=error.code, reason=str(error))
        except Exception:
            log.exception("lane.failed", lane=self._name)
        finally:
            with self._lock:
                self._at_work.pop(receiver, None)
