"""What an agent hands to its system: verified, with what says that the system has it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from exchange.envelope import verify_signed
from exchange.joint.reader import JointIssue, open_issue
from exchange.messaging.node import Node
from exchange.messaging.records import StoredDocument
from exchange.operations.systems.member.handout import Handout
from exchange.schemas import Body, JointDocument


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


def received(node: Node, stored: StoredDocument, handout: Handout) -> Received:
    """Return a message as the system gets it. Raises what its verification raises."""
    verified = verify_signed(stored.signed, node.directory)
    body, joint = verified.body, None
    if isinstance(body, JointDocument):
        joint = open_issue(node.directory, verified.header, body, stored.enclosures)

    def acknowledge() -> bool:
        return handout.acknowledge(stored.sender, stored.message_id, node.clock)

    return Received(
        stored.sender, stored.message_id, stored.kind, body, stored.enclosures, stored.signed, acknowledge, joint
    )
