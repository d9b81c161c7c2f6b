"""Looks after the private node while a domain is served: one that died, or lives and does not work, is started again.

Whether it works is found out by having it do its work (`exchange.broker.admin.exercise`). It is not started again
where that would not help: while its disk is full, or while it holds publishers for want of memory or disk and goes on
by itself.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from exchange.broker.admin.exercise import Condition, Exercise, Exercised
from exchange.broker.admin.node_info import NodeInfo
from exchange.broker.private.node import PrivateNode
from exchange.clock import monotonic
from exchange.errors import ExchangeError
from exchange.language import Recorded, tr
from exchange.runtime.supervision.supervised import Backoff

Say = Callable[[str], None]

ROOM = 50_000_000
"""Octets that must be free on the node's disk for a start to be worth trying."""


@dataclass(frozen=True)
class NodePatience:
    """How a node that lives is looked at; seconds."""

    every: float = 15.0
    exercise: float = 20.0
    """For one exercise."""
    failures: int = 3
    """So many in a row, and it is started again."""
    grace: float = 10.0
    """Between asking it to end and SIGKILL."""


@dataclass
class NodeWatch:
    """Keeps ``node`` running where ``info`` says.

    ``provision`` declares anew what a node killed in a bad moment may have forgotten; ``moved`` is called when the node
    came back under another address, because somebody else had taken its ports.
    """

    node: PrivateNode
    info: NodeInfo
    say: Say
    provision: Callable[[NodeInfo], None]
    moved: Callable[[], None]
    stop: threading.Event
    backoff: Backoff = field(default_factory=Backoff)
    patience: NodePatience = NodePatience()
    free: Callable[[Path], int] = lambda folder: shutil.disk_usage(folder).free
    """Octets free on the disk of a folder."""
    _ready: bool = True
    _again_at: float = 0.0
    _pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "exercise"))
    _exercise: Future[Exercised] | None = None
    _exercise_at: float = 0.0
    _failures: int = 0
    _said: str = ""

    def look(self) -> None:
        """Start the node again if it has died or does not work. Errors are said and it is tried again later."""
        if self._ready and self.node.alive:
            self._look_at_work()
            return
        if monotonic() < self._again_at:
            return
        if self._ready:
            self.say(tr("broker: {node} died; starting it again", node=self.node.seat.label))
        self._ready = False
        if not self._has_room():
            return
        began = monotonic()
        try:
            self._start()
        except (ExchangeError, OSError) as error:
            if not self.stop.is_set():
                wait = self.backoff.after(monotonic() - began)
                self._again_at = monotonic() + wait
                self.say(tr("broker: {error}; tried again in {wait:.1f} s", error=error, wait=wait))

    def close(self) -> None:
        """Begin no further exercise."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _start(self) -> None:
        info = self.node.start(self.say, stop=self.stop)
        self.provision(info)
        self._ready, self._said, self._failures = True, "", 0
        self._exercise, self._exercise_at = None, monotonic() + self.patience.every
        if info != self.info:
            self.info = info
            self.moved()

    def _look_at_work(self) -> None:
        if self._exercise is None:
            if monotonic() >= self._exercise_at:
                self._exercise = self._pool.submit(Exercise(self.info, self.patience.exercise, self.node.seat.room).run)
            return
        if not self._exercise.done():
            return
        error = self._exercise.exception()
        found = Exercised(Condition.BROKEN, Recorded(type(error).__name__)) if error else self._exercise.result()
        self._exercise, self._exercise_at = None, monotonic() + self.patience.every
        self._take(found)

    def _take(self, found: Exercised) -> None:
        if found.condition is Condition.WORKS:
            if self._said:
                self.say(tr("broker: {node} works again", node=self.node.seat.label))
            self._said, self._failures = "", 0
            return
        self._failures += 1
        if found.condition is Condition.BLOCKED:
            self._failures = 0
            text = tr(
                "broker: {node} takes nothing in ({reason}); give it room, it goes on by itself",
                node=self.node.seat.label,
                reason=found.reason,
            )
            self._say_once("blocked", text)
        elif self._failures >= 2:
            text = tr(
                "broker: {node} lives and does not work ({reason})", node=self.node.seat.label, reason=found.reason
            )
            self._say_once("broken", text)
        if self._failures >= self.patience.failures and self._has_room():
            self.say(tr("broker: {node} is ended and started again", node=self.node.seat.label))
            self._ready = False
            self.node.end(self.patience.grace)

    def _has_room(self) -> bool:
        free = self.free(self.node.folder)
        if free >= ROOM:
            return True
        self._again_at = monotonic() + self.patience.every
        text = tr(
            "broker: the disk of {node} is full ({free:.0f} MB free at {folder}); make room, it is started again then",
            node=self.node.seat.label,
            free=free / 1e6,
            folder=self.node.folder,
        )
        self._say_once("full", text)
        return False

    def _say_once(self, state: str, text: str) -> None:
        """Says a state when it begins; figures that move are no news."""
        if state != self._said:
            self._said = state
            self.say(text)
