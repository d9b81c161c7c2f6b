"""Holds every member's log against the heads of it that other members have, and tells of which nobody takes note."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import timedelta

from exchange.errors import BadConfiguration, ExchangeError
from exchange.language import Text
from exchange.messaging.log.witnesses import LogDispute, Witnesses
from exchange.operations.audit.heads import open_as_it_is
from exchange.operations.domain_view import DomainView
from exchange.operations.health.checkups.findings import Finding
from exchange.operations.log_witnesses import HeldHere, against, held_in, told_once
from exchange.operations.troubles.facts import Limits
from exchange.operations.troubles.settings import load_alert_settings
from exchange.runtime.home import open_directory
from exchange.runtime.settings import Settings
from exchange.store import Store

CHECK = "witnesses of logs"

_REMEDY = Text(
    "keep the databases of both as they are, find out who can write that member's database and has its key, and compare"
    " it with backups; `exchange log ADDRESS` shows who has seen what; where an older database was put back on purpose,"
    " `exchange log ADDRESS --settle MEMBER` begins anew"
)
_UNSEEN = Text("its witnesses may not be served: `exchange log ADDRESS` names them")


def witnesses(settings: Settings) -> Iterator[Finding]:
    """Yield each log that contradicts what others hold of it, and each that nobody has countersigned for long."""
    with DomainView(settings) as view, ExitStack() as stack:
        stores = dict(_stores(view, stack))
        held: dict[str, list[HeldHere]] = defaultdict(list)
        for address, store in stores.items():
            with store.reading() as tx:
                for origin, one in held_in(tx, address):
                    held[origin].append(one)
        yield from _of_logs(settings, view, stores, held)


def _stores(view: DomainView, stack: ExitStack) -> Iterator[tuple[str, Store]]:
    for address in view.profiles():
        try:
            store = open_as_it_is(view, address)
        except ExchangeError:  # a database that is away has findings of its own
            continue
        if store is not None:
            yield address, stack.enter_context(closing(store))


def _of_logs(
    settings: Settings, view: DomainView, stores: dict[str, Store], held: dict[str, list[HeldHere]]
) -> Iterator[Finding]:
    directory, limit, now = open_directory(view.home, settings), _limit(view), view.clock.now()
    disputes: list[LogDispute] = []
    for address, store in stores.items():
        with store.reading() as tx:
            disputes += tx[Witnesses].disputes()
            disputes += against(tx, address, directory, held[address], now)
            lag = tx[Witnesses].lag(now)
        if lag > limit:
            words = Text("nobody has countersigned a head of its log for {days} days", {"days": lag.days})
            yield Finding("note", Text("log of {address}", {"address": address}), words, _UNSEEN)
    found = told_once(disputes)
    for one in found:
        yield Finding("bad", Text("log of {address}", {"address": one.origin}), one.text, _REMEDY)
    seen = sum(map(len, held.values()))
    if seen and not found:
        words = Text("{count} heads of logs that members hold of each other agree with the logs", {"count": seen})
        yield Finding("good", CHECK, words)


def _limit(view: DomainView) -> timedelta:
    try:
        return load_alert_settings(view.home).limits.limits().unwitnessed
    except BadConfiguration:
        return Limits().unwitnessed  # the page of alerts says that they are invalid
