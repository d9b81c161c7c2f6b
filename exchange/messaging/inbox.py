"""The inbox: every message id of a sender recorded once, and the dead letters with their reasons."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    LargeBinary,
    Row,
    bindparam,
    delete,
    func,
    insert,
    literal,
    select,
    update,
)

from exchange.language import Text
from exchange.messaging.documents import FAULTY, document_row, keep
from exchange.messaging.records import DeadLetter, InboxEntry, Known, Proposal
from exchange.messaging.rules.arrival_time import Arrival
from exchange.messaging.rules.withholding import ARRIVED, EARLY, OPENED, TRANSIT
from exchange.messaging.tables import OPEN_LETTERS, PERHAPS_PROVED, STANDS_FOR_MORE, dead_letter, inbox
from exchange.store.bulk import adding
from exchange.store.types import printable

_c = inbox.c
_d = dead_letter.c

_no_bytes = literal(b"", LargeBinary).label("envelope")

# By id alone, which is all but unique: SQLite would go through the whole inbox for a list of pairs.
_THESE = _c.message_id.in_(bindparam("ids", expanding=True))
_KNOWN = select(_c.sender, _c.message_id, _c.digest, _c.receipt_id).where(_THESE)
_RETURNED = select(_c.message_id).where(_c.sender == bindparam("of"), _THESE, _c.accepted.is_(False))
LETTER_ID = 12
"""Of a dead letter's fingerprint, so many name it to people."""

_RECORD = adding(
    inbox, "sender", "message_id", "kind", "digest", "arrived_earliest", "arrived_latest", "arrival_source",
    "stamped_at", "earlier_copy", "receipt_id", "accepted", "reason", "recorded_at",
)  # fmt: skip
KEPT_OF_UNPROVED = 1024
"""Octets that are kept of what proves nobody: its header, mostly."""
MOST_UNPROVED = 10_000
"""Letters that prove nobody which are kept of a cause, one by one."""
MOST_WHOLE, MOST_WHOLE_OCTETS = 1_000, 67_108_864
"""Letters of a sender that are kept whole of a cause, and their octets together: of another certificate or version, of
a clock that is wrong, or waiting for people's word."""
_BY_SENDERS = (OPENED, ARRIVED, EARLY, TRANSIT)
"""At these stages letters are set aside for what their senders did; later ones failed on something of ours."""
_MORE_WHOLE = Text(
    "more of these came from this sender than are kept; it sends them again as long as it has no receipt"
)
_MORE = Text("more of these came by this account than are kept one by one; the number of attempts counts them")
WITHOUT_BYTES = [_no_bytes if column is _d.envelope else column for column in _d]
"""What lists go by: envelopes may be long, and few are looked into."""
_LETTERS_OF = select(*WITHOUT_BYTES).where(_d.digest.in_(bindparam("digests", expanding=True))).order_by(_d.id)
_UNHANDLED = (
    select(*WITHOUT_BYTES)
    .where(_d.sender == bindparam("sender"), _d.kind == bindparam("kind"), PERHAPS_PROVED)
    .where(~select(_c.id).where(_c.message_id == _d.message_id, _c.sender == _d.sender).exists())
    .order_by(_d.id)
)


