"""What pages and actions work with: the domain's folder, its members' stores, the broker's figures, the clock."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Protocol, runtime_checkable

from exchange.broker.admin.management import ManagementClient
from exchange.broker.admin.node_info import NodeInfo
from exchange.clock import Clock
from exchange.errors import BrokerUnavailable, ExchangeError
from exchange.language import Words
from exchange.operations.domain_calendar import DomainCalendar
from exchange.operations.jobs import Jobs
from exchange.runtime.catalogue import matter_names
from exchange.runtime.profiles import Profile, load_profiles
from exchange.runtime.settings import Home, Settings
from exchange.runtime.whereabouts import known_broker
from exchange.store import Store, open_store
from exchange.workdays import WorkingCalendar

CONSOLE = "console"
"""The member name under which the console keeps its own records."""


MANAGEMENT_UNKNOWN = "management-unknown"
"""Code of the error that nobody has said where the broker can be asked, which is not that it is away."""


@runtime_checkable
class Closing(Protocol):
    """What has an end."""

    def close(self) -> None:
        """End what is kept."""


@dataclass
class DomainView:
    """A domain as the console sees it. Stores are opened when first needed and kept open; close it at the end."""

    settings: Settings
    broker: NodeInfo | None = None
    """How the broker is reached with an administrator's account, from whoever has started it; else it is looked for."""
    started: float | None = None
    """When the console began to be served (`exchange.clock.monotonic`); None for what looks once."""
    jobs: Jobs = field(default_factory=Jobs)
    """Long work that goes on while people look elsewhere."""
    kept: dict[str, object] = field(default_factory=dict)
    """What is kept between visits, by its name; what can be closed is closed with the view."""
    _calendar: DomainCalendar | None = None
    _stores: dict[str, Store] = field(default_factory=dict)
    _opening: threading.Lock = field(default_factory=threading.Lock)
    _turns: dict[str, threading.Lock] = field(default_factory=dict)

    @property
    def home(self) -> Home:
        """The domain's folder."""
        return Home(self.settings.home)

    @property
    def clock(self) -> Clock:
        """The domain's clock."""
        return self.settings.clock

    def profiles(self) -> Mapping[str, Profile]:
        """Return the members by address. Raises BadConfiguration."""
        return load_profiles(self.home.departments)

    def calendar(self) -> WorkingCalendar:
        """Return the calendar of working days that counts here: as it is published, or the package's."""
        if self._calendar is None:
            self._calendar = DomainCalendar(self.settings)
        return self._calendar.now()

    def domain(self) -> str:
        """Return the domain's name; empty while the profiles cannot be read."""
        return next(iter(self.names()), "").rpartition(".")[0]

    def names(self) -> Mapping[str, Words]:
        """Return the members' names by address; none while the profiles cannot be read."""
        try:
            return {address: (one.name, one.name_en) for address, one in self.profiles().items()}
        except ExchangeError:
            return {}

    def matters(self) -> Mapping[str, Words]:
        """Return the matters' names by code; none while the catalogue cannot be read."""
        return matter_names(self.home.catalogue)

    def store(self, address: str) -> Store:
        """Return a member's store, or the console's own (`CONSOLE`), which alone is made when needed.

        Raises DatabaseUnavailable.
        """
        place = self.home.database_url if address == CONSOLE else self.home.kept_database_url
        url = place(address, self.settings.database_url)
        with self._opening:
            turn = self._turns.setdefault(address, threading.Lock())
        with turn:  # its own turn: a database that does not answer keeps nobody from the others
            found = self._stores.get(address)
            if found is None:
                found = open_store(url, member=address)
                try:
                    found.migrate(address)
                except ExchangeError:
                    found.close()
                    raise
                self._stores[address] = found
            return found

    @property
    def console(self) -> Store:
        """The console's own store: accounts, tokens, webhooks. Raises DatabaseUnavailable."""
        return self.store(CONSOLE)

    def kept_once(self, name: str, make: Callable[[], object]) -> object:
        """Return what is kept under a name, made by the first who asks, whichever thread that is."""
        with self._opening:
            if name not in self.kept:
                self.kept[name] = make()
            return self.kept[name]

    def where(self) -> NodeInfo | None:
        """Return how the broker is reached: as given, or as the private node's folder says now."""
        return self.broker or known_broker(self.settings)

    def reach(self) -> NodeInfo:
        """Return how broker and management API are reached. Raises BrokerUnavailable where the latter is not known."""
        broker = self.where()
        if broker is None or broker.management_url is None:
            raise BrokerUnavailable(
                "the broker's management API is not known",
                code=MANAGEMENT_UNKNOWN,
                remedy="set EXCHANGE_MANAGEMENT_URL beside EXCHANGE_BROKER_URL, or start the domain with `exchange up`",
            )
        return broker

    def management(self, timeout: float = 10.0) -> ManagementClient:
        """Return a client of the broker's management API, to be closed after use; ``timeout`` in seconds for one
        answer.

        Raises BrokerUnavailable.
        """
        broker = self.reach()
        return ManagementClient(str(broker.management_url), broker.url, timeout)

    def __enter__(self) -> DomainView:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End what is kept, the jobs after what they have in hand, and close all stores."""
        for kept in list(self.kept.values()):
            if isinstance(kept, Closing):
                kept.close()
        self.jobs.close()
        with self._opening:
            for store in self._stores.values():
                store.close()
            self._stores.clear()
