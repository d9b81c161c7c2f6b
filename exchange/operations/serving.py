"""Who serves each member of a domain, and who stands by."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta

from exchange.clock import RealClock
from exchange.errors import ExchangeError
from exchange.operations.audit.heads import open_as_it_is
from exchange.operations.domain_view import DomainView
from exchange.store import Store
from exchange.store.transaction import Transaction
from exchange.store.who_serves import (
    SERVED_BY,
    STANDING_BY,
    ServingProcess,
    StandbyProcess,
    lone_for,
    read_serving,
    read_standing_by,
)


@dataclass(frozen=True)
class ServingView:
    """Who serves a member, and who stands by, at one moment."""

    address: str
    served: bool
    """Whether somebody holds its identity."""
    active: ServingProcess | None
    """Who claimed it last; None where nobody has noted that yet."""
    standbys: tuple[StandbyProcess, ...] = ()
    lone: timedelta = timedelta()
    """For how long nobody fit has stood by, where somebody is expected to."""
    unreadable: ExchangeError | None = None


def view_serving(view: DomainView) -> Iterator[ServingView]:
    """Yield it of all members. Raises BadConfiguration where the departments cannot be read."""
    for address in view.profiles():
        try:
            store = open_as_it_is(view, address)
            if store is not None:
                with closing(store):
                    yield _of(store, address)
        except ExchangeError as error:
            yield ServingView(address, served=False, active=None, unreadable=error)


def _of(store: Store, address: str) -> ServingView:
    served, now = store.is_served(address), real_now(store)
    with store.reading() as tx:
        active, standbys = read_serving(tx.get_meta(SERVED_BY)), read_standing_by(tx.get_meta(STANDING_BY), now)
        lone = lone_since(tx, now)
    return ServingView(address, served, active, standbys, lone if served else timedelta())


def real_now(store: Store) -> datetime:
    """Return the time by which processes note that they stand by: the database server's, or this machine's."""
    return store.server_time() or RealClock().now()


def lone_since(tx: Transaction, now: datetime) -> timedelta:
    """Return for how long nobody fit has stood by for a member, where somebody is expected to."""
    return lone_for(read_serving(tx.get_meta(SERVED_BY)), tx.get_meta(STANDING_BY), now)
