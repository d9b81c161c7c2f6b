"""What a member's account may do at the broker, as patterns of names. Pure."""

from __future__ import annotations

import re

from exchange.broker.traffic.topology import DOCUMENTS, dead_queue, queues_of
from exchange.broker.traffic.uplink import transit_queues
from exchange.directory.addressing import UPLINK, home_of

NOTHING = "^$"
"""A permission pattern that matches no name."""
_INBOXES_OF = r"{}\.inbox(\.urgent)?"


def member_permissions(
    address: str, is_window: bool, is_relay: bool = False, only_to: str | None = None
) -> dict[str, str]:
    """Return the name patterns of what a member may configure, write and read.

    To write to a queue is to bind it to an exchange that one may read, and members may read none. But from RabbitMQ 4.3
    on an account sees a queue's depth only where it may do anything with it: so it may write to those that its messages
    go to, a portal (``only_to``) to its window's inbox.
    """
    transit = transit_queues(address) if is_relay else ()
    own = "|".join(re.escape(name) for name in (*queues_of(address, is_window), *transit, dead_queue(address)))
    sees = _of_domain(address) if only_to is None else _INBOXES_OF.format(re.escape(only_to))
    return {"configure": NOTHING, "write": f"^({DOCUMENTS}|{sees})$", "read": f"^({own})$"}


def _of_domain(address: str) -> str:
    members = rf"{re.escape(home_of(address))}\.[a-z0-9-]+"
    return rf"{members}\.(inbox(\.urgent)?|opinions)|{re.escape(UPLINK)}[a-z0-9.-]+"


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
