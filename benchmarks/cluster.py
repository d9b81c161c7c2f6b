"""How long documents pause when the node that leads their queue is killed, frozen or taken out for maintenance.

A cluster of three nodes on this machine, one sender and one receiver that are served, fifty documents a second at most.
Each round does all three to whichever node leads the receiver's queue, and puts it back. The pause is the longest time
in which nothing was committed at the receiver. It ends with every document taken in once, or fails.
With EXCHANGE_RABBITMQ_SERVER on another version.
Usage: python -m benchmarks.cluster [rounds]
"""

from __future__ import annotations

import sys

from benchmarks.measure import Figure, arguments, folder, machine, show
from exchange.broker.admin.probe import server_version
from exchange.broker.private.broker import PrivateBroker
from exchange.runtime.logs import configure
from tests.faults.broker.flow import FAULTS, ClusterFlow


def main() -> None:
    """Measures and prints."""
    given = arguments(__doc__, rounds=5)
    configure(quiet=True)
    found: dict[str, list[float]] = {name: [] for name in FAULTS}
    with folder("cluster") as path:
        broker = PrivateBroker(path / "node", 3)
        try:
            info = broker.start(lambda text: print(text, file=sys.stderr))
            print(f"{machine()}, RabbitMQ {server_version(info.url)}, three nodes")
            with ClusterFlow(path, broker, info) as flow:
                for _ in range(given.rounds):
                    for name, fault in FAULTS.items():
                        flow.await_flow(100)
                        found[name].append(fault(flow))
                flow.finish()
        finally:
            broker.stop()
    show("Documents pause", [Figure(f"leader {name}", pauses, "s") for name, pauses in found.items()])
    print(f"\n{len(flow.sent):,} documents sent, each taken in once")


if __name__ == "__main__":
    main()
