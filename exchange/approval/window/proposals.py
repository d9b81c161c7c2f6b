"""Proposals: who said that it is not competent, and whom it named, from its signed opinion on record."""

from __future__ import annotations

from collections.abc import Iterable

from exchange.approval.records import PartRow
from exchange.approval.rules.course.adding import Placement, member_named
from exchange.envelope.document import parse_body, payload_of
from exchange.messaging.documents import Documents
from exchange.messaging.node import Node
from exchange.schemas import Opinion
from exchange.store.transaction import Transaction


def proposals_of(tx: Transaction, node: Node, parts: Iterable[PartRow]) -> list[Placement]:
    """Return what these parts propose, each in whose place another may be asked."""
    return [_proposal(tx, node, part) for part in parts]


def _proposal(tx: Transaction, node: Node, part: PartRow) -> Placement:
    stored = tx[Documents].get(part.department, part.opinion_id or "")
    named = parse_body(Opinion, payload_of(stored.signed)).competent_body if stored is not None else None
    return Placement(part.department, named or "", member_named(named or "", node.directory.members))
