"""The console tells webhooks: finds what happened, keeps it in a small outbox, and delivers until it is taken."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from functools import partial

from exchange.api.door.context import Api
from exchange.errors import ExchangeError
from exchange.machine.crew import Loop
from exchange.machine.lanes import Lanes
from exchange.machine.logger import get_logger
from exchange.machine.posting.webhooks import Poster, again_after
from exchange.machine.webhook_signature import signed_headers
from exchange.operations.systems.events import awaited, corrections, delivery_of, happened
from exchange.operations.systems.member.store import InboxPages
from exchange.operations.systems.records import DeliveryRow, WebhookRow
from exchange.operations.systems.store import WebhookRecords
from exchange.operations.systems.webhooks import Event, has_failed_long

log = get_logger()

_BATCH = 200
_LEAVING = 3.0
"""Seconds that attempts under way have when the console ends; one that was not noted is made again."""
_CLAIMED = timedelta(minutes=1)
"""Longer than an attempt can take; a console that dies meanwhile leaves the delivery due again after it."""
_KEPT = timedelta(days=7)
_AWAITED_KEPT = timedelta(days=366)
"""As long, at least, as a case may wait: a delivery that is forgotten would be made again for what waits still."""
_BY_TIME = frozenset({Event.AWAITED, Event.DEADLINE})
"""Events that come about by time alone, too."""
_AWAITED_EVERY = timedelta(seconds=30)
"""Every case that waits is read for it, so not in every round."""


class Deliverer:
    """Looks and delivers until closed. Several consoles may do so at once: positions and claims are guarded."""

    def __init__(self, api: Api, poster: Poster | None = None, every: float = 1.0) -> None:
        self._api = api
        self._poster = poster or Poster(api.view.settings.webhook_networks)
        self._every = every
        self._lanes = Lanes("webhooks")
        self._counting = threading.Lock()
        self._done = 0
        self._looked: dict[str, datetime] = {}
        self._stopping = threading.Event()
        self._thread = Loop("webhooks", self._run, self._stopping.is_set)

    def start(self) -> None:
        """Start the work in a thread of its own."""
        self._thread.start()

    def close(self) -> None:
        """End the work; what was not delivered stays in the table."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(15)
        self._lanes.wait(_LEAVING)
        self._poster.close()

    def round(self, patience: float = 30.0) -> int:
        """Look once, try everything due, and return how many were delivered. Waits at most ``patience`` seconds."""
        before = self._done
        self.look()
        self._lanes.wait(patience)
        return self._done - before

    def look(self) -> None:
        """Look once; what is due is delivered in each receiver's own lane, which is not waited for."""
        with self._api.view.console.reading() as tx:
            hooks = tx[WebhookRecords].enabled()
        for hook in hooks:
            try:
                self._look(hook)
            except ExchangeError as error:  # one member's store or keys must not keep the others from their events
                log.error("webhook.look-failed", webhook=hook.webhook_id, code=error.code, reason=str(error))
            except Exception:
                log.exception("webhook.look-failed", webhook=hook.webhook_id)
        self._start({hook.webhook_id: hook for hook in hooks})

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self.look()
            except ExchangeError as error:
                log.error("webhooks.failed", code=error.code, reason=str(error))
            except Exception:
                log.exception("webhooks.failed")
            self._stopping.wait(self._every)

    def _look(self, hook: WebhookRow) -> None:
        opened, now = self._api.member(hook.member), self._api.clock.now()
        with opened.store.reading() as tx:
            lines = tx[InboxPages].recorded_after(hook.position, _BATCH)
            found = [one for line in lines for one in happened(tx, opened.node, line) if one.event in hook.events]
            if _BY_TIME & set(hook.events) and (lines or self._is_time_to_look(hook, now)):
                found += awaited(tx, opened.node, now) if Event.AWAITED in hook.events else ()
                found += corrections(tx, opened.node, now) if Event.DEADLINE in hook.events else ()
                self._looked[hook.webhook_id] = now
        rows = [delivery_of(hook, one, now) for one in found]
        after = lines[-1].position if lines else hook.position
        with self._api.view.console.reading() as tx:
            if not lines and not tx[WebhookRecords].unknown(rows):
                return
        with self._api.view.console.transaction() as tx:
            tx[WebhookRecords].advance(hook.webhook_id, hook.position, after, rows)

    def _is_time_to_look(self, hook: WebhookRow, now: datetime) -> bool:
        """Whether what no document tells of, but time alone brings about, is to be looked for again."""
        last = self._looked.get(hook.webhook_id)
        return last is None or abs(now - last) >= _AWAITED_EVERY

    def _start(self, hooks: dict[str, WebhookRow]) -> None:
        """Starts the lane of every webhook to which something is due."""
        now = self._api.clock.now()
        with self._api.view.console.transaction() as tx:
            tx[WebhookRecords].forget(now - _KEPT, now - _AWAITED_KEPT, _BATCH)
            owed = tx[WebhookRecords].owed(now)
        for webhook_id in owed:
            hook = hooks.get(webhook_id)
            if hook is not None:
                self._lanes.start(webhook_id, partial(self._one_after_another, hook))

    def _one_after_another(self, hook: WebhookRow) -> None:
        """A webhook's deliveries in order, up to the first that fails: a receiver that is down is asked once."""
        with self._api.view.console.reading() as tx:
            rows = tx[WebhookRecords].due(self._api.clock.now(), _BATCH, hook.webhook_id)
        for row in rows:
            if self._stopping.is_set() or not self._attempt(hook, row):
                return
            with self._counting:
                self._done += 1

    def _attempt(self, hook: WebhookRow, row: DeliveryRow) -> bool:
        now = self._api.clock.now()
        with self._api.view.console.transaction() as tx:
            if not tx[WebhookRecords].claim(row, now + _CLAIMED):
                return False
        body, stamp = row.body.encode(), int(now.timestamp())
        signed = signed_headers(hook.secrets(now), row.delivery_id, stamp, body)
        headers = {"user-agent": "yizhan-webhook/1", **signed}
        reason = self._poster.post(hook.url, headers, body)
        now = self._api.clock.now()
        with self._api.view.console.transaction() as tx:
            if reason is None:
                tx[WebhookRecords].delivered(row, now)
                return True
            tx[WebhookRecords].failed(row, reason, now, now + again_after(row.attempts + 1))
            fresh = tx[WebhookRecords].get(hook.webhook_id)
            if fresh is not None and has_failed_long(fresh.failing_since, now):
                tx[WebhookRecords].disable(hook.webhook_id, now)
                log.warning("webhook.disabled", webhook=hook.webhook_id, member=hook.member, reason=reason)
        return False
