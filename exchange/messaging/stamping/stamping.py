"""Has a member's newest head time-stamped, now and then: a part of its own, for which nothing else ever waits.

Where an authority does not do, the next one is asked; where none does, all are asked again, the later the longer it
lasts. Until then the log goes on growing, and the next time-stamp is over all of it.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Event

from tenacity import RetryError, Retrying, retry_if_exception_type, stop_when_event_set, wait_random_exponential
from tenacity.nap import sleep_using_event

from exchange.clock import monotonic
from exchange.errors import DatabaseUnavailable
from exchange.machine.logger import get_logger
from exchange.machine.urls import shown
from exchange.machine.web_client import Unanswered, WebClient
from exchange.messaging.log.store import KeptHead, MemberLog
from exchange.messaging.node import Node
from exchange.messaging.stamping.asking import SECONDS, ask_authority
from exchange.messaging.stamping.settings import StampSettings
from exchange.messaging.stamping.store import KeptStamp, LogStamps
from exchange.messaging.stamping.trouble import end_trouble, note_trouble, stamp_trouble

log = get_logger()

_LOOK_EVERY = 5.0
"""Seconds between two looks for a new head."""
_FIRST, _LONGEST = 30.0, 900.0
"""Seconds until all are asked again: at first, and at the most."""


class NoAuthority(Exception):
    """None of the authorities has given a time-stamp that can be kept."""


class Stamping:
    """When a member asks, and whom; for one thread."""

    def __init__(
        self, node: Node, settings: StampSettings, now: Callable[[], float] = monotonic, seconds: float = SECONDS
    ) -> None:
        """``seconds``: how long each authority has for its answer."""
        self._node, self._settings, self._now, self._seconds = node, settings, now, seconds
        self._client = WebClient(proxies=True, keep=0)
        self._next = 0.0

    def run(self, stopping: Event) -> None:
        """Ask whenever it is time, until it is to stop; what was under way then is asked for by the next process."""
        patient = Retrying(
            retry=retry_if_exception_type((NoAuthority, DatabaseUnavailable)),
            wait=wait_random_exponential(multiplier=_FIRST, max=_LONGEST),
            stop=stop_when_event_set(stopping),
            sleep=sleep_using_event(stopping),
        )
        while not stopping.wait(_LOOK_EVERY):
            try:
                patient(self.look)
            except RetryError:  # it is to stop
                break
            except Exception:
                log.exception("stamps.failed", node=self._node.address)
        self._client.close()

    def look(self) -> KeptStamp | None:
        """Have the newest head stamped, if it is time and there is a new one; return the time-stamp.

        Raises NoAuthority where none of them does, DatabaseUnavailable.
        """
        if self._now() < self._next:
            return None
        with self._node.store.reading() as tx:
            head, last = tx[MemberLog].newest(), tx[LogStamps].newest()
        if head is None or (last is not None and last.size >= head.size):
            return None
        stamp = self._stamped(head)
        with self._node.store.transaction() as tx:
            tx[LogStamps].add(stamp)
            before = end_trouble(tx)
        self._next = self._now() + self._settings.every.total_seconds()
        if before is not None:
            log.info("stamps.again", node=self._node.address, authority=stamp.authority, attempts=before.attempts)
        return stamp

    def _stamped(self, head: KeptHead) -> KeptStamp:
        reasons = {}
        for url in self._settings.authorities:
            try:
                token, stamp = ask_authority(self._client, url, head.signed, self._node.clock.now(), self._seconds)
            except Unanswered as error:
                reasons[shown(url)] = str(error)
            else:
                if reasons:
                    log.warning("stamps.next-authority", node=self._node.address, reasons=reasons)
                return KeptStamp(head.size, token, stamp.authority, stamp.at)
        now = self._node.clock.now()
        with self._node.store.transaction() as tx:
            found = note_trouble(tx, reasons, now)
        log.error("stamps.failing", node=self._node.address, attempts=found.attempts, reasons=reasons)
        raise NoAuthority


def forget_trouble(node: Node) -> None:
    """Let no trouble stand of a member for which no authority is asked any more. Raises DatabaseUnavailable."""
    with node.store.reading() as tx:
        stands = stamp_trouble(tx) is not None
    if stands:
        with node.store.transaction() as tx:
            end_trouble(tx)