class Inbox:
    """Message ids recorded once."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def known(self, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Known]:
        """Return what is on record of these (sender, message id) pairs."""
        if not keys:
            return {}
        wanted = set(keys)
        return {
            (row.sender, row.message_id): Known(row.digest, row.receipt_id)
            for row in self._db.execute(_KNOWN, {"ids": list({message_id for _, message_id in wanted})})
            if (row.sender, row.message_id) in wanted
        }

    def returned(self, sender: str, message_ids: Collection[str]) -> set[str]:
        """Return those of a sender's messages that went back to it: they are on record as proof of what came only."""
        return set(self._db.scalars(_RETURNED, {"of": sender, "ids": list(message_ids)})) if message_ids else set()

    def record(self, entries: Sequence[InboxEntry], now: datetime) -> None:
        """Insert the rows and their documents; a pair recorded before raises, which rolls the batch back."""
        if not entries:
            return
        _RECORD.run(self._db, [_row(entry, now) for entry in entries])
        documents = [
            document_row(entry.header, entry.signed, entry.digest, entry.enclosures, "received", now, entry.body)
            | ({} if entry.readable else {"kind": FAULTY})
            for entry in entries
        ]
        keep(self._db, documents)

    def counts(self) -> dict[str, int]:
        found = self._db.execute(select(_c.kind, func.count()).group_by(_c.kind)).all()
        counts = {str(kind): int(number) for kind, number in found}
        counts["dead"] = self._db.scalar(select(func.count()).select_from(dead_letter).where(OPEN_LETTERS)) or 0
        return counts

    def take(self, sender: str, message_id: str, now: datetime) -> bool:
        """Record that the department's own system acknowledged a message; True if this call did it."""
        taken = self._db.execute(
            update(inbox)
            .where(_c.sender == sender, _c.message_id == message_id, _c.taken_at.is_(None))
            .values(taken_at=now)
        )
        return taken.rowcount == 1

    def dead(self, letters: Sequence[DeadLetter], now: datetime) -> None:
        """Keep letters with their reasons; of what proves nobody so many a cause, and of the rest their number."""
        full = {code: self._is_full(code) for code in {one.reason_code for one in letters if one.unproved}}
        room = {(one.sender, one.reason_code): self._room(one) for one in letters if _is_bounded(one)}
        for letter in letters:
            if self._is_counted(letter, now):
                continue
            kept = _uncounted(letter) if letter.unproved and full[letter.reason_code] else letter
            if _is_bounded(letter):
                kept = room[letter.sender, letter.reason_code].taking(letter)
            if kept is letter or not self._is_counted(kept, now):
                self._db.execute(insert(dead_letter).values(**_dead_row(kept, _fingerprint(kept), now)))

    def _is_counted(self, letter: DeadLetter, now: datetime) -> bool:
        """Count a letter that is here already; False where it is not."""
        same = update(dead_letter).where(_d.fingerprint == _fingerprint(letter))
        return self._db.execute(same.values(last_at=now, attempts=_d.attempts + 1)).rowcount > 0

    def _is_full(self, reason_code: str) -> bool:
        some = select(_d.id).where(OPEN_LETTERS, _d.reason_code == reason_code, _d.unproved.is_(True))
        count = select(func.count()).select_from(some.limit(MOST_UNPROVED).subquery())
        return (self._db.scalar(count) or 0) >= MOST_UNPROVED

    def _room(self, letter: DeadLetter) -> _Room:
        """What may still be kept of a signer's letters of a cause."""
        some = select(_d.octets).where(
            _d.sender == letter.sender, PERHAPS_PROVED, _d.reason_code == letter.reason_code, ~STANDS_FOR_MORE
        )
        rows = some.limit(MOST_WHOLE).subquery()
        number, octets = self._db.execute(select(func.count(), func.coalesce(func.sum(rows.c.octets), 0))).one()
        return _Room(MOST_WHOLE - int(number), MOST_WHOLE_OCTETS - int(octets))

    def dead_letters(self, limit: int = 100) -> list[DeadLetter]:
        """Return dead letters, newest first; none that was discarded."""
        query = select(dead_letter).where(OPEN_LETTERS).order_by(_d.id.desc()).limit(limit)
        return [read_letter(row) for row in self._db.execute(query)]

    def letters_of(self, digests: Collection[str]) -> list[DeadLetter]:
        """Return the dead letters whose envelopes have these digests, oldest first, without their bytes."""
        if not digests:
            return []
        return [read_letter(row) for row in self._db.execute(_LETTERS_OF, {"digests": list(digests)})]

    def envelope_of(self, letter: DeadLetter) -> bytes:
        """Return the bytes that are kept of a letter."""
        return self._db.scalar(select(_d.envelope).where(_d.id == letter.serial)) or b""

    def unhandled(self, sender: str, kind: str) -> list[DeadLetter]:
        """Return dead letters that may be of this sender and kind and whose message is not on record, oldest first.

        None that was discarded, none that proves nobody, and all without their bytes (`envelope_of`).
        """
        return [read_letter(row) for row in self._db.execute(_UNHANDLED, {"sender": sender, "kind": kind})]

    def dead_letter(self, id: str) -> DeadLetter | None:
        """Return a letter by its id; its ``first_at`` is when these bytes were first set aside, whatever for."""
        if len(id) != LETTER_ID:
            return None
        # A range of the index; behind every hexadecimal digit comes "g".
        query = select(dead_letter).where(_d.fingerprint >= id, _d.fingerprint < id + "g")
        row = self._db.execute(query).first()
        if row is None:
            return None
        letter = read_letter(row)
        first_at: datetime = self._db.execute(select(func.min(_d.first_at)).where(*_same_bytes(letter))).scalar_one()
        return replace(letter, first_at=first_at)

    def revive(self, letter: DeadLetter) -> bool:
        """Delete a dead letter whose bytes have been taken in after all. True if this call did it."""
        return self._db.execute(delete(dead_letter).where(*_same_bytes(letter), OPEN_LETTERS)).rowcount > 0


