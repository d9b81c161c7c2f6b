"""What a member's state is when somebody asks: read from its database and its loops at that moment.

Nothing is read twice within a second, however often it is asked for.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from exchange.clock import RealClock, monotonic
from exchange.errors import ExchangeError
from exchange.messaging.failing.store import FailingWork
from exchange.messaging.log.witnesses import Witnesses
from exchange.messaging.node import Node
from exchange.messaging.quotas.breakers import Breakers
from exchange.messaging.rules.breaker import BreakerState
from exchange.messaging.rules.intake import Stopped
from exchange.messaging.stamping.trouble import stamp_trouble
from exchange.runtime.member import RunningMember
from exchange.schemas import Role
from exchange.store import Store
from exchange.store.who_serves import SERVED_BY, STANDING_BY, ServingProcess, lone_for, read_serving
from exchange.telemetry.store import Figures, Gauges
from exchange.telemetry.troubles import Troubles
from exchange.workdays import announced_until

_FRESH = 1.0
"""Seconds for which what was read is good."""


@dataclass(frozen=True)
class MemberState:
    """A member at one moment."""

    figures: Figures | None
    """None where its database could not be read."""
    rule_failing: int
    """Cases that wait for an officer because its rule failed on them."""
    now: datetime
    connections: dict[str, bool]
    loops: dict[str, bool]
    since_tick: float | None
    stuck: str | None = None
    records: bool = True
    clock: str | None = None
    """What speaks against this machine's clock; restarting would not help."""
    failing_work: int = 0
    """Pieces of periodic work that fail."""
    disputes: int = 0
    """Logs, its own or others', of which it holds heads that contradict each other."""
    unwitnessed: float = 0.0
    """Seconds for which nobody has countersigned a head of its log that was shown."""
    lone: float = 0.0
    """Seconds for which nobody fit has stood by to take it over, where somebody should."""
    unstamped_since: datetime | None = None
    """Since when no authority stamps its log; None while one does, or none is asked."""

    stopped: Stopped | None = None
    """Why it takes in no new business; None while it does."""
    kept_out: int = 0
    """Accounts whose messages it keeps out."""
    shed: int = 0
    """Messages of these that it has kept out since."""

    @property
    def alive(self) -> bool:
        """Whether restarting it would not help: all its loops run, and none is stuck."""
        return all(self.loops.values()) and self.stuck is None

    @property
    def remarks(self) -> tuple[str, ...]:
        """What is wrong though it is alive, and no restart would help."""
        return () if self.clock is None else (f"clock doubtful: {self.clock}",)

    @property
    def ready(self) -> bool:
        """Whether it takes in and sends messages now."""
        return (
            self.alive
            and self.figures is not None
            and self.records
            and bool(self.connections)
            and all(self.connections.values())
        )

    def checks(self) -> dict[str, bool]:
        """Return what makes the member ready, by name."""
        found = {f"broker:{name}": good for name, good in self.connections.items()}
        found |= {f"loop:{name}": good for name, good in self.loops.items()}
        return found | {"database": self.figures is not None and self.records, "loops-turn": self.stuck is None}


class MemberGauges(Collector):
    """Reads a served member's state. Implements prometheus_client's collector."""

    def __init__(self, member: RunningMember, store: Store) -> None:
        self._member = member
        self._store = store
        self._lock = threading.Lock()
        self._read_at = 0.0
        self._state: MemberState | None = None

    def describe(self) -> list[Metric]:
        """Return nothing: the gauges' names are known when they are asked for, and registering reads no database."""
        return []

    def state(self) -> MemberState:
        """Return the member's state, at most a second old.

        Never raises for a database that is away: that is a state.
        """
        with self._lock:
            if self._state is None or monotonic() - self._read_at > _FRESH:
                self._state, self._read_at = self._read(), monotonic()
            return self._state

    def collect(self) -> Iterator[Metric]:
        """Yield all gauges."""
        node, state = self._member.node, self.state()
        who = node.address
        yield _gauge("yizhan_database_up", "Whether the member's database can be read.", who, state.figures is not None)
        yield _family("yizhan_broker_connected", "Connections to the broker.", who, "connection", state.connections)
        yield _family("yizhan_loop_alive", "Whether a loop of the member runs.", who, "loop", state.loops)
        clock = state.clock is not None
        yield _gauge("yizhan_clock_doubtful", "Whether the broker or the database disputes its clock.", who, clock)
        late = node.not_current()
        stale = 0.0 if late is None else max(1.0, late.total_seconds())
        yield _gauge("yizhan_directory_stale_seconds", "Since when its directory is not known current.", who, stale)
        if state.since_tick is not None:
            yield _gauge("yizhan_tick_age_seconds", "Since the last periodic work.", who, state.since_tick)
        if state.figures is not None:
            yield from _of_figures(who, state.figures, state.now)
            yield _gauge("yizhan_rule_failing_cases", "Cases whose rule failed.", who, state.rule_failing)
            yield _gauge("yizhan_failing_work", "Items of periodic work that fail.", who, state.failing_work)
            yield _gauge("yizhan_log_disputes", "Logs of which it holds two histories.", who, state.disputes)
            lag = "Since when nobody has countersigned a head of its log that was shown."
            yield _gauge("yizhan_log_unwitnessed_seconds", lag, who, state.unwitnessed)
            lone = "Since when nobody fit stands by to take it over, where somebody should."
            yield _gauge("yizhan_standby_missing_seconds", lone, who, state.lone)
            unstamped = _age(state.unstamped_since, state.now)
            yield _gauge("yizhan_log_unstamped_seconds", "Since when no authority stamps its log.", who, unstamped)
            stops = {reason.value: state.stopped is reason for reason in Stopped}
            yield _family("yizhan_intake_stopped", "Why no new business is taken in.", who, "kind", stops)
            yield _gauge("yizhan_breakers_open", "Accounts whose messages are kept out.", who, state.kept_out)
            yield _gauge("yizhan_breaker_shed", "Messages of these that were kept out so far.", who, state.shed)
        yield from _expiries(node, state.now)

    def _read(self) -> MemberState:
        node, pulse = self._member.node, self._member.pulse()
        now = node.clock.now()
        monitors = Role.MONITOR in node.directory.member(node.address).roles
        try:
            with self._store.reading() as tx:
                figures: Figures | None = tx[Gauges].read(now, deadlines=monitors)
                failing, work = tx[Troubles].rule_failing().number, tx[FailingWork].count()
                disputes, lag = len(tx[Witnesses].disputes()), tx[Witnesses].lag(now).total_seconds()
                trouble = stamp_trouble(tx)
                stand = [one for one in tx[Breakers].standing() if one.state is BreakerState.OPEN]
                stopped = self._member.intake.stopped() if self._member.intake is not None else None
                active, waiting = read_serving(tx.get_meta(SERVED_BY)), tx.get_meta(STANDING_BY)
            lone = self._lone(active, waiting)
            doubt = node.clock_watch.found(now) if node.clock_watch is not None else None
        except ExchangeError:
            figures, failing, work, doubt, disputes, lag, trouble, lone = None, 0, 0, None, 0, 0.0, None, 0.0
            stand, stopped = [], None
        connections, loops = dict(pulse.connections), dict(pulse.loops)
        clock = None if doubt is None else str(doubt)
        return MemberState(
            figures, failing, now, connections, loops, pulse.since_tick, pulse.stuck, pulse.records, clock, work,
            disputes, lag, lone, trouble.since if trouble is not None else None,
            stopped, len(stand), sum(one.shed for one in stand),
        )  # fmt: skip

    def _lone(self, active: ServingProcess | None, waiting: str | None) -> float:
        """Seconds for which nobody fit stands by, by the time by which that is noted."""
        if active is None or not active.standby:
            return 0.0
        return lone_for(active, waiting, self._store.server_time() or RealClock().now()).total_seconds()


