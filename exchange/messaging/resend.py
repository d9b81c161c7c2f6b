"""Resend: copies that were abandoned, or that wait with growing patience, go out at once."""

from __future__ import annotations

from exchange.errors import Conflict, NotFound
from exchange.messaging.node import Node, Step
from exchange.messaging.outbox import Outbox


def resend(node: Node, message_id: str, addressee: str | None = None) -> int:
    """Make a message's copies due at once, or that of one addressee; return how many.

    Harmless: an addressee that has it already answers with its stored receipt. Raises NotFound, or Conflict when
    every copy is signed for or was returned.
    """
    with node.step() as step:
        return resend_in(step, message_id, addressee)


def resend_in(step: Step, message_id: str, addressee: str | None = None) -> int:
    """Do what `resend` does, inside a step."""
    copies = [row for row in step.tx[Outbox].rows(message_id) if addressee in (None, row.addressee)]
    if not copies:
        to = f" to {addressee}" if addressee else ""
        raise NotFound(
            "{address} has sent no message {message_id}{to}",
            remedy="`exchange show` lists its ids",
            address=step.node.address,
            message_id=message_id,
            to=to,
        )
    due = step.tx[Outbox].resend(message_id, addressee, step.now)
    if not due:
        raise Conflict(
            "message {message_id} is signed for", remedy="nothing is to be sent again", message_id=message_id
        )
    step.note("resent", None, message_id, copies=due, addressee=addressee)
    return due
