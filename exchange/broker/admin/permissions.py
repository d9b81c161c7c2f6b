"""What a member's account may do at the broker, as patterns of names. Pure."""

from __future__ import annotations

import re

from exchange.broker.traffic.topology import DOCUMENTS, dead_queue, queues_of
from exchange.broker.traffic.uplink import transit_queues

NOTHING = "^$"
"""A permission pattern that matches no name."""


def member_permissions(address: str, is_window: bool, is_relay: bool = False) -> dict[str, str]:
    """Return the name patterns of what a member may configure, write and read."""
    transit = transit_queues(address) if is_relay else ()
    own = "|".join(re.escape(name) for name in (*queues_of(address, is_window), *transit, dead_queue(address)))
    return {"configure": NOTHING, "write": f"^{DOCUMENTS}$", "read": f"^({own})$"}


def member_topic_permission(address: str, only_to: str | None = None) -> dict[str, str]:
    """Return the permission for the routing keys under which a member may publish: to anyone, from itself.

    A portal publishes to the inbox of the window named by ``only_to`` alone, and to nobody where that is empty.
    """
    sender = re.escape(address)
    if only_to is None:
        key = rf"^to\.[a-z0-9.-]+\.from\.{sender}$"
    elif only_to:
        key = rf"^to\.{re.escape(only_to)}\.inbox(\.urgent)?\.from\.{sender}$"
    else:
        key = NOTHING
    return {"exchange": DOCUMENTS, "write": key, "read": NOTHING}
