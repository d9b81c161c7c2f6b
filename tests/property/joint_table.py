"""Bodies of several domains around a table: real nodes on real databases, and a broker that does what a test wants.

What a committed step has put into the outbox lies on the table until the test hands it over: in any order, several
times, to a body that dies before its commit, or to one that has been started anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

from exchange.clock import SteppedClock
from exchange.envelope import envelope_for
from exchange.errors import DatabaseUnavailable
from exchange.joint.records import JointRow
from exchange.joint.store import JointDocuments
from exchange.messaging.arrival import OwnTime
from exchange.messaging.documents import Documents
from exchange.messaging.inbox import Inbox
from exchange.messaging.node import Node, new_id
from exchange.messaging.outbox import Outbox
from exchange.messaging.ports import Delivery
from exchange.messaging.receive import Receiver
from exchange.messaging.records import OutboxView, Parcel, StoredDocument
from exchange.runtime.work import work_for
from exchange.schemas import Document, DocumentKind, DocumentNumber, Role
from exchange.store import Store, open_store
from exchange.store.transaction import Transaction
from tests.property.seat import CALENDAR
from tests.unit.levels import NOW, family, seen_from

LEAD, SECOND, THIRD, READER = "a.b.planning", "a.c.planning", "a.d.planning", "a.planning"
"""Three departments of one rank in three domains, and the department above them."""
SIGNERS = (LEAD, SECOND, THIRD)


class DyingStore:
    """A store whose process dies before anything is committed."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        with self._store.transaction() as tx:
            yield tx
            raise DatabaseUnavailable("killed before the commit")

    reading = property(lambda self: self._store.reading)


class Table:
    """All bodies, and what lies between them."""

    def __init__(self, folder: Path) -> None:
        self.clock = SteppedClock(NOW)
        self.lying: list[Parcel] = []
        self._folder = folder
        levels = family("a", "a.b", "a.c", "a.d")
        offered = [level.signed() for level in levels.values()]
        self._views = {level.department.address: seen_from(level, offered) for level in levels.values()}
        self._keys = {level.department.address: level.department for level in levels.values()}
        self.nodes = {address: self._open(address) for address in self._views}

    def _open(self, address: str) -> Node:
        store = open_store(f"sqlite:///{self._folder / f'{address}.db'}", member=address)
        store.migrate()
        return Node(
            identity=self._keys[address],
            directory=self._views[address],
            store=store,
            clock=self.clock,
            calendar=CALENDAR,
            new_id=new_id,
            hand_over=self.lying.extend,
        )

    def restart(self, address: str) -> None:
        """A body's process ends, and another one begins on its database."""
        store = self.nodes[address].store
        assert isinstance(store, Store)
        store.close()
        self.nodes[address] = self._open(address)

    def hand_over(self, parcel: Parcel, *, dies: bool = False) -> None:
        """Gives a copy to its addressee; one that dies keeps nothing, and is given it again later."""
        node = self.nodes[parcel.addressee]
        if dies:
            store = node.store
            assert isinstance(store, Store)
            node = replace(node, store=DyingStore(store), hand_over=lambda parcels: None)
        receiver = Receiver(node, work_for((Role.DEPARTMENT,)).handlers, OwnTime(NOW, node.clock))
        data = envelope_for(parcel.common, parcel.recipient)
        delivery = Delivery(f"{parcel.addressee}.inbox", data, parcel.message_id, None, {}, False, None, False)
        try:
            receiver.on_batch([delivery])
        except DatabaseUnavailable:
            assert dies

    def settle(self) -> None:
        """Hands over everything that lies there, and all that comes of it."""
        while self.lying:
            self.hand_over(self.lying.pop(0))

    def row(self, address: str, joint_id: str) -> JointRow:
        with self.nodes[address].store.reading() as tx:
            found = tx[JointDocuments].get(joint_id)
        assert found is not None
        return found

    def kept(self, address: str, joint_id: str, kind: str) -> list[StoredDocument]:
        """Messages of a kind about a joint document that a body has on record."""
        with self.nodes[address].store.reading() as tx:
            return [one for one in tx[Documents].of_conversation(joint_id) if one.kind == kind]

    def copies(self, address: str, message_id: str) -> list[OutboxView]:
        with self.nodes[address].store.reading() as tx:
            return tx[Outbox].rows(message_id)

    def dead(self) -> list[str]:
        """Reasons of everything that anybody refused without a receipt."""
        found: list[str] = []
        for node in self.nodes.values():
            with node.store.reading() as tx:
                found += [letter.reason for letter in tx[Inbox].dead_letters()]
        return found

    def close(self) -> None:
        for node in self.nodes.values():
            assert isinstance(node.store, Store)
            node.store.close()


def report(**fields: object) -> Document:
    """A joint report."""
    full: dict[str, object] = {
        "number": DocumentNumber(agency="合规", year=2026, serial=3),
        "kind": DocumentKind.REPORT,
        "issuer": "三县规划局",
        "signatory": "王某",
        "title": "关于路网规划情况的报告",
        "addressees": ("市规划局",),
        "body": "三县路网规划已经衔接。",
        "date": None,
    }
    return Document(**{**full, **fields})


def days(table: Table, joint_id: str, addresses: Sequence[str]) -> list[date | None]:
    """The date of issue as each of these has it on record."""
    found = [table.row(address, joint_id).issued_on for address in addresses]
    return [date.fromisoformat(day) if day else None for day in found]
