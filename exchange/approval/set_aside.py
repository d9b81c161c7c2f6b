"""Opinions that were set aside as dead letters, and may yet have been in time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from exchange.envelope import open_envelope
from exchange.errors import ExchangeError
from exchange.messaging.inbox import Inbox
from exchange.messaging.node import Node
from exchange.schemas import Opinion
from exchange.store.transaction import Transaction


def opinion_set_aside(
    tx: Transaction, node: Node, case_number: str, department: str, now: datetime, due_at: datetime | None = None
) -> bool:
    """Return whether an authentic opinion of the department on this case waits to be taken in.

    It must have arrived by ``due_at``.
    """
    return any(
        opinion.case_number == case_number and opinion.department == department
        for opinion in _opinions(tx, node, department, now, due_at)
    )


def _opinions(
    tx: Transaction, node: Node, department: str, now: datetime, due_at: datetime | None
) -> Iterator[Opinion]:
    for letter in tx[Inbox].unhandled(department, Opinion.KIND):
        if letter.arrival is None or (due_at is not None and letter.arrival.earliest > due_at):
            continue
        try:
            opened = open_envelope(letter.envelope, node.identity, node.directory, now)
        except ExchangeError:
            continue
        if opened.header.sender == department and isinstance(opened.body, Opinion):
            yield opened.body
