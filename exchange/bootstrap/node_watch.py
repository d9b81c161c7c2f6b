"""Looks after the private node while a domain is served: one that died is started again, and it is said."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from exchange.bootstrap.supervise import Backoff
from exchange.broker.node import NodeInfo, PrivateNode
from exchange.clock import monotonic
from exchange.errors import ExchangeError
from exchange.language import tr

Say = Callable[[str], None]


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
    _ready: bool = True
    _again_at: float = 0.0

    def look(self) -> None:
        """Starts the node again if it has died. Errors are said and it is tried again later, never raised."""
        if (self._ready and self.node.alive) or monotonic() < self._again_at:
            return
        if self._ready:
            self.say(tr("broker: the private node died; starting it again"))
        self._ready = False
        began = monotonic()
        try:
            self._start()
        except ExchangeError as error:
            if not self.stop.is_set():
                wait = self.backoff.after(monotonic() - began)
                self._again_at = monotonic() + wait
                self.say(tr("broker: {error}; tried again in {wait:.1f} s", error=error, wait=wait))

    def _start(self) -> None:
        info = self.node.start(self.say, stop=self.stop)
        self.provision(info)
        self._ready = True
        if info != self.info:
            self.info = info
            self.moved()
