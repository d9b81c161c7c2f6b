"""The ground of a run: broker, database and small disk, and the domain on them, made in an empty folder."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from exchange.broker.admin.node_info import NodeInfo
from exchange.clock import SteppedClock, format_clock, monotonic
from exchange.errors import OperatorError
from exchange.language import tr
from exchange.machine.files import expect_new, write_file
from exchange.machine.transport.plain import ALLOW_PLAIN
from exchange.runtime.home import OpenedMember, open_link, open_member
from exchange.runtime.settings import Home, Settings
from exchange.runtime.supervision.running import running
from exchange.setup.init import init_broker, init_files
from exchange.store import Store, open_store
from exchange.trials.prove.broker import PrivateNodes, StruckBroker
from exchange.trials.prove.database import StruckDatabase
from exchange.trials.prove.hosts.network import Network, network_of, shared_network
from exchange.trials.prove.options import Database, Options
from exchange.trials.prove.served import ServedProcesses
from exchange.trials.prove.small_disk import SmallDisk
from exchange.trials.prove.stage import MEMBERS, SMALL_DISK, WINDOW, address_of, write_departments
from exchange.trials.prove.strikes import Strikes
from exchange.trials.prove.time_of_run import BEGINS, TimeOfRun

Say = Callable[[str], None]

_SERVED_WITHIN = 180.0
_DISK_BASE, _DISK_EACH = 512 * 2**20, 10_000
"""Octets of the small file system: what a member keeps free of new business and more, and for each document."""


@dataclass(frozen=True)
class ProofGround:
    """What a run stands on before its time begins."""

    settings: Settings
    broker: StruckBroker
    database: StruckDatabase | None
    disk: SmallDisk
    network: Network
    stamps: bool
    """Whether the broker stamps arrivals."""

    @property
    def info(self) -> NodeInfo:
        """How the broker is reached now: who starts a killed node again may have had to give it another port."""
        return self.broker.info

    @property
    def home(self) -> Home:
        """The folder of the domain."""
        return Home(self.settings.home)


@contextmanager
def prepared(folder: Path, options: Options, say: Say) -> Iterator[ProofGround]:
    """Make everything but the processes; all of it is stopped on leaving, and the records stay.

    Raises FileUnusable for a folder that is not empty, and what broker and database raise.
    """
    expect_new(folder)
    with ExitStack() as stack:
        home = Home(folder)
        network = _network(options, stack, say)
        disk = SmallDisk(home.member(address_of(SMALL_DISK)), _DISK_BASE + _DISK_EACH * options.documents)
        stack.callback(disk.close)
        database = _database(options, stack, say)
        url = database.url if database is not None else None
        settings = Settings(folder, None, None, url, SteppedClock(BEGINS - timedelta(days=30)))
        broker = PrivateNodes(home.node, options.nodes, network.hosts)
        stack.callback(broker.stop)
        info = broker.start(say)
        source = folder / "departments-of-the-proof"
        write_departments(source)
        init_broker(settings, info, init_files(settings, say, source), say)
        stamps = open_link(settings, address_of(WINDOW)).stamps
        yield ProofGround(settings, broker, database, disk, network, stamps)


def _network(options: Options, stack: ExitStack, say: Say) -> Network:
    if not options.hosts:
        return shared_network("the nodes share one network: --hosts was not given")
    network = stack.enter_context(network_of(options.nodes))
    if network.why:
        say(tr("hosts: {why}; what befalls the ways between nodes is left out", why=network.why))
        return network
    addresses = [host.address for host in network.hosts]
    before = os.environ.get(ALLOW_PLAIN)
    stack.callback(_set, ALLOW_PLAIN, before)
    _set(ALLOW_PLAIN, ",".join([*([before] if before else []), *addresses]))  # nobody else is in these networks
    say(tr("hosts: one for the members, and one for each node at {addresses}", addresses=", ".join(addresses)))
    return network


def _set(name: str, value: str | None) -> None:
    if value is None:
        os.environ.pop(name, None)
    else:
        os.environ[name] = value


def _database(options: Options, stack: ExitStack, say: Say) -> StruckDatabase | None:
    if options.database is Database.SQLITE:
        return None
    database = StruckDatabase()
    stack.callback(database.close)
    say("PostgreSQL")
    database.start()
    return database


@dataclass(frozen=True)
class Scene:
    """A domain that is served, on its own time."""

    settings: Settings
    time: TimeOfRun
    strikes: Strikes
    members: dict[str, OpenedMember]
    """By short name, for the prover's own use."""
    stores: dict[str, Store]
    """Their databases once more, for whoever only looks."""


@contextmanager
def served(ground: ProofGround, seconds: float) -> Iterator[Scene]:
    """Serve the domain, on a clock by which it lasts about so many ``seconds``. Raises OperatorError."""
    home, time = ground.home, TimeOfRun.begin(seconds)
    settings = replace(ground.settings, clock=time.clock)
    write_file(home.clock, format_clock(time.clock))
    secret = {"EXCHANGE_DATABASE_URL": settings.database_url} if settings.database_url else {}
    up = ServedProcesses(settings, format_clock(time.clock), secret)
    with ExitStack() as stack:
        stack.callback(up.stop)
        up.start()
        _wait_until_served(up, home)
        members, stores = dict[str, OpenedMember](), dict[str, Store]()
        for name in MEMBERS:
            members[name] = open_member(settings, address_of(name))
            stack.callback(members[name].store.close)
            url = home.database_url(address_of(name), settings.database_url)
            stores[name] = stack.enter_context(open_store(url, member=address_of(name)))
        strikes = Strikes(home, up, ground.broker, ground.database, ground.disk, ground.network)
        yield Scene(settings, time, strikes, members, stores)


def _wait_until_served(up: ServedProcesses, home: Home) -> None:
    until, pause = monotonic() + _SERVED_WITHIN, threading.Event()
    while not (all(up.role(name) for name in MEMBERS) and _is_serving(home)):
        if monotonic() > until:
            raise OperatorError("the domain is not served in time", remedy="see {log}", log=home.logs / "up.log")
        pause.wait(0.2)


def _is_serving(home: Home) -> bool:
    found = running(home)
    return found is not None and found.serving
