"""(a) Documents a second from outbox to committed inbox: 3 kB, one sender to one receiver, each a process.

The floor does the same work bare (benchmarks/floor.py), in the same run, on the same broker and disk.
With EXCHANGE_BENCH_DATABASE_URL on PostgreSQL too.
"""

from __future__ import annotations

import os
import secrets
import statistics
import sys
import time
import uuid
from collections.abc import Callable
from contextlib import nullcontext
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event
from pathlib import Path

from benchmarks.floor import BATCH, BarePublisher, Commit, Parcel, bare_consumer, postgres_commit, sqlite_commit
from benchmarks.measure import Figure, arguments, folder, machine, show
from benchmarks.processes import fork, forked
from exchange.broker.admin.node_info import NodeInfo
from exchange.broker.admin.probe import server_version, stamps_arrival
from exchange.broker.private.node import PrivateNode
from exchange.clock import RealClock
from exchange.envelope import envelope_for, open_envelope, seal
from exchange.machine.interpreter import settle_memory, take_long_turns
from exchange.messaging.inbox import Inbox
from exchange.messaging.node import Node
from exchange.runtime.logs import configure
from exchange.runtime.member import RunningMember
from exchange.schemas import Document, DocumentKind, DocumentNumber, Header, Purpose, Role
from exchange.trials.local import LocalDomain, Seat

TEXT = "为深入推进行政审批制度改革，现就并联审批有关事项通知如下。" * 34
"""About 3 kB in UTF-8."""


def document() -> Document:
    """A notice of about 3 kB, for information: its sender is nobody's superior."""
    now = RealClock().now()
    return Document(
        number=DocumentNumber(agency="合政办", year=2026, serial=7),
        kind=DocumentKind.NOTICE,
        issuer="市人民政府办公厅",
        title="关于推进并联审批的通知",
        body=TEXT,
        date=now.date(),
        purpose=Purpose.INFORMATION,
    )


def new_domain(path: Path, info: NodeInfo, database_url: str | None) -> LocalDomain:
    """A sender and a receiver, prepared but not served."""
    name = f"bench{secrets.token_hex(3)}"
    stamps = stamps_arrival(info.url)
    domain = LocalDomain(path, name, info, RealClock(), seats_of(name), stamps=stamps, database_url=database_url)
    domain.prepare()
    return domain


def seats_of(domain: str) -> dict[str, Seat]:
    """One who sends and one who receives."""
    return {f"{domain}.{who}": Seat((Role.DEPARTMENT,)) for who in ("sender", "receiver")}


def product(path: Path, info: NodeInfo, count: int, database_url: str | None) -> float:
    """Documents a second through the product."""
    domain = new_domain(path, info, database_url)
    domain.close()
    return count / carried(domain, count)


def carried(domain: LocalDomain, count: int) -> float:
    """Seconds that so many documents take from the outbox to the committed inbox."""
    sender, receiver = domain.domain + ".sender", domain.domain + ".receiver"
    ready, done = fork.Event(), fork.Event()
    child = fork.Process(target=serve_until, args=(domain, receiver, count, ready, done.set))
    child.start()
    ready.wait()
    domain.reopen(sender)
    member = domain.start(sender)
    began = time.perf_counter()
    send_all(member, receiver, count)
    done.wait()
    spent = time.perf_counter() - began
    domain.settle()
    member.close()
    child.join()
    return spent


def send_all(member: RunningMember, receiver: str, count: int) -> None:
    """The sender's work: ``count`` documents, a step for each batch of them."""
    body = document()
    for _ in range(0, count, BATCH):
        with member.node.step() as step:
            for _ in range(BATCH):
                step.send(body, (receiver,))
        member.wake()


def serve_until(domain: LocalDomain, address: str, count: int, ready: Event, done: Callable[[], None]) -> None:
    """The receiver's process: says when it has committed ``count`` documents, and ends when all receipts are out."""
    domain.reopen(address)
    member = domain.start(address)
    ready.set()
    node = domain.nodes[address]
    while not all_there(member, node, count):
        time.sleep(0.02)
    done()
    domain.nodes = {address: node}
    domain.settle()
    member.close()


