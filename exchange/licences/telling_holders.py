"""The holder of a licence is told which department has asked about it, through the portals of the window."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from exchange.licences.records import LicenceRow
from exchange.messaging.incoming import Incoming
from exchange.messaging.node import Node, Step
from exchange.schemas import LicenceDisclosed, Role


def portals_of(node: Node) -> list[str]:
    """Return the portals of a window: they show the public what it has issued."""
    return [one.address for one in node.directory.with_role(Role.PORTAL) if one.superior == node.address]


def tell_holders(step: Step, incoming: Incoming, rows: Iterable[LicenceRow]) -> None:
    """Tell that a department was told of licences: each for itself, with the query as the department has signed it."""
    portals = step.node.reachable(portals_of(step.node))
    if not portals:
        return
    signed = incoming.opened.signed
    digest = hashlib.sha256(signed).hexdigest()
    for row in rows:
        told = LicenceDisclosed(
            number=row.number, query_id=incoming.message_id, digest=digest, asker=incoming.sender, at=step.now
        )
        step.send(told, tuple(portals), conversation_id=row.message_id, enclosures=(signed,))
