"""What rests on a revoked key: every document and receipt of its member on record since a day, at whoever holds it.

Nothing is undone by a revocation, since others have acted on what was signed. What it takes the ground from is named,
noted once in the holder's journal, and a case that rests on it is put before its lead for review.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from exchange.approval.window.store import Cases
from exchange.envelope.document import clear_header
from exchange.errors import ExchangeError, SenderError
from exchange.operations.domain_view import DomainView
from exchange.operations.revocation.store import HeldDocument, HeldDocuments
from exchange.store.journal import JournalEntry
from exchange.store.transaction import Transaction

RESTS = "rests-on-revoked"
"""The journal's event."""


class Ground(StrEnum):
    """What a revocation means for a document that was taken in before."""

    STANDS = "stands"
    """Signed before, and it arrived before."""
    DOUBTFUL = "doubtful"
    """Dated before, but it arrived afterwards, when anybody could have dated it so."""
    UNDONE = "undone"
    """Dated at the revocation or later: its signature counts no more."""


@dataclass(frozen=True)
class RestingRecord:
    """One document, or receipt, of the revoked member at one holder."""

    holder: str
    kind: str
    message_id: str
    case_number: str | None
    number: str | None
    """Of an official document."""
    signed_for: bool
    """The revoked member has signed for it; otherwise it has signed it."""
    signed_at: datetime
    recorded_at: datetime
    ground: Ground


@dataclass(frozen=True)
class Resting:
    """All that was found, and whose databases could not be read."""

    records: tuple[RestingRecord, ...]
    unread: tuple[tuple[str, ExchangeError], ...]


def ground_of(signed_at: datetime, arrived_at: datetime | None, recorded_at: datetime, revoked_at: datetime) -> Ground:
    """Return what a revocation from ``revoked_at`` on means for what was signed, and arrived, at these moments."""
    if signed_at >= revoked_at:
        return Ground.UNDONE
    return Ground.DOUBTFUL if (arrived_at or recorded_at) >= revoked_at else Ground.STANDS


def resting_on(view: DomainView, address: str, since: datetime, revoked_at: datetime) -> Resting:
    """Return what rests on a member's key since a moment, at all members whose databases are here."""
    records: list[RestingRecord] = []
    unread: list[tuple[str, ExchangeError]] = []
    for holder in view.profiles():
        if holder == address:
            continue
        try:
            with view.store(holder).reading() as tx:
                records += _at(tx, holder, address, since, revoked_at)
        except ExchangeError as error:
            unread.append((holder, error))
    return Resting(tuple(records), tuple(unread))


def mark(view: DomainView, found: Resting, by: str) -> int:
    """Note, once, at every holder what has lost its ground; returns how many cases their lead is to review.

    Raises DatabaseUnavailable.
    """
    reviews = 0
    for holder in {one.holder for one in found.records if one.ground is not Ground.STANDS}:
        lost = [one for one in found.records if one.holder == holder and one.ground is not Ground.STANDS]
        with view.store(holder).transaction() as tx:
            now, known = view.clock.now(), tx[HeldDocuments].noted(RESTS, [one.message_id for one in lost])
            fresh = [one for one in lost if one.message_id not in known]
            tx.journal([_entry(one, by, now) for one in fresh])
            for number, department in tx[HeldDocuments].parts_of([one.message_id for one in fresh]):
                part = tx[Cases].part(number, department)
                if part is not None:
                    reviews += tx[Cases].move_part(number, department, {part.state}, part.state, review_at=now)
    return reviews


def _at(tx: Transaction, holder: str, address: str, since: datetime, revoked_at: datetime) -> Iterator[RestingRecord]:
    both: tuple[tuple[bool, Sequence[HeldDocument]], ...] = (
        (False, tx[HeldDocuments].of_sender(address, since)),
        (True, tx[HeldDocuments].signed_for(address, since)),
    )
    for signed_for, documents in both:
        for one in documents:
            signed_at = _signed_at(one)
            ground = ground_of(signed_at, one.arrived_at, one.recorded_at, revoked_at)
            yield RestingRecord(
                holder, one.kind, one.message_id, one.case_number, one.number, signed_for, signed_at, one.recorded_at,
                ground,
            )  # fmt: skip


def _signed_at(one: HeldDocument) -> datetime:
    """When it says that it was signed; of what went back for a header that does not say it, when it was recorded."""
    try:
        return clear_header(one.signed).created_at
    except SenderError:
        return one.recorded_at


def _entry(one: RestingRecord, by: str, now: datetime) -> JournalEntry:
    detail = {"ground": one.ground.value, "kind": one.kind, "signed_for": one.signed_for, "by": by}
    return JournalEntry(now, RESTS, one.case_number, one.message_id, detail)
