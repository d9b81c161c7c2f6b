"""One look into a member's database as it is: no table is made or changed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from exchange.runtime.settings import Home, Settings
from exchange.store import Store, open_store


@contextmanager
def database_as_it_is(settings: Settings, address: str) -> Iterator[Store]:
    """Open a member's database for one look. Raises DatabaseUnavailable or DatabaseLost."""
    store = open_store(Home(settings.home).kept_database_url(address, settings.database_url), member=address)
    try:
        yield store
    finally:
        store.close()