def all_there(member: RunningMember, node: Node, count: int) -> bool:
    """Whether the inbox holds everything; counts only when nothing has come for a moment, so as not to disturb."""
    before = member.activity
    time.sleep(0.01)
    if not before or member.activity != before:
        return False
    with node.store.reading() as tx:
        return tx[Inbox].counts().get("document", 0) >= count


def bare(path: Path, info: NodeInfo, count: int, database_url: str | None) -> float:
    """Documents a second through the floor."""
    domain = new_domain(path, info, None)
    sender, receiver = (domain.nodes[domain.domain + who] for who in (".sender", ".receiver"))
    queue = f"{receiver.address}.inbox"
    domain.close()

    def commit_of(side: str) -> Commit:
        if database_url:
            return postgres_commit(database_url, f"floor_{side}_{secrets.token_hex(3)}")
        return sqlite_commit(path / f"{side}.db")

    def take(data: bytes) -> tuple[str, bytes]:
        opened = open_envelope(data, receiver.identity, receiver.directory, RealClock().now())
        return opened.header.message_id, opened.signed

    def consume(done: Connection) -> None:
        bare_consumer(info.url, queue, count, take, commit_of("in"))
        done.send(None)

    left, body = count, document()

    def make() -> list[Parcel]:
        nonlocal left
        batch = min(left, BATCH)
        left -= batch
        return [sealed_one() for _ in range(batch)]

    def sealed_one() -> Parcel:
        name = str(uuid.uuid4())
        header = Header(
            message_id=name, conversation_id=name, kind="document", sender=sender.address,
            addressees=(receiver.address,), created_at=RealClock().now(),
        )  # fmt: skip
        sealed = seal(header, body, sender.identity, [sender.directory.recipient(receiver.address, header.suite)])
        return queue, name, envelope_for(sealed.common, sealed.recipients[receiver.address])

    with forked(consume) as (_, done):
        began = time.perf_counter()
        BarePublisher(info.url, make, commit_of("out")).run()
        done.recv()
        return count / (time.perf_counter() - began)


def on_a_broker(work: Callable[[NodeInfo], None], place: Path | None = None) -> None:
    """Runs ``work`` on the broker of EXCHANGE_BROKER_URL, or on a private node, with threads as `exchange` has them.

    The node's files lie in ``place``, for who wants to look at them.
    """
    take_long_turns()
    settle_memory()
    given = os.environ.get("EXCHANGE_BROKER_URL")
    if given:
        work(NodeInfo(given, None))
        return
    with nullcontext(place) if place else folder("node") as path:
        node = PrivateNode(path)
        try:
            work(node.start(lambda text: print(text, file=sys.stderr)))
        finally:
            node.stop()


def compare(info: NodeInfo, count: int, times: int, database_url: str | None) -> tuple[list[float], list[float]]:
    """Product and floor in alternation, so that both meet the same weather."""
    found: list[float] = []
    floors: list[float] = []
    for _ in range(times):
        with folder("bench") as path:
            floors.append(bare(path, info, count, database_url))
        with folder("bench") as path:
            found.append(product(path, info, count, database_url))
    return found, floors


def main() -> None:
    """Measures and prints."""
    given = arguments(__doc__, documents=4000, rounds=5)
    count, times = given.documents, given.rounds
    configure(quiet=True)

    def work(info: NodeInfo) -> None:
        print(f"{machine()}, RabbitMQ {server_version(info.url)}, {count:,} documents a round")
        for name, url in (("SQLite", None), ("PostgreSQL", os.environ.get("EXCHANGE_BENCH_DATABASE_URL"))):
            if name == "PostgreSQL" and url is None:
                continue
            found, floors = compare(info, count, times, url)
            ratio = statistics.median(found) / statistics.median(floors)
            show(
                f"Throughput, {name}",
                [
                    Figure("outbox to committed inbox", found, "documents/s", ratio),
                    Figure("floor", floors, "documents/s", 1.0),
                ],
                "to the floor",
            )

    on_a_broker(work)


if __name__ == "__main__":
    main()
