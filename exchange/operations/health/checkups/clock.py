"""What the doctor holds this machine's clock against: directory, records, database server, broker."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

from exchange.broker.admin.management import ManagementClient
from exchange.clock import RealClock
from exchange.directory import load_authority_certificate, read_directory_file
from exchange.errors import BrokerError, ExchangeError
from exchange.language import Text, joined
from exchange.messaging.clock_watch import record_witnesses
from exchange.messaging.rules.clocks import Witness, broker_clock, database_clock, doubts, signing_of_directory
from exchange.operations.health.checkups.findings import Finding
from exchange.runtime.member_record import CONSUMING
from exchange.runtime.settings import Home, Settings
from exchange.store import open_store

_REMEDY = "run an NTP client on every machine, then see `exchange dead`: what was refused by the wrong time is there"


def clock(settings: Settings, addresses: Collection[str]) -> Iterator[Finding]:
    """Check whether this machine's clock can be right; where it cannot, give both dates."""
    if not isinstance(settings.clock, RealClock):
        yield Finding("note", "clock", "runs accelerated", "unset EXCHANGE_CLOCK outside a demonstration")
        return
    found = list(_witnesses(settings, addresses))
    for told in doubts(settings.clock.now(), found):
        yield Finding("bad", "clock", told, _REMEDY)
    if not doubts(settings.clock.now(), found):
        kinds = list(dict.fromkeys(witness.kind for witness in found))
        compared = joined(kinds or [Text("no other clock")], ", ")
        yield Finding(
            "good",
            "clock",
            Text(
                "{now:%Y-%m-%d %H:%M:%S %z}, compared with {compared}",
                {"now": settings.clock.now(), "compared": compared},
            ),
        )


def _witnesses(settings: Settings, addresses: Collection[str]) -> Iterator[Witness]:
    """All that can be had; what cannot be looked at is found by the checks of its own."""
    home = Home(settings.home)
    try:
        directory = read_directory_file(home.directory, load_authority_certificate(home.authority))
        yield signing_of_directory(directory.issued_at)
    except ExchangeError:
        pass
    for address in addresses:
        try:
            yield from _of_member(settings, address)
        except ExchangeError:
            continue
    theirs = _broker_time(settings)
    if theirs is not None:
        yield broker_clock(theirs)


def _of_member(settings: Settings, address: str) -> Iterator[Witness]:
    store = open_store(Home(settings.home).kept_database_url(address, settings.database_url), member=address)
    try:
        server = store.server_time()
        if server is not None:
            yield database_clock(server)
        with store.reading() as tx:
            yield from record_witnesses(tx, address, tx.get_meta(CONSUMING))
    finally:
        store.close()


def _broker_time(settings: Settings) -> datetime | None:
    if settings.management_url is None:
        return None
    try:
        with ManagementClient(settings.management_url, settings.broker_url or "", timeout=5) as management:
            return management.now()
    except BrokerError:
        return None
