"""Standing by for a member: until it may be served here, and whether it could be at all.

What lies on this machine may be older than what served the member last.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial

from exchange.errors import BadConfiguration, BadDirectory, BadKeys, BrokerUnavailable
from exchange.language import Joined, Text
from exchange.runtime.home import OpenedMember, directory_seen, open_directory, open_link
from exchange.runtime.keys.identity import open_identity
from exchange.runtime.settings import Home, Settings
from exchange.store import Store
from exchange.store.engine import is_server
from exchange.store.standing_by import StandbyEnded, StandingBy, frozen_after

__all__ = ["StandbyEnded", "check_shared", "frozen_after", "stand_by", "why_unfit"]


def check_shared(settings: Settings) -> None:
    """Raise BadConfiguration where a whole domain could not be served from two machines."""
    if is_server(settings.database_url) and settings.broker_url:
        return
    raise BadConfiguration(
        "a domain stands by for another machine only where both share database server and broker",
        remedy="set EXCHANGE_DATABASE_URL and EXCHANGE_BROKER_URL on both; on one machine `exchange up` itself starts "
        "again what dies",
    )


def stand_by(
    settings: Settings,
    opened: OpenedMember,
    told: threading.Event,
    patience: float | None,
    over: Callable[[], bool],
    meanwhile: Callable[[str], AbstractContextManager[None]],
) -> StandingBy:
    """Return what waits until a member may be served here.

    ``told`` or ``over`` ends the wait; ``patience``: see `frozen_after`; ``meanwhile`` is around it, with the address.
    """
    address, store = opened.node.address, opened.store
    unfit = partial(why_unfit, settings, address, store)
    return StandingBy(
        store, address, told, unfit=unfit, patience=patience, over=over, meanwhile=partial(meanwhile, address)
    )


def why_unfit(settings: Settings, address: str, store: Store) -> Text | Joined | None:
    """Return why a member could not be served from here at present; None where it could.

    Directory, keys and broker account lie on each machine; the database, which both share, knows which directory the
    member has been served with. Raises DatabaseUnavailable, also for one of a newer release.
    """
    if not store.is_current():
        return Text("the tables are of an earlier release than this one")
    with store.reading() as tx:
        seen = directory_seen(tx)
    home = Home(settings.home)
    try:
        open_identity(home.keys(address), address, open_directory(home, settings, seen))
        open_link(settings, address)
    except (BadDirectory, BadKeys, BadConfiguration, BrokerUnavailable) as error:
        return error.text
    return None
