"""The console tells webhooks: finds what happened, keeps it in a small outbox, and delivers until it is taken."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import structlog

from exchange.console.api.context import Api
from exchange.console.api.events import awaited, delivery_of, happened
from exchange.console.api.reach import Poster
from exchange.crew import Loop
from exchange.errors import ExchangeError
from exchange.flow.ports.tools import DeliveryRow, WebhookRow
from exchange.rules.signing import signed_headers
from exchange.rules.webhooks import Event, again_after, has_failed_long

log = structlog.get_logger()

_BATCH, _AT_ONCE = 200, 4
_CLAIMED = timedelta(minutes=1)
"""Longer than an attempt can take; a console that dies meanwhile leaves the delivery due again after it."""
_KEPT = timedelta(days=7)


class Deliverer:
    """Looks and delivers until closed. Several consoles may do so at once: positions and claims are guarded."""

    def __init__(self, api: Api, poster: Poster | None = None, every: float = 1.0) -> None:
        self._api = api
        self._poster = poster or Poster(api.desk.settings.webhook_networks)
        self._every = every
        self._stopping = threading.Event()
        self._thread = Loop("webhooks", self._run, self._stopping.is_set)

    def start(self) -> None:
        """Starts the work in a thread of its own."""
        self._thread.start()

    def close(self) -> None:
        """Ends it; what was not delivered stays in the table."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(15)
        self._poster.close()

    def round(self) -> int:
        """One look and one attempt at everything due; how many were delivered."""
        with self._api.console.reading() as tx:
            hooks = tx.webhooks.enabled()
        for hook in hooks:
            try:
                self._look(hook)
            except ExchangeError as error:  # one member's store or keys must not keep the others from their events
                log.error("webhook.look-failed", webhook=hook.webhook_id, code=error.code, reason=str(error))
            except Exception:
                log.exception("webhook.look-failed", webhook=hook.webhook_id)
        return self._deliver({hook.webhook_id: hook for hook in hooks})

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self.round()
            except ExchangeError as error:
                log.error("webhooks.failed", code=error.code, reason=str(error))
            except Exception:
                log.exception("webhooks.failed")
            self._stopping.wait(self._every)

    def _look(self, hook: WebhookRow) -> None:
        opened = self._api.member(hook.member)
        with opened.store.reading() as tx:
            lines = tx.pages.recorded_after(hook.position, _BATCH)
            if not lines:
                return
            now = self._api.clock.now()
            found = [one for line in lines for one in happened(tx, opened.node, line) if one.event in hook.events]
            if Event.AWAITED in hook.events:
                found += awaited(tx, opened.node, now)
        rows = {row.delivery_id: row for row in (delivery_of(hook, one, now) for one in found)}
        with self._api.console.transaction() as tx:
            tx.webhooks.advance(hook.webhook_id, hook.position, lines[-1].position, tx.webhooks.unknown(rows))

    def _deliver(self, hooks: dict[str, WebhookRow]) -> int:
        now = self._api.clock.now()
        with self._api.console.transaction() as tx:
            tx.webhooks.forget(now - _KEPT, _BATCH)
            due = [row for row in tx.webhooks.due(now, _BATCH) if row.webhook_id in hooks]
        groups: dict[str, list[DeliveryRow]] = defaultdict(list)
        for row in due:
            groups[row.webhook_id].append(row)
        if not groups:
            return 0
        with ThreadPoolExecutor(_AT_ONCE, "webhook") as pool:
            return sum(pool.map(lambda key: self._one_after_another(hooks[key], groups[key]), groups))

    def _one_after_another(self, hook: WebhookRow, rows: Sequence[DeliveryRow]) -> int:
        """A webhook's deliveries in order, up to the first that fails: a receiver that is down is asked once."""
        done = 0
        for row in rows:
            if self._stopping.is_set() or not self._attempt(hook, row):
                break
            done += 1
        return done

    def _attempt(self, hook: WebhookRow, row: DeliveryRow) -> bool:
        now = self._api.clock.now()
        with self._api.console.transaction() as tx:
            if not tx.webhooks.claim(row, now + _CLAIMED):
                return False
        body, stamp = row.body.encode(), int(now.timestamp())
        signed = signed_headers(hook.secrets(now), row.delivery_id, stamp, body)
        headers = {"user-agent": "yizhan-webhook/1", **signed}
        reason = self._poster.post(hook.url, headers, body)
        now = self._api.clock.now()
        with self._api.console.transaction() as tx:
            if reason is None:
                tx.webhooks.delivered(row, now)
                return True
            tx.webhooks.failed(row, reason, now, now + again_after(row.attempts + 1))
            fresh = tx.webhooks.get(hook.webhook_id)
            if fresh is not None and has_failed_long(fresh.failing_since, now):
                tx.webhooks.disable(hook.webhook_id, now)
                log.warning("webhook.disabled", webhook=hook.webhook_id, member=hook.member, reason=reason)
        return False
