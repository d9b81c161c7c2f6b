"""Who may send a window filings: the portals of which the directory names it the superior."""

from __future__ import annotations

from exchange.approval.filings.records import FilingRow
from exchange.approval.filings.store import Filings
from exchange.errors import Returned
from exchange.messaging.aside.early import wait_a_day
from exchange.messaging.checks import require_role
from exchange.messaging.incoming import Incoming
from exchange.messaging.node import Step
from exchange.schemas import Role


def expect_portal(step: Step, incoming: Incoming) -> None:
    """Raise Returned unless the sender is a portal of this window."""
    require_role(step, incoming, Role.PORTAL)
    if step.node.directory.member(incoming.sender).superior != step.node.address:
        raise Returned(
            "{sender} is another window's portal",
            code="not-yours",
            remedy="a portal files at the window that the directory names its superior",
            sender=incoming.sender,
        )


def own_filing(step: Step, incoming: Incoming, number: str) -> FilingRow:
    """Return a filing of the portal that writes of it. Raises Returned, and Early for one that may still come."""
    expect_portal(step, incoming)
    row = step.tx[Filings].get(incoming.sender, number)
    if row is None:
        wait_a_day(step, incoming, number)
        raise Returned(
            "no filing {number} of {sender} at {address}",
            code="unknown-filing",
            remedy="file it first",
            number=number,
            sender=incoming.sender,
            address=step.node.address,
        )
    return row
