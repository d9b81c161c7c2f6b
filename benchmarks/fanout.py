"""(b) Fan-out: one document to 1, 4 and 16 approvers, from the step that writes it until every copy is confirmed.

The floor is one signature, one key encapsulation and one publish a copy, and one commit, bare. "Single sends" write
one document a copy, each in a step of its own.
"""

from __future__ import annotations

import secrets
import statistics
import sys
import time
import uuid
from pathlib import Path

from benchmarks.floor import BarePublisher, Parcel, sqlite_commit
from benchmarks.measure import Figure, arguments, folder, machine, show
from benchmarks.throughput import document, on_a_broker
from exchange.broker.admin.node_info import NodeInfo
from exchange.broker.admin.probe import server_version
from exchange.clock import RealClock
from exchange.envelope import envelope_for, seal
from exchange.messaging.node import Node
from exchange.messaging.outbox import Outbox
from exchange.runtime.logs import configure
from exchange.schemas import Header, Role
from exchange.trials.local import LocalDomain, Seat

MESSAGES = 200
"""A round: long enough that its beginning and its end do not count."""
ROUNDS = 5
SIZES = (1, 4, 16)


def new_city(path: Path, info: NodeInfo) -> LocalDomain:
    """A sender that is served, and sixteen addressees with queues."""
    name = f"fan{secrets.token_hex(3)}"
    seats = {f"{name}.sender": Seat((Role.DEPARTMENT,))}
    seats |= {f"{name}.m{number}": Seat((Role.DEPARTMENT,)) for number in range(max(SIZES))}
    domain = LocalDomain(path, name, info, RealClock(), seats, periodic=False)
    domain.prepare()
    return domain


def product(domain: LocalDomain, addressees: list[str], lots: int) -> float:
    """Seconds a document: one step each, ``lots`` of them, until all copies are confirmed."""
    address = f"{domain.domain}.sender"
    node, member, body = domain.nodes[address], domain.members[address], document()
    began = time.perf_counter()
    for _ in range(lots):
        with node.step() as step:
            step.send(body, addressees)
        member.wake()
    while waiting(node):
        time.sleep(0.005)
    return (time.perf_counter() - began) / lots


def waiting(node: Node) -> bool:
    """Whether copies are not confirmed yet; a confirmed one is due again only much later."""
    with node.store.reading() as tx:
        return bool(tx[Outbox].due(RealClock().now(), 1, ()))


def bare(domain: LocalDomain, path: Path, addressees: list[str]) -> float:
    """Seconds a document at the floor."""
    node, body, left = domain.nodes[f"{domain.domain}.sender"], document(), MESSAGES

    def make() -> list[Parcel]:
        nonlocal left
        if not left:
            return []
        left -= 1
        name = str(uuid.uuid4())
        header = Header(
            message_id=name, conversation_id=name, kind="document", sender=node.address,
            addressees=tuple(addressees), created_at=RealClock().now(),
        )  # fmt: skip
        recipients = [node.directory.recipient(address, header.suite) for address in addressees]
        sealed = seal(header, body, node.identity, recipients)
        return [(f"{a}.inbox", name, envelope_for(sealed.common, sealed.recipients[a])) for a in addressees]

    began = time.perf_counter()
    BarePublisher(domain.info.url, make, sqlite_commit(path / "floor.db")).run()
    return (time.perf_counter() - began) / MESSAGES


def measure(info: NodeInfo) -> None:
    """Measures and prints."""
    print(f"{machine()}, RabbitMQ {server_version(info.url)}, {MESSAGES} documents of 3 kB a round")
    figures = []
    with folder("fanout") as path:
        domain = new_city(path, info)
        domain.start(f"{domain.domain}.sender")
        everyone = [f"{domain.domain}.m{number}" for number in range(max(SIZES))]
        product(domain, everyone[:1], 20)
        for size in SIZES:
            some = everyone[:size]
            floors, found = [], []
            for _ in range(ROUNDS):
                floors.append(bare(domain, path, some) * 1000)
                found.append(product(domain, some, MESSAGES) * 1000)
            ratio = statistics.median(found) / statistics.median(floors)
            figures += [
                Figure(f"{size} approvers, one fan-out", found, "ms", ratio),
                Figure(f"{size} approvers, floor", floors, "ms", 1.0),
            ]
        singles = [product(domain, everyone[:1], MESSAGES) * 1000 * max(SIZES) for _ in range(ROUNDS)]
        fan = figures[-2].median
        figures.append(Figure("16 single sends", singles, "ms"))
        domain.close()
    show("Fan-out", figures, "to its floor")
    print(f"\nOne fan-out to 16 costs {fan / figures[-1].median:.2f} of 16 single sends.")


def main() -> None:
    """Runs the benchmark."""
    arguments(__doc__)
    configure(quiet=True)
    print(__doc__.splitlines()[0], file=sys.stderr)
    on_a_broker(measure)


if __name__ == "__main__":
    main()
