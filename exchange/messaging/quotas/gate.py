"""The gate before a member's inbox: what accounts bring beyond their share, or that proves nobody, is not opened.

Decided in memory, for every delivery; what is to be known of it elsewhere is written down once a round. The queue of
opinions is not gated: what arrives there has its moment of arrival, and nobody's flood may take that from an opinion.
Nor are opinions that a relay office passes on; what else passes through it is, by the same meters.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from exchange.clock import Clock, RealClock, monotonic
from exchange.directory.addressing import home_of, hop_towards, is_for_arbiter
from exchange.directory.hierarchy import relay_of
from exchange.machine.logger import get_logger
from exchange.messaging.node import Node
from exchange.messaging.ports import Delivery
from exchange.messaging.proving import peeked
from exchange.messaging.quotas.breakers import BY_ITSELF, BreakerRow, Breakers
from exchange.messaging.records import DeadLetter
from exchange.messaging.rules.breaker import SENDERS, Breach, BreakerState, SenderLimits, SenderMeter
from exchange.messaging.rules.carriage import sole_bringer

log = get_logger()

_TRANSIT = (".transit", ".transit.urgent")
_GATED = (".inbox", ".inbox.urgent", *_TRANSIT)
_MOST = 1_000
"""Accounts that are remembered at once."""


class InboxGate:
    """One member's gate. ``own``: its domain, whose relay office brings others' messages."""

    def __init__(
        self,
        own: str,
        limits: SenderLimits,
        now: Callable[[], float] = monotonic,
        real: Clock | None = None,
    ) -> None:
        self._own, self._relay = own, relay_of(own)
        self._limits, self._now, self._real = limits, now, real or RealClock()
        self._lock = threading.Lock()
        self._meters: dict[str, SenderMeter] = {}
        self._told: dict[str, BreakerRow] = {}
        """Breakers as they are on record, that are not closed there."""
        self._resumed = False
        self.news = False
        """Whether a breaker has opened that is not on record yet: then `look` is not to wait for its turn."""

    def admit(self, deliveries: Sequence[Delivery]) -> Sequence[Delivery]:
        """Return what is to be opened. The rest may be acknowledged: it is its sender's to send again."""
        now = self._now()
        with self._lock:
            admitted = [one for one in deliveries if not self._keeps_out(one, now)]
            self.news = self.news or (len(admitted) < len(deliveries) and self._is_untold())
            return admitted

    def judge(self, opened: Iterable[Delivery], letters: Sequence[DeadLetter]) -> None:
        """Count what proved nobody, by who brought it, and note who has brought what is proved."""
        unproved = Counter(
            source for one in letters if one.unproved and (source := self._source(one.account, one.sender)) is not None
        )
        self._weigh(opened, unproved)

    def passing(self, onward: Iterable[Delivery], strays: Iterable[Delivery]) -> None:
        """Do the same for what a relay office passes on, and for what comes its way and proves nobody."""
        sources = [self._source_of(one) for one in strays]
        self._weigh(onward, Counter(one for one in sources if one is not None))

    def _weigh(self, good: Iterable[Delivery], unproved: Mapping[str, int]) -> None:
        now = self._now()
        with self._lock:
            for source, count in unproved.items():
                self._meter(source, now).proved_nobody(count, now)
            if any(meter.state is BreakerState.TRYING for meter in self._meters.values()):
                for bringer in {self._source_of(one) for one in good}:
                    if bringer is not None and bringer in self._meters:
                        self._meters[bringer].proved(now)
            self.news = self.news or (bool(unproved) and self._is_untold())

    def tell(self, node: Node) -> None:
        """Do what `look` does where a breaker has opened that is not on record."""
        if self.news:
            self.look(node)

    def look(self, node: Node) -> None:
        """Write down what has changed, and take people's word for a breaker to be closed."""
        with self._lock:
            self.news = False
            if not self._resumed:
                self._resume(node)
            for meter in self._meters.values():
                meter.settle(self._now())
            if not self._told and all(meter.state is BreakerState.CLOSED for meter in self._meters.values()):
                return
            with node.store.transaction() as tx:
                breakers = tx[Breakers]
                self._take_word(node, {one.source for one in breakers.standing()})
                for row in self._changed():
                    breakers.keep(row)
                    self._note(node, row)

    def _is_untold(self) -> bool:
        return any(one.state is BreakerState.OPEN and name not in self._told for name, one in self._meters.items())

    def _keeps_out(self, delivery: Delivery, now: float) -> bool:
        if not delivery.queue.endswith(_GATED) or _passes_an_opinion(delivery):
            return False
        source = self._source_of(delivery)
        return source is not None and self._meter(source, now).keeps_out(len(delivery.body), now)

    def _source_of(self, delivery: Delivery) -> str | None:
        if delivery.came_over is not None:
            return self._source_behind(delivery, delivery.came_over)
        account = sole_bringer(delivery.carriage, delivery.user_id)
        if account != self._relay:
            return account
        header = peeked(delivery.body)
        return self._source(account, header.sender if header is not None else None)

    def _source_behind(self, delivery: Delivery, neighbour: str) -> str | None:
        """Who brought it over a link: whom the neighbour's broker names, of its relay office whom its header names.

        None of these may be a name from elsewhere: a neighbour's flood then counts against the neighbour.
        """
        named = delivery.user_id
        if named == relay_of(neighbour) and (header := peeked(delivery.body)) is not None:
            named = header.sender
        if named is None:
            return None
        return named if hop_towards(self._own, home_of(named)) == neighbour else relay_of(neighbour)

    def _source(self, account: str | None, sender: str | None) -> str | None:
        """Who brought it, by the broker's word; of what the own relay office brings, whom its header names."""
        return sender or account if account == self._relay else account

    def _meter(self, source: str, now: float) -> SenderMeter:
        found = self._meters.get(source)
        if found is None:
            if len(self._meters) >= _MOST:
                self._meters = {name: meter for name, meter in self._meters.items() if not meter.idle}
            if len(self._meters) >= _MOST and source != self._relay:
                return self._meter(self._relay, now)  # so many that the relay office's names alone can be
            found = self._meters[source] = SenderMeter(self._limits, now)
        return found

    def _resume(self, node: Node) -> None:
        """Take up what an earlier process of this member had open."""
        with node.store.reading() as tx:
            standing = tx[Breakers].standing()
        now, real = self._now(), self._real.now()
        for row in standing:
            left = min((row.until_at - real).total_seconds(), self._limits.longest)
            meter = self._meter(row.source, now)
            if meter.state is BreakerState.CLOSED:
                meter.resume(row.breach, now + max(0.0, left), row.times)
                meter.shed = row.shed
            self._told[row.source] = row
        self._resumed = True

    def _take_word(self, node: Node, standing: set[str]) -> None:
        for source in self._told.keys() - standing:
            del self._told[source]
            meter = self._meters.get(source)
            if meter is not None and meter.state is not BreakerState.CLOSED:
                meter.close(self._now())
                meter.shed = 0
                log.info("breaker.closed", node=node.address, source=source, by="an operator")

    def _changed(self) -> list[BreakerRow]:
        now, real = self._now(), self._real.now()
        found = []
        for source, meter in self._meters.items():
            told = self._told.get(source)
            if meter.state is BreakerState.CLOSED and told is None:
                continue
            row = self._row(source, meter, told, real, now)
            if row != told:
                found.append(row)
        return found

    def _row(self, source: str, meter: SenderMeter, told: BreakerRow | None, real: datetime, now: float) -> BreakerRow:
        closed = meter.state is BreakerState.CLOSED
        since = told.opened_at if told is not None else real
        same = told is not None and told.state is meter.state and told.times == meter.times
        until = told.until_at if told is not None and (same or closed) else real + timedelta(seconds=meter.until - now)
        return BreakerRow(
            source, meter.state, meter.breach or Breach.RATE, since, until, meter.times, meter.shed,
            real if closed else None, BY_ITSELF if closed else None,
        )  # fmt: skip

    def _note(self, node: Node, row: BreakerRow) -> None:
        told = self._told.get(row.source)
        if row.state is BreakerState.CLOSED:
            del self._told[row.source]
            self._meters[row.source].shed = 0
            log.info("breaker.closed", node=node.address, source=row.source, by=BY_ITSELF, shed=row.shed)
            return
        if told is None:
            log.warning("breaker.opened", node=node.address, source=row.source, breach=row.breach.value)
        self._told[row.source] = row


def _passes_an_opinion(delivery: Delivery) -> bool:
    """Whether a relay office passes on what is, by its own word, for the arbiter."""
    if not delivery.queue.endswith(_TRANSIT):
        return False
    header = peeked(delivery.body)
    return header is not None and is_for_arbiter(header.kind)


class OpenGate(InboxGate):
    """A gate that keeps nothing out."""

    def __init__(self) -> None:
        super().__init__("", SENDERS)

    def admit(self, deliveries: Sequence[Delivery]) -> Sequence[Delivery]:
        """Return all of them."""
        return deliveries

    def judge(self, opened: Iterable[Delivery], letters: Sequence[DeadLetter]) -> None:
        """Count nothing."""

    def passing(self, onward: Iterable[Delivery], strays: Iterable[Delivery]) -> None:
        """Count nothing."""


OPEN = OpenGate()
"""Where nobody says otherwise."""
