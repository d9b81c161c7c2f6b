"""How much lies in members' queues, by the management API: ready and in hand alike, up to five seconds old."""

from __future__ import annotations

from collections.abc import Collection

from exchange.broker.admin.management import ManagementClient
from exchange.broker.traffic.topology import dead_queue, queues_of
from exchange.errors import BadTopology, BrokerUnavailable


def member_depths(management: ManagementClient, members: Collection[str], windows: Collection[str]) -> dict[str, int]:
    """Count the messages in all queues to each member, its dead queue too; not what only passes through it.

    Raises BadTopology for a queue that is missing, BrokerUnavailable for a broker that does not answer or that does
    not know yet, as shortly after its start: not known is not zero.
    """
    known = {queue.name: queue.messages for queue in management.queues()}
    return {address: sum(_depths(known, address, address in windows)) for address in members}


def _depths(known: dict[str, int | None], address: str, is_window: bool) -> list[int]:
    names = (*queues_of(address, is_window), dead_queue(address))
    missing = [name for name in names if name not in known]
    if missing:
        raise BadTopology("missing: {missing}", remedy="exchange init", missing=", ".join(missing))
    depths = [depth for name in names if (depth := known[name]) is not None]
    if len(depths) < len(names):
        raise BrokerUnavailable(
            "the broker does not know yet what lies in the queues of {address}", remedy="look again", address=address
        )
    return depths
