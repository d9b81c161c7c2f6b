"""Messages that wait: written into a member's outbox, or lying in its queue, many at a time."""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from itertools import cycle, islice
from pathlib import Path

import pika

from benchmarks.floor import BarePublisher, Parcel
from benchmarks.processes import database_files
from benchmarks.throughput import document, new_domain
from exchange.broker.admin.node_info import NodeInfo
from exchange.envelope import envelope_for, seal
from exchange.messaging.node import Node, new_id
from exchange.messaging.outbox import Outbox
from exchange.messaging.records import OutboxState, Outgoing
from exchange.schemas import Header

STEP = 1000
"""Messages written in one transaction; as many are sealed each by itself."""


class Place:
    """Where messages wait: a domain of its own with one sender and one receiver."""

    def __init__(self, path: Path, info: NodeInfo) -> None:
        self.domain = new_domain(path, info, None)
        self.url = info.url
        self.sender, self.receiver = (self.domain.domain + who for who in (".sender", ".receiver"))
        self.domain.close()
        self._store = database_files(self.domain, self.receiver)[0]
        shutil.copy(self._store, path / "empty.db")
        self.messages = sealed(self.domain.nodes[self.sender], self.receiver, STEP)

    def outbox(self, state: OutboxState, count: int) -> None:
        """So many wait in the sender's outbox."""
        self.domain.reopen(self.sender)
        node = self.domain.nodes[self.sender]
        fill_outbox(node, self.messages, state, count)
        node.store.close()

    def queue(self, count: int) -> None:
        """So many wait in the queue of the receiver, to which all are new."""
        fill_queue(self.url, self.messages, self.receiver, count)
        for file in database_files(self.domain, self.receiver):
            file.unlink(missing_ok=True)
        shutil.copy(self.domain.folder / "empty.db", self._store)

    def written(self, count: int) -> str:
        """Makes them wait in the outbox, never sent."""
        self.outbox(OutboxState.WRITTEN, count)
        return self.sender

    def lying(self, count: int) -> str:
        """Makes them wait in the receiver's queue."""
        self.queue(count)
        return self.receiver

    def confirmed(self, count: int) -> str:
        """Makes them wait for receipts, and one for the broker."""
        self.outbox(OutboxState.SENT, count)
        with closing(sqlite3.connect(database_files(self.domain, self.sender)[0], isolation_level=None)) as database:
            database.execute("UPDATE outbox_copy SET next_at = ? WHERE state = 'sent'", (_in_an_hour(),))
        return self.written(1)


def sealed(node: Node, receiver: str, count: int) -> list[Outgoing]:
    """So many documents of 3 kB, as they enter an outbox."""
    found, body = [], document()
    recipient = node.directory.recipient(receiver, node.suite)
    for _ in range(count):
        name = new_id()
        header = Header(
            message_id=name, conversation_id=name, kind=body.KIND, sender=node.address, addressees=(receiver,),
            created_at=node.clock.now(), suite=node.suite,
        )  # fmt: skip
        done = seal(header, body, node.identity, [recipient])
        queues = {receiver: f"{receiver}.inbox"}
        found.append(Outgoing(header, done.signed, (), done.common, done.recipients, queues, body=body))
    return found


def fill_outbox(node: Node, messages: Sequence[Outgoing], state: OutboxState, count: int) -> None:
    """Brings the copies in a state, WRITTEN or SENT, up to ``count``."""
    with node.store.reading() as tx:
        missing = count - tx[Outbox].counts().get(state, 0)
    for lot in _lots(messages, missing):
        renamed = [replace(m, header=m.header.model_copy(update={"message_id": new_id()})) for m in lot]
        now = node.clock.now()
        with node.store.transaction() as tx:
            tx[Outbox].add(renamed, now)
            if state is OutboxState.SENT:
                ids = [parcel.id for parcel in tx[Outbox].parcels(renamed)]
                tx[Outbox].mark_sent(ids, now, now + timedelta(hours=1))


def fill_queue(url: str, messages: Sequence[Outgoing], receiver: str, count: int) -> None:
    """Brings the messages that lie in a member's queue up to ``count``, once nobody consumes it."""
    queue = f"{receiver}.inbox"
    lots = _lots(messages, count - _lying(url, queue))

    def make() -> list[Parcel]:
        return [_parcel(message, queue, receiver) for message in next(lots, ())]

    BarePublisher(url, make, lambda rows: None).run()
    while _lying(url, queue) < count:
        time.sleep(0.1)


def _lots(messages: Sequence[Outgoing], count: int) -> Iterator[Sequence[Outgoing]]:
    supply = islice(cycle(messages), max(0, count))
    while lot := list(islice(supply, STEP)):
        yield lot


def _parcel(message: Outgoing, queue: str, receiver: str) -> Parcel:
    return queue, message.header.message_id, envelope_for(message.common, message.recipients[receiver])


def _lying(url: str, queue: str) -> int:
    """How many lie there, when whoever consumed is gone and has given back what was not acknowledged."""
    with pika.BlockingConnection(pika.URLParameters(url)) as connection:
        channel = connection.channel()
        while (found := channel.queue_declare(queue, passive=True).method).consumer_count:
            time.sleep(0.05)
        return int(found.message_count)


def _in_an_hour() -> int:
    """When copies that rest in an idle queue are looked for, as it stands in their rows."""
    return int((time.time() + 3600) * 1e6)
