"""The round of alerts: look, record what begins and ends, tell it.

What is to be told is recorded with the change itself and told from the record, again and again until it is taken; a
console that is killed in between tells it when it runs again.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from types import TracebackType

from exchange.clock import Clock, RealClock
from exchange.errors import Conflict, ExchangeError, NotFound
from exchange.machine.crew import Loop
from exchange.machine.lanes import Lanes
from exchange.machine.logger import get_logger
from exchange.operations.alerts.channels import channels
from exchange.operations.alerts.telling import Channel, Telling
from exchange.operations.domain_view import DomainView
from exchange.operations.health.read_facts import latest_facts, read_facts
from exchange.operations.troubles.facts import Facts
from exchange.operations.troubles.kinds import AlertEvent, change, together
from exchange.operations.troubles.rules import standing
from exchange.operations.troubles.settings import AlertSettings, load_alert_settings
from exchange.operations.troubles.store import Alerts, DueDelivery
from exchange.operations.troubles.words import KINDS

log = get_logger()

PAGE = "/alerts"

_LEAVING = 3.0
"""Seconds that channels have for what they are being told when this ends; what was not noted is told again."""
_LONGEST_SUBJECT = 400
"""Characters of the subjects of one message."""


class Alerting:
    """Keeps a domain's alerts up to date. `start` has it look all the time in a thread of its own."""

    def __init__(
        self,
        view: DomainView,
        settings: AlertSettings,
        told: Mapping[str, Channel],
        *,
        look: Callable[[DomainView], Facts] = read_facts,
        real: Clock | None = None,
        is_page: Callable[[str], bool] = bool,
    ) -> None:
        """``is_page`` says whether the console has a page of such a path; what has none leads to the list of alerts."""
        self._view = view
        self._settings = settings
        self._channels = told
        self._look = look
        self._real = real or RealClock()
        self._is_page = is_page
        self._lanes = Lanes("alerts")
        self._counting = threading.Lock()
        self._taken = 0
        self._stop = threading.Event()
        self._thread: Loop | None = None

    @classmethod
    def open(
        cls, view: DomainView, env: Mapping[str, str] | None = None, *, is_page: Callable[[str], bool] = bool
    ) -> Alerting:
        """Make the round of alerts by the domain's `console.toml`. Raises BadConfiguration."""
        env = os.environ if env is None else env
        settings = load_alert_settings(view.home, env)
        return cls(view, settings, channels(settings, RealClock(), env), look=latest_facts, is_page=is_page)

    def __enter__(self) -> Alerting:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def start(self) -> None:
        """Start looking now and then until closed."""
        self._thread = Loop("alerts", self._run, self._stop.is_set)
        self._thread.start()

    def close(self) -> None:
        """Stop looking; what has not been told is told the next time."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(15)
        self._lanes.wait(_LEAVING)

    def look(self) -> None:
        """Make one round: record the alerts that begin and end. Raises DatabaseUnavailable, BadConfiguration, or
        Conflict when another console has recorded the same at this moment.
        """
        limits = self._settings.limits.limits()
        stands = standing(self._look(self._view), limits)
        with self._view.console.transaction() as tx:
            changed = change(tx[Alerts].keys(), stands)
            if changed.raised or changed.over or changed.quiet:
                due = self._real.now() + limits.settle
                tx[Alerts].record(changed, tuple(self._channels), self._view.clock.now(), due)
        for alert in changed.raised:
            log.warning("alert.raised", alert=alert.key, severity=alert.severity.value, text=alert.english)
        for key in changed.over:
            log.info("alert.over", alert=key)

    def tell(self, patience: float = 60.0) -> int:
        """Tell what is due, alerts of one kind as one; return how many messages were taken within ``patience`` seconds.

        Raises DatabaseUnavailable.
        """
        before = self._taken
        self.begin_telling()
        self._lanes.wait(patience)
        return self._taken - before

    def begin_telling(self) -> None:
        """Has every channel told what is due to it in a lane of its own, which is not waited for."""
        with self._view.console.reading() as tx:
            owed = tx[Alerts].owed(self._real.now())
        for channel in owed:
            self._lanes.start(channel, partial(self._one_after_another, channel))

    def _one_after_another(self, channel: str) -> None:
        """Up to the first that is not taken: a receiver that is down or slow is asked once."""
        while not self._stop.is_set():
            with self._view.console.transaction() as tx:
                group = tx[Alerts].take_together(self._real.now(), channel)
            if not group or not self._tell(group):
                return
            with self._counting:
                self._taken += 1

    def test(self, channel: str | None = None) -> dict[str, str | None]:
        """Tell all channels, or one, that this is a test; return what went wrong by channel, None where nothing did.

        Raises NotFound for a channel that is not configured.
        """
        names = [name for name in self._channels if channel in (None, name, name.partition(":")[0])]
        if channel is not None and not names:
            known = ", ".join(self._channels) or "none"
            raise NotFound(
                "no channel {channel!r} in console.toml", remedy="configured are: {known}", channel=channel, known=known
            )
        trial = self._trial()
        with ThreadPoolExecutor(max(1, len(names)), "alert-test") as pool:
            reasons = pool.map(lambda name: self._reason(self._channels[name], trial), names)
            return dict(zip(names, reasons, strict=True))

    def _tell(self, group: Sequence[DueDelivery]) -> bool:
        """One message for all of a group; whether it was taken."""
        channel = self._channels.get(group[0].channel)
        reason = "it is not configured any more" if channel is None else self._reason(channel, self._telling(group))
        with self._view.console.transaction() as tx:
            for due in group:
                if reason is None:
                    tx[Alerts].told(due.id, self._real.now())
                else:
                    tx[Alerts].failed(due.id, due.attempts, reason, self._real.now())
        return reason is None

    def _reason(self, channel: Channel, telling: Telling) -> str | None:
        try:
            channel.tell(telling)
        except ExchangeError as error:
            log.warning("alert.not-told", reason=str(error))
            return str(error)
        return None

    def _telling(self, group: Sequence[DueDelivery]) -> Telling:
        first, alerts = group[0], [due.row.alert for due in group]
        raised = first.event is AlertEvent.RAISED
        moments = [due.row.raised_at if raised else due.row.over_at or due.row.raised_at for due in group]
        text = (alerts[0].chinese, alerts[0].english)
        if len(group) > 1:
            text = together(KINDS[alerts[0].kind], alerts)
        several = f"-{len(group)}" if len(group) > 1 else ""
        return Telling(
            delivery=f"alert-{min(due.id for due in group)}{several}",
            event=first.event,
            kind=alerts[0].kind.value,
            severity=alerts[0].severity.value,
            subject=" ".join(alert.subject for alert in alerts)[:_LONGEST_SUBJECT],
            chinese=text[0] if raised else f"已解除：{text[0]}",
            english=text[1] if raised else f"over: {text[1]}",
            url=self._settings.console_url.rstrip("/") + (self._page(alerts[0].page) if len(group) == 1 else PAGE),
            at=min(moments).isoformat(),
            domain=self._view.domain(),
        )

    def _trial(self) -> Telling:
        now = self._real.now()
        return Telling(
            f"test-{int(now.timestamp())}", "test", "test", "warning", "test", "告警测试", "a test of the alerts",
            self._settings.console_url.rstrip("/") + PAGE, now.isoformat(), self._view.domain(),
        )  # fmt: skip

    def _page(self, path: str) -> str:
        return path if self._is_page(path.partition("?")[0]) else PAGE

    def _run(self) -> None:
        while not self._stop.is_set():
            for work in (self.look, self.begin_telling):
                try:
                    work()
                except Conflict:
                    log.info("alert.recorded-elsewhere")
                except ExchangeError as error:
                    log.error("alert.round", code=error.code, reason=str(error))
                except Exception:
                    log.exception("alert.round")
            self._stop.wait(self._settings.every_seconds)
