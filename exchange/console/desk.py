"""What pages and deeds work with: the domain's folder, its members' stores, the broker's figures, the clock."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field

from exchange.bootstrap.settings import Home, Settings
from exchange.broker.management import ManagementClient
from exchange.broker.node import NodeInfo
from exchange.clock import Clock
from exchange.errors import BrokerUnavailable
from exchange.profiles import Profile, load_profiles
from exchange.store import SqlStore, open_store

CONSOLE = "console"
"""The member name under which the console keeps its own records."""


@dataclass
class Desk:
    """A domain as the console sees it. Stores are opened when first needed and kept open; close it at the end."""

    settings: Settings
    broker: NodeInfo | None
    """How the broker is reached with an administrator's account; None where that is not known."""
    kept: dict[str, object] = field(default_factory=dict)
    """What sections keep between visits, by their name."""
    _stores: dict[str, SqlStore] = field(default_factory=dict)
    _opening: threading.Lock = field(default_factory=threading.Lock)

    @property
    def home(self) -> Home:
        """The domain's folder."""
        return Home(self.settings.home)

    @property
    def clock(self) -> Clock:
        """The domain's clock."""
        return self.settings.clock

    def profiles(self) -> Mapping[str, Profile]:
        """The members by address. Raises BadConfiguration."""
        return load_profiles(self.home.departments)

    def store(self, address: str) -> SqlStore:
        """A member's store, or the console's own (`CONSOLE`). Raises DatabaseUnavailable."""
        with self._opening:
            if address not in self._stores:
                store = open_store(self.home.database_url(address, self.settings.database_url), member=address)
                store.migrate()
                self._stores[address] = store
            return self._stores[address]

    def management(self) -> ManagementClient:
        """A client of the broker's management API, to be closed after use. Raises BrokerUnavailable."""
        if self.broker is None or self.broker.management_url is None:
            raise BrokerUnavailable(
                "the broker's management API is not known",
                mend="set EXCHANGE_MANAGEMENT_URL beside EXCHANGE_BROKER_URL, or start the domain with `exchange up`",
            )
        return ManagementClient(self.broker.management_url, self.broker.url)

    def close(self) -> None:
        """Closes all stores."""
        with self._opening:
            for store in self._stores.values():
                store.close()
            self._stores.clear()
