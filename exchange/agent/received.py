"""What an agent hands to its system: on lease, so that of several beside each other none gets another's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from exchange.clock import RealClock
from exchange.envelope import verify_signed
from exchange.joint.reader import JointIssue, open_issue
from exchange.messaging.inbox import Inbox
from exchange.messaging.node import Node
from exchange.messaging.records import StoredDocument
from exchange.operations.systems.member.records import LEASES_KEPT
from exchange.operations.systems.member.store import Leases
from exchange.schemas import Body, JointDocument
from exchange.store import Store

_clock = RealClock()
"""Leases follow the machine's time whatever the domain's clock says, as those of the API do."""


@dataclass(frozen=True)
class Received:
    """A verified message for the member's own system."""

    sender: str
    message_id: str
    kind: str
    body: Body
    enclosures: tuple[bytes, ...]
    signed: bytes
    """The signed document as it came: keep it, it proves the rest."""
    _take: Callable[[], bool]
    joint: JointIssue | None = None
    """Of a joint document: what it says, its date, and who has signed it when."""

    def acknowledge(self) -> bool:
        """Confirm that the own system has it; False if that was said before."""
        return self._take()


class Handout:
    """The messages that one agent has in hand."""

    def __init__(self, store: Store, lease_id: str) -> None:
        self._store = store
        self._lease = lease_id

    def give_back(self) -> None:
        """Give back what was handed out and not acknowledged: anybody may take it again."""
        with self._store.reading() as tx:
            held = any(one.acknowledged_at is None for one in tx[Leases].of(self._lease))
        if held:
            with self._store.transaction() as tx:
                tx[Leases].release(self._lease, _clock.now())

    def take(self, limit: int, seconds: float) -> list[StoredDocument]:
        """Lease up to ``limit`` messages, oldest first; nobody else gets them for so long."""
        with self._store.reading() as tx:
            if not tx[Leases].waiting(0, 1):
                return []
        now = _clock.now()
        with self._store.transaction() as tx:
            tx[Leases].forget(now - LEASES_KEPT)
            return tx[Leases].lease(self._lease, limit, now, now + timedelta(seconds=seconds))

    def received(self, node: Node, stored: StoredDocument) -> Received:
        """Return a message as the system gets it. Raises what its verification raises."""
        verified = verify_signed(stored.signed, node.directory)
        body, joint = verified.body, None
        if isinstance(body, JointDocument):
            joint = open_issue(node.directory, verified.header, body, stored.enclosures)

        def acknowledge() -> bool:
            key = (stored.sender, stored.message_id)
            with self._store.transaction() as tx:
                tx[Leases].acknowledge(self._lease, [key], _clock.now())
                return tx[Inbox].take(*key, node.clock.now())

        return Received(
            stored.sender, stored.message_id, stored.kind, body, stored.enclosures, stored.signed, acknowledge, joint
        )
