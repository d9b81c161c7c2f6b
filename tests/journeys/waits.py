"""What waits for somebody at a member, as its inbox lists it."""

from __future__ import annotations

from exchange.messaging.node import Node
from exchange.operations.tasks.duties import DutyKind, duties_here


def duties(node: Node) -> dict[str, DutyKind]:
    """By id, what is to be done."""
    return {duty.id: duty.kind for duty in duties_here(node)}
