"""Several members of one domain served by one process, with the means to wait until nothing is on its way.

For replays, trials and tests: each member has its own keys, database, connections and loops, exactly as it would
have in a process of its own.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from types import TracebackType

from exchange.approval.untold.store import UntoldDeadlines
from exchange.broker.admin.management import ManagementClient
from exchange.broker.admin.node_info import NodeInfo
from exchange.broker.admin.provision import Extras, MemberAccount, provision
from exchange.broker.traffic.link import Link
from exchange.broker.traffic.urls import with_credentials
from exchange.clock import Clock, monotonic
from exchange.directory import Authority, Lookup, load_authority_certificate, load_directory
from exchange.envelope import Identity
from exchange.errors import OperatorError
from exchange.machine.urls import sqlite_url
from exchange.messaging.node import Node, new_id
from exchange.messaging.outbox import Outbox
from exchange.messaging.owed.store import OwedBatches
from exchange.runtime.member import RunningMember
from exchange.runtime.work import Work, work_for
from exchange.schemas import Matter, Role, Suite
from exchange.store import Store, open_store
from exchange.workdays import ChinaCalendar, WorkingCalendar

_CERTIFIED_FOR = timedelta(days=3650)


@dataclass(frozen=True)
class Seat:
    """One member as it is to be: its roles, and its work beyond what the roles imply."""

    roles: tuple[Role, ...]
    work: Work | None = None
    superior: str | None = None


@dataclass
class LocalDomain:
    """A domain in one process. Use as a context manager: members are stopped and databases closed on leaving."""

    folder: Path
    domain: str
    info: NodeInfo
    clock: Clock
    seats: Mapping[str, Seat]
    """By address."""
    stamps: bool = False
    database_url: str | None = None
    periodic: bool = True
    event_times: bool = False
    """Take the moment of writing for the moment of arrival; only for replays."""
    catalogue: MutableMapping[str, Matter] = field(default_factory=dict)
    calendar: WorkingCalendar = field(default_factory=ChinaCalendar)
    suite: Suite = Suite.HYBRID
    certified: tuple[Mapping[str, Identity], Lookup] | None = None
    """Keys and directory that were made elsewhere, for a domain that does not trust its own authority alone."""
    accounts: bool = False
    """Give every member an account of its own at the broker, as in production; needs the management API."""
    certified_for: timedelta = _CERTIFIED_FOR
    """How long keys and directory are to last, by the clock of the domain."""
    rest: float = 0.0
    """Seconds that new queues get before traffic; more than none only where the broker may be killed (`provision`)."""
    nodes: dict[str, Node] = field(default_factory=dict)
    members: dict[str, RunningMember] = field(default_factory=dict)
    _links: dict[str, Link] = field(default_factory=dict)
    _stores: dict[str, Store] = field(default_factory=dict)
    _changed: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> LocalDomain:
        self.prepare()
        for address in self.nodes:
            self.start(address)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def prepare(self) -> None:
        """Prepare authority, directory, queues, databases and nodes; nothing is served yet."""
        identities, directory = self.certified or self._certify()
        extras = Extras(relays=self._with(Role.RELAY))
        provision(
            self.info.url, list(self.seats), self._with(Role.WINDOW),
            progress=lambda text: None, settle=self.rest, extras=extras,
        )  # fmt: skip
        self._links = self._give_accounts() if self.accounts else {}
        for address in self.seats:
            store = self._store(address)
            self._stores[address] = store
            self.nodes[address] = Node(
                identity=identities[address],
                directory=directory,
                store=store,
                clock=self.clock,
                calendar=self.calendar,
                new_id=new_id,
                catalogue=self.catalogue,
                suite=self.suite,
            )

    def start(self, address: str) -> RunningMember:
        """Serve one member."""
        seat, node = self.seats[address], self.nodes[address]
        member = RunningMember(
            node,
            self._stores[address],
            self.link(address),
            seat.work or work_for(seat.roles),
            periodic=self.periodic,
            event_times=self.event_times,
            on_activity=self._changed.set,
        )
        member.start()
        self.members[address] = member
        return member

    def link(self, address: str) -> Link:
        """Return how a member reaches the broker."""
        return self._links.get(address) or Link(self.info.url, None, self.stamps)

    def stop(self, address: str) -> None:
        """Stop serving one member; its queue fills up meanwhile. `start` serves it again, on its database."""
        self.members.pop(address).close()
        self.reopen(address)

    def reopen(self, address: str) -> None:
        """Open a member's database anew, after a stop or in a process forked since."""
        self._stores[address] = store = self._store(address)
        self.nodes[address] = replace(self.nodes[address], store=store)

    def settle(self, patience: float = 60.0) -> None:
        """Wait until every message that needs a receipt has it, none is owed, and nothing happened meanwhile.

        Raises OperatorError after ``patience`` seconds without that, naming who still waits.
        """
        until, before = monotonic() + patience, -1
        while (activity := self._activity()) != before:
            before = activity
            for address, node in self.nodes.items():
                while self._still_waits(node):
                    if monotonic() > until:
                        raise OperatorError(
                            "messages are still on their way from {address}", remedy="see the log", address=address
                        )

    def _still_waits(self, node: Node) -> bool:
        self._changed.clear()
        with node.store.reading() as tx:
            owes = bool(tx[OwedBatches].all()) or tx[UntoldDeadlines].any
            waits = owes or tx[Outbox].next_due() is not None
        if waits:
            self._changed.wait(0.02)
        return waits

    def _activity(self) -> int:
        return sum(member.activity for member in self.members.values())

    def close(self) -> None:
        """Stop all members and close all databases."""
        for member in self.members.values():
            member.close()
        for address, store in self._stores.items():
            if address not in self.members:
                store.close()
        self.members.clear()

    def _give_accounts(self) -> dict[str, Link]:
        links: dict[str, Link] = {}
        with ManagementClient(self.info.management_url or "", self.info.url) as management:
            for address, seat in self.seats.items():
                password = secrets.token_urlsafe(24)
                management.put_member(MemberAccount.of(address, password, seat.roles, seat.superior))
                url = with_credentials(self.info.url, address, password)
                links[address] = Link(url, address, self.stamps)
        return links

    def _with(self, role: Role) -> list[str]:
        return [address for address, seat in self.seats.items() if role in seat.roles]

    def _store(self, address: str) -> Store:
        url = self.database_url or sqlite_url(self.folder / "members" / address / "store.db")
        store = open_store(url, member=address)
        store.migrate()
        return store

    def _certify(self) -> tuple[Mapping[str, Identity], Lookup]:
        now = self.clock.now()
        authority = Authority.open_or_create(self.folder / "authority", self.domain, now, self.certified_for)
        identities = {address: authority.certify(address, now, valid_for=self.certified_for) for address in self.seats}
        members = [
            authority.member(identities[address], _short(address), _short(address), seat.roles, seat.superior)
            for address, seat in self.seats.items()
        ]
        authority.publish(self.folder / "directory.cose", members, now, now + self.certified_for)
        certificate = load_authority_certificate(self.folder / "authority")
        return identities, load_directory((self.folder / "directory.cose").read_bytes(), certificate, now, 0)


def _short(address: str) -> str:
    return address.rsplit(".", 1)[-1]
