"""A portal writes to its window and takes papers from it: the one that the directory names its superior."""

from __future__ import annotations

from exchange.errors import Denied, Returned
from exchange.messaging.incoming import Incoming
from exchange.messaging.node import Node, Step
from exchange.messaging.rules.portals import window_of_portal


def window_of(node: Node) -> str:
    """Return the address of a portal's window. Raises Denied for a member that is no portal, or has no window."""
    window = window_of_portal(node.directory, node.address)
    if window is None:
        raise Denied(
            "{address} is no portal of a window",
            remedy='give its profile.toml roles = ["portal"] and superior = a window, and run `exchange init`',
            address=node.address,
        )
    return window


def expect_window(step: Step, incoming: Incoming) -> None:
    """Raise Returned unless a message comes from the portal's own window."""
    if incoming.sender != window_of(step.node):
        raise Returned(
            "{sender} is not the window of {address}",
            code="not-yours",
            remedy="a portal takes papers from its own window",
            sender=incoming.sender,
            address=step.node.address,
        )