def _is_bounded(letter: DeadLetter) -> bool:
    """Whether it is kept whole by its sender's doing; an honest one sends it again, as it has no receipt."""
    return letter.stage in _BY_SENDERS and letter.sender is not None and not letter.unproved


@dataclass
class _Room:
    """What may still be kept whole."""

    letters: int
    octets: int

    def taking(self, letter: DeadLetter) -> DeadLetter:
        """Return the letter while there is room for it, and one letter for all further ones of its kind beyond."""
        if self.letters <= 0 or letter.octets > self.octets:
            beyond = f"{letter.sender}\n{letter.kind}".encode()
            return replace(
                letter, reason=str(_MORE_WHOLE), envelope=beyond, kept_digest="", kept_octets=0, message_id=None
            )
        self.letters -= 1
        self.octets -= letter.octets
        return letter


def _row(entry: InboxEntry, now: datetime) -> dict[str, Any]:
    return {
        "sender": entry.header.sender,
        "message_id": entry.header.message_id,
        "kind": entry.header.kind,
        "digest": entry.digest,
        "arrived_earliest": entry.arrival.earliest,
        "arrived_latest": entry.arrival.latest,
        "arrival_source": entry.arrival.source,
        "stamped_at": entry.arrival.stamp,
        "earlier_copy": entry.arrival.earlier_copy or None,
        "receipt_id": entry.receipt_id,
        "accepted": entry.accepted,
        "reason": entry.reason,
        "recorded_at": now,
    }


def _uncounted(letter: DeadLetter) -> DeadLetter:
    """One letter for all of a queue, a cause and an account that are not kept by themselves."""
    account = (letter.account or "").encode()
    return replace(
        letter, reason=str(_MORE), envelope=account, kept_digest="", kept_octets=-1,
        message_id=None, sender=None, kind=None, arrival=None,
    )  # fmt: skip


def _same_bytes(letter: DeadLetter) -> tuple[ColumnElement[bool], ...]:
    """The letters of one message, whatever they were set aside for; by its id first, for which there is an index."""
    named = _d.message_id.is_(None) if letter.message_id is None else _d.message_id == letter.message_id
    return named, _d.digest == letter.digest


def _fingerprint(letter: DeadLetter) -> str:
    """The same bytes refused for the same reason are one dead letter, however often they come by the same account."""
    by = () if letter.account is None else (letter.account,)
    facts = "\n".join((letter.queue, letter.stage, letter.reason_code, *by)).encode()
    return hashlib.sha256(facts + b"\n" + letter.envelope).hexdigest()


def read_letter(row: Row[Any]) -> DeadLetter:
    """Read a dead letter from its row."""
    arrival = Arrival(row.arrived_earliest, row.arrived_latest, row.arrival_source) if row.arrived_earliest else None
    return DeadLetter(
        row.reason_code, row.reason, row.stage, row.queue, row.envelope,
        row.message_id, row.sender, row.kind, row.attempts, arrival,
        row.fingerprint[:LETTER_ID], row.first_at, row.last_at, row.id,
        row.proposed_by, row.proposed_at, row.proposed_why, row.discarded_by, row.discarded_at,
        _proposal(row), broker_user=row.broker_user, key_sender=row.key_sender,
        unproved=bool(row.unproved), kept_digest=row.digest or "",
        kept_octets=-1 if row.octets is None else row.octets,
    )  # fmt: skip


def _proposal(row: Row[Any]) -> Proposal | None:
    """What is proposed; proposals of releases that knew one kind of them name none."""
    return row.proposal or (Proposal.DISCARD if row.proposed_by is not None else None)


def _dead_row(letter: DeadLetter, fingerprint: str, now: datetime) -> dict[str, Any]:
    return {
        "fingerprint": fingerprint,
        "first_at": now,
        "last_at": now,
        "reason_code": letter.reason_code[:80],
        "reason": letter.reason,
        "stage": letter.stage,
        "queue": letter.queue,
        "envelope": letter.envelope[:KEPT_OF_UNPROVED] if letter.unproved else letter.envelope,
        "digest": letter.digest,
        "octets": letter.octets,
        "unproved": True if letter.unproved else None,
        "message_id": printable(letter.message_id[:200]) if letter.message_id else None,
        "sender": letter.sender,
        "kind": letter.kind,
        "attempts": letter.attempts,
        "arrived_earliest": letter.arrival and letter.arrival.earliest,
        "arrived_latest": letter.arrival and letter.arrival.latest,
        "arrival_source": letter.arrival and letter.arrival.source,
        "broker_user": printable(letter.broker_user) if letter.broker_user else None,
        "key_sender": printable(letter.key_sender) if letter.key_sender else None,
    }
