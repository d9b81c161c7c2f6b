"""Domains in folders, linked and served: most of their members in this process, any of them in one of its own."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from exchange.broker.admin.node_info import NodeInfo
from exchange.clock import RealClock
from exchange.messaging.documents import Documents
from exchange.messaging.node import Node
from exchange.runtime.home import open_link, open_member
from exchange.runtime.links import KnownLink, save_links
from exchange.runtime.member import RunningMember
from exchange.runtime.profile_work import open_work
from exchange.runtime.profiles import load_profiles
from exchange.runtime.settings import Home
from exchange.runtime.work import work_for
from exchange.schemas import Role
from exchange.setup.init import init_broker
from exchange.setup.linking import LinkSide
from exchange.store import Store, open_store
from exchange.trials.trial import vhost_of
from tests.journeys.folders import Domain, add
from tests.journeys.places import tree_on

DEPARTMENTS = ("planning", "transport")
_MEMBERS = ("window", "relay", *DEPARTMENTS)


@dataclass
class Served:
    """A domain's folder, and who serves its members; departments sign for notices at once."""

    folder: Domain
    info: NodeInfo
    members: dict[str, RunningMember] = field(default_factory=dict)
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.folder.name

    def address(self, name: str) -> str:
        return f"{self.name}.{name}"

    def node(self, name: str) -> Node:
        """A member's node; it is served in this process."""
        return self.members[name].node

    def start(self, name: str) -> None:
        """Serves a member in this process."""
        opened = open_member(self.folder.settings, self.address(name))
        signs = Role.DEPARTMENT in opened.profile.roles
        work = work_for(opened.profile.roles, sign_at_once=True) if signs else open_work(opened.profile, opened.take)
        link = open_link(self.folder.settings, opened.node.address)
        self.members[name] = RunningMember(opened.node, opened.store, link, work, tick=0.1)
        self.members[name].start()

    def stop(self, name: str) -> None:
        """Serves it no more in this process."""
        self.members.pop(name).close()

    def process(self, name: str, *command: str) -> subprocess.Popen[bytes]:
        """Serves a member in a process of its own: `exchange serve`, or a Python script with its arguments."""
        full = [sys.executable, *(command or ("-m", "exchange", "serve", self.address(name)))]
        with (self.folder.home.root / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(full, env=dict(self.folder.environment()), stdout=log, stderr=log)
        self.processes.append(process)
        return process

    def look_at(self, name: str) -> Store:
        """A member's database, whoever serves it."""
        address = self.address(name)
        return open_store(Home(self.folder.home.root).database_url(address, None), member=address)

    def close(self) -> None:
        """Ends everything."""
        for process in self.processes:
            process.kill()
            process.wait()
        for member in self.members.values():
            member.close()


def conversations(store: Store, direction: str, kind: str) -> Counter[str]:
    """How many messages of a kind are on record, by conversation."""
    with store.reading() as tx:
        return Counter(one.conversation_id for one in tx[Documents].recent(direction, kind, 1_000))


def _prepare(one: Served, names: Sequence[str]) -> None:
    """Queues and accounts; an account of a link may be that of two domains at one broker."""
    save_links(one.folder.home.links, {name: KnownLink("the same for all") for name in names if name != one.name})
    init_broker(one.folder.settings, one.info, load_profiles(one.folder.home.departments), one.folder.say)


@contextmanager
def served_levels(root: Path, upper: NodeInfo, lower: NodeInfo, names: Sequence[str]) -> Iterator[list[Served]]:
    """Domains, each directly below the one before it, linked; their windows, relay offices and departments served."""
    folders = [Domain(root, name, RealClock(), DEPARTMENTS) for name in names]
    for above, below in pairwise(folders):
        add(above, below)
    accounts = [f"{name}.{member}" for name in names for member in (*_MEMBERS, "monitor")]
    found: list[Served] = []
    with tree_on(upper, lower, names, accounts) as places:
        try:
            found += [Served(folder, vhost_of(places[folder.name], folder.name)) for folder in folders]
            with ThreadPoolExecutor() as pool:  # most of it is new queues that settle
                list(pool.map(lambda one: _prepare(one, names), found))
            sides = [LinkSide(one.name, one.info, one.folder.home.links, 0.0) for one in found]
            for above, below in pairwise(sides):
                below.join(above.admit(below.domain, print), print)
            for one in found:
                for name in _MEMBERS:
                    one.start(name)
            yield found
        finally:
            for one in found:
                one.close()
