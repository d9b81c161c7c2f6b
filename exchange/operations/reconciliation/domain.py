"""The reconciliation of a domain's folder: opens its members' stores as they are, and asks its broker."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager

from exchange.broker.admin.depths import member_depths
from exchange.broker.admin.management import ManagementClient
from exchange.broker.admin.node_info import NodeInfo
from exchange.clock import monotonic
from exchange.errors import BrokerError, BrokerUnavailable, DatabaseUnavailable
from exchange.operations.reconciliation.books import BROKER, Unread
from exchange.operations.reconciliation.reconcile import SETTLING, Depths, RealTime, Reconciliation
from exchange.operations.reconciliation.rows import RowsReading
from exchange.runtime.calendars import read_calendars
from exchange.runtime.home import open_tree
from exchange.runtime.profiles import Profile, load_profiles
from exchange.runtime.settings import Home, Settings
from exchange.schemas import Role
from exchange.store import Store, open_store


@contextmanager
def open_reconciliation(
    settings: Settings, broker: Callable[[], NodeInfo | None], *, settling: float = SETTLING
) -> Iterator[Reconciliation]:
    """Open the reconciliation 对账 over all members of the profiles; stores are closed at the end. Raises
    BadConfiguration.

    Nothing is made or migrated: a store that is missing or of another release is one that cannot be read.
    """
    profiles = load_profiles(Home(settings.home).departments)
    unread: list[Unread] = []
    with ExitStack() as stack:
        stores: dict[str, Store] = {}
        for address in profiles:
            try:
                stores[address] = _open(settings, address, stack)
            except DatabaseUnavailable as error:
                unread.append(Unread(address, str(error)))
        depths = _depths(broker, profiles, unread)
        yield Reconciliation(stores, depths, RealTime(monotonic, time.sleep), unread, settling)


def rows_reading(settings: Settings) -> RowsReading:
    """Return by what rows are held: the directories and calendars of a domain's folder.

    Raises BadDirectory or NotFound where they cannot be verified.
    """
    home = Home(settings.home)
    tree = open_tree(home, settings)
    return RowsReading(tree, read_calendars(home, tree), home.calendars)


def _open(settings: Settings, address: str, stack: ExitStack) -> Store:
    url = Home(settings.home).kept_database_url(address, settings.database_url)
    store = open_store(url, member=address)
    stack.callback(store.close)
    if not store.is_current():
        raise DatabaseUnavailable("its tables are missing or of an older release")
    return store


def _depths(
    broker: Callable[[], NodeInfo | None], profiles: Mapping[str, Profile], unread: list[Unread]
) -> Depths | None:
    """How to ask the broker; None, with the reason among ``unread``, where there is nobody to ask."""
    try:
        info = broker()
        if info is None or info.management_url is None:
            raise BrokerUnavailable("the broker's management API is not known; set EXCHANGE_MANAGEMENT_URL")
    except BrokerError as error:
        unread.append(Unread(BROKER, str(error)))
        return None
    url, management_url = info.url, info.management_url
    windows = [address for address, profile in profiles.items() if Role.WINDOW in profile.roles]

    def ask() -> Mapping[str, int]:
        with ManagementClient(management_url, url) as management:
            return member_depths(management, list(profiles), windows)

    return ask