def _of_figures(who: str, figures: Figures, now: datetime) -> Iterator[Metric]:
    outbox = {
        "unsent": figures.outbox_unsent,
        "unreceipted": figures.outbox_unreceipted,
        "at_rest": figures.outbox_at_rest,
        "abandoned": figures.outbox_abandoned,
    }
    yield _family("yizhan_outbox_waiting", "Copies in the outbox without a receipt.", who, "stage", outbox)
    yield _gauge(
        "yizhan_outbox_oldest_age_seconds", "Age of the oldest copy that waits.", who, _age(figures.outbox_oldest, now)
    )
    yield _gauge("yizhan_inbox_untaken", "Documents no own system has taken.", who, figures.inbox_untaken)
    yield _gauge(
        "yizhan_inbox_oldest_age_seconds", "Age of the oldest untaken one.", who, _age(figures.inbox_oldest, now)
    )
    yield _gauge("yizhan_dead_letters", "Dead letters on record.", who, figures.dead_letters)
    yield _gauge(
        "yizhan_dead_letter_oldest_age_seconds", "Age of the oldest dead letter.", who, _age(figures.dead_oldest, now)
    )
    newest = GaugeMetricFamily(
        "yizhan_dead_letter_newest_age_seconds",
        "Age of the newest dead letter, where there is one.",
        labels=("member",),
    )
    if figures.dead_newest is not None:
        newest.add_metric((who,), _age(figures.dead_newest, now))
    yield newest
    if figures.deadlines:
        yield _family("yizhan_deadlines", "Deadlines under watch by state.", who, "state", figures.deadlines)
        yield _gauge("yizhan_deadlines_due_soon", "Running deadlines that end within a day.", who, figures.due_soon)


def _expiries(node: Node, now: datetime) -> Iterator[Metric]:
    who = node.address
    try:
        certificate = node.directory.signer(node.identity.x5t).not_after
    except ExchangeError:
        certificate = now  # not listed any more: nobody takes what it signs
    yield _gauge("yizhan_certificate_remaining_seconds", "Until the certificate expires.", who, _left(certificate, now))
    yield _gauge(
        "yizhan_directory_remaining_seconds", "Until the directory expires.", who, _left(node.directory.expires_at, now)
    )
    yield _gauge("yizhan_directory_version", "The directory in use.", who, node.directory.version)
    ends = announced_until(node.calendar, now.date())
    left = (ends - now.date()).days * 86_400 if ends is not None else 0
    yield _gauge("yizhan_calendar_remaining_seconds", "How far working days are announced.", who, left)


def _left(end: datetime, now: datetime) -> float:
    return (end - now).total_seconds()


def _age(since: datetime | None, now: datetime) -> float:
    return max(0.0, (now - since).total_seconds()) if since is not None else 0.0


def _gauge(name: str, text: str, member: str, value: float) -> Metric:
    family = GaugeMetricFamily(name, text, labels=("member",))
    family.add_metric((member,), float(value))
    return family


def _family(name: str, text: str, member: str, label: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(name, text, labels=("member", label))
    for key, value in values.items():
        family.add_metric((member, key), float(value))
    return family
