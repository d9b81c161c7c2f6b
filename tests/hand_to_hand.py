"""A city whose members hand envelopes to each other: real nodes on real databases, and no broker between them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

from exchange.clock import SteppedClock
from exchange.directory import Authority, Lookup, load_directory
from exchange.envelope import Identity, envelope_for
from exchange.messaging.arrival import OwnTime
from exchange.messaging.log.sealing import seal
from exchange.messaging.node import Node, new_id
from exchange.messaging.outbox import Outbox
from exchange.messaging.ports import Delivery
from exchange.messaging.receive import Receiver
from exchange.messaging.records import Parcel
from exchange.runtime.work import Work, work_for
from exchange.schemas import Matter, Role, Suite
from exchange.store import Store, open_store
from exchange.trials.local import Seat
from exchange.trials.trial import certify_tree
from exchange.workdays import ChinaCalendar
from tests.journeys.city import MONDAY, City, grant_unless_refused

_YEAR = timedelta(days=365)


@dataclass
class HandDomain:
    """What a city needs of its members: that they have nodes, and that all that is written arrives."""

    domain: str
    clock: SteppedClock
    nodes: dict[str, Node] = field(default_factory=dict)
    catalogue: MutableMapping[str, Matter] = field(default_factory=dict)
    members: Mapping[str, Any] = field(default_factory=dict)
    lying: list[Parcel] = field(default_factory=list)
    receivers: dict[str, Receiver] = field(default_factory=dict)

    def settle(self) -> None:
        """Hand everything over, and all that comes of it."""
        while self.lying:
            parcel = self.lying.pop(0)
            sender = next(node for node in self.nodes.values() if _has(node, parcel))
            with sender.store.transaction() as tx:
                tx[Outbox].mark_sent([parcel.id], self.clock.now(), self.clock.now() + _YEAR)
            data = envelope_for(parcel.common, parcel.recipient)
            delivery = Delivery(parcel.queue, data, parcel.message_id, None, {}, False, None, False)
            self.receivers[parcel.addressee].on_batch([delivery])


def _has(node: Node, parcel: Parcel) -> bool:
    with node.store.reading() as tx:
        return any(row.addressee == parcel.addressee for row in tx[Outbox].rows(parcel.message_id))


@contextlib.contextmanager
def hand_city(
    folder: Path, url: str, domain: str, departments: tuple[str, ...], portals: tuple[str, ...] = ()
) -> Iterator[City]:
    """A window whose rule decides, a monitor, departments, portals of the window; ``url``: of the databases, with
    ``{member}`` in it.
    """
    clock = SteppedClock(MONDAY)
    local = HandDomain(domain, clock)
    window = f"{domain}.window"
    roles = {window: Role.WINDOW, f"{domain}.monitor": Role.MONITOR}
    roles |= {f"{domain}.{name}": Role.DEPARTMENT for name in departments}
    roles |= {f"{domain}.{name}": Role.PORTAL for name in portals}
    authority = Authority.open_or_create(folder / "authority", domain, MONDAY)
    keys = {address: authority.certify(address, MONDAY) for address in roles}
    members = [authority.member(keys[one], one, one, (role,), window if role is Role.PORTAL else None)
               for one, role in roles.items()]  # fmt: skip
    authority.publish(folder / "directory.cose", members, MONDAY, MONDAY + _YEAR)
    data = (folder / "directory.cose").read_bytes()
    directory = load_directory(data, authority.certificate, MONDAY, 0)
    with contextlib.ExitStack() as stack:
        for address, role in roles.items():
            work = (
                work_for((role,), decide_rule=grant_unless_refused, rule_decides=True)
                if role is Role.WINDOW
                else work_for((role,))
            )
            _sit_down(stack, local, keys[address], directory, url, work)
        yield City(cast(Any, local), clock)


@contextlib.contextmanager
def hand_tree(folder: Path, url: str, seats: Mapping[str, Mapping[str, Seat]]) -> Iterator[City]:
    """Domains above each other, by name the highest first, with their members; the first is the city's own."""
    clock = SteppedClock(MONDAY)
    local = HandDomain(next(iter(seats)), clock)
    with contextlib.ExitStack() as stack:
        for domain, (keys, directory) in certify_tree(folder, seats, MONDAY).items():
            for address, seat in seats[domain].items():
                _sit_down(stack, local, keys[address], directory, url, seat.work or work_for(seat.roles))
        yield City(cast(Any, local), clock)


def _sit_down(
    stack: contextlib.ExitStack, local: HandDomain, identity: Identity, directory: Lookup, url: str, work: Work
) -> None:
    address = identity.address
    store = open_store(url.format(member=address), member=address)
    stack.callback(store.close)
    store.migrate()
    node = Node(
        identity, directory, store, local.clock, ChinaCalendar(), new_id, catalogue=local.catalogue,
        suite=Suite.CLASSICAL, hand_over=local.lying.extend,
    )  # fmt: skip
    local.nodes[address] = node
    local.receivers[address] = Receiver(node, work.handlers, OwnTime(MONDAY, node.clock), work.on_signed)


def seal_journals(city: City) -> None:
    """Seals what every member has journaled."""
    for node in city.local.nodes.values():
        assert isinstance(node.store, Store)
        seal(node)
