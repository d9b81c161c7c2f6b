"""A document is entered in the register in the very transaction in which it is taken in, or goes out."""

from __future__ import annotations

from collections.abc import Sequence

from exchange.clock import CST
from exchange.messaging.incoming import Incoming
from exchange.messaging.node import Step
from exchange.messaging.register.records import UNNUMBERED, RegisterEntry, RegisterSide
from exchange.messaging.register.store import Register
from exchange.schemas import Document


def enter_received(step: Step, incoming: Incoming, document: Document, written_by: str | None = None) -> None:
    """Enter a document that came, when the step ends; ``written_by``: whose it is, where another has written it.

    Called once nothing more can send it back.
    """
    sender, message_id = incoming.sender, incoming.message_id
    _enter(step, RegisterSide.RECEIVED, sender, message_id, document, written_by or sender)


def enter_sent(step: Step, message_id: str, document: Document, to: Sequence[str]) -> None:
    """Enter a document that goes out with this step; ``to``: addressees, or a notice's audience."""
    _enter(step, RegisterSide.SENT, step.node.address, message_id, document, ", ".join(to))


def _enter(
    step: Step, direction: RegisterSide, sender: str, message_id: str, document: Document, correspondents: str
) -> None:
    at = step.now.astimezone(CST)
    entry = RegisterEntry(
        direction, at.year, UNNUMBERED, at, sender, message_id, document.kind, str(document.number), document.title,
        correspondents,
    )  # fmt: skip
    step.tx[Register].plan(entry)
    step.before_end(_write)


def _write(step: Step) -> None:
    step.tx[Register].write()
