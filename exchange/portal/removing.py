"""Ciphertexts that nothing names, or nothing names any more, are removed from the claim store, however often that has
to be tried.

Whoever deletes a file of a draft writes down in the same transaction what lies of it in the store. Whoever leaves one
there writes it down before, to be removed in a day; the transaction that names it in a draft takes that back, so that
nothing is left of an upload whose process was killed. A round removes what is due, and forgets it afterwards. What a
signed paper names stays: the window and the departments read it there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from datetime import timedelta

from exchange.claims import Begun, ClaimStore, parts_of, remove
from exchange.envelope.document import parse_body, payload_of
from exchange.messaging.documents import Documents
from exchange.messaging.failing.apart import each_alone
from exchange.messaging.node import Node, Step
from exchange.messaging.records import StoredDocument
from exchange.portal.records import ClaimRemoval, DraftFile
from exchange.portal.store import ClaimRemovals
from exchange.schemas import Application, ClaimCheck, Filing, FilingSupplement
from exchange.store.transaction import Transaction

WORK = "ciphertexts to be removed"
"""What this work is called where it fails."""
_AT_ONCE = 100
UNNAMED = timedelta(days=1)
"""For how long an object may lie in the claim store that no draft names yet."""


def note_begun(node: Node, number: str) -> Begun:
    """Return what writes down that an object is left in the claim store, before it is, for a draft; ``number`` is empty
    where it has none yet.
    """

    def begun(object_key: str, parts: int) -> None:
        with node.step() as step:
            step.tx[ClaimRemovals].add(ClaimRemoval(object_key, parts, number, step.now + UNNAMED))

    return begun


def note_removals(step: Step, number: str, files: Iterable[DraftFile], filing_id: str | None) -> None:
    """Write down what is to be removed with files of a draft, except what was named by a paper that was sent."""
    claims = [ClaimCheck.model_validate_json(file.claim) for file in files if file.claim is not None]
    named = _named(step.tx, filing_id) if claims and filing_id is not None else frozenset[str]()
    for claim in claims:
        if claim.object_key not in named:
            step.tx[ClaimRemovals].add(ClaimRemoval(claim.object_key, parts_of(claim), number, step.now))


def _named(tx: Transaction, filing_id: str) -> frozenset[str]:
    sent = [one for one in tx[Documents].of_conversation(filing_id) if one.kind in (Filing.KIND, FilingSupplement.KIND)]
    claims = [material.claim for one in sent for material in _application(one).materials]
    return frozenset(claim.object_key for claim in claims if claim is not None)


def _application(one: StoredDocument) -> Application:
    if one.kind == Filing.KIND:
        return parse_body(Filing, payload_of(one.signed)).application
    return parse_body(FilingSupplement, payload_of(one.signed)).application


def remove_due(node: Node, claims: Callable[[], ClaimStore]) -> int:
    """Remove what is to be removed; returns how many files that were. What fails is tried again, with patience."""
    with node.store.reading() as tx:
        due = tx[ClaimRemovals].due(node.clock.now(), _AT_ONCE)
    if not due:
        return 0
    store = claims()

    def do(row: ClaimRemoval) -> None:
        remove(row.object_key, row.parts, store)
        with node.step() as step:
            step.tx[ClaimRemovals].done(row.object_key)
            step.note("ciphertext-removed", None, None, filing=row.number or None)

    items = [(hashlib.sha256(row.object_key.encode()).hexdigest()[:32], row) for row in due]
    return len(each_alone(node, WORK, items, do, all_of_them=False))
