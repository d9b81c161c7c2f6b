"""A portal writes to its window and takes papers from it: the one that the directory names its superior."""

from __future__ import annotations

from exchange.errors import Denied, Returned
from exchange.messaging.incoming import Incoming
from exchange.messaging.node import Node, Step
from exchange.schemas import Role


def window_of(node: Node) -> str:
    """Return the address of a portal's window. Raises Denied for a member that is no portal, or has no window."""
    member = node.directory.member(node.address)
    if Role.PORTAL not in member.roles or member.superior is None or not node.has_role(member.superior, Role.WINDOW):
        raise Denied(
            "{address} is no portal of a window",
            remedy='give its profile.toml roles = ["portal"] and superior = a window, and run `exchange init`',
            address=node.address,
        )
    return member.superior


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
