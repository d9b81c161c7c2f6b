"""Witnesses in a member's database: who holds heads of its log, which heads of others it holds itself, and disputes."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from exchange.audit.log.cosignatures import CosignedHead
from exchange.audit.log.growth import HeadStanding
from exchange.audit.log.heads import open_log_head
from exchange.errors import SenderError
from exchange.language import Text, noted
from exchange.messaging.log.tables import log_cosignature, log_dispute, log_held, log_witness
from exchange.messaging.tables import outbox_copy
from exchange.store.statements import values_of

_APART = timedelta(hours=1)
"""Between two cosignatures of one witness that are kept for good; the newest one is kept in any case."""
_LOOKED_AT = 400
"""Newest copies of the outbox in which a witness is looked for."""

_w, _c, _h, _d, _o = log_witness.c, log_cosignature.c, log_held.c, log_dispute.c, outbox_copy.c


_SAID = {
    HeadStanding.FORKED: noted(
        "{origin} has signed two histories of its log: {witness} holds a head over {held} entries, and the log that it"
        " shows now, with {shown} entries, does not begin with that one's"
    ),
    HeadStanding.SHORTER: noted(
        "{origin} shows a log of {shown} entries, and {witness} holds an earlier head over {held}: it was cut off, or"
        " an older database put back"
    ),
}


@dataclass(frozen=True)
class LogWitness:
    """Somebody who is shown the heads of this member's log."""

    address: str
    chosen_at: datetime
    size: int
    """Entries of the head that it holds, as far as it has said; 0 where it has said nothing yet."""
    offered_at: datetime | None
    """When it was first shown a head and has countersigned nothing new since; None where it has."""


@dataclass(frozen=True)
class KeptCosignature:
    """A cosignature as it is kept: another's over a head of this log, or the own one over a head of another's."""

    member: str
    """The witness; of one of its own, whose head it is."""
    size: int
    signed: bytes
    seen_at: datetime


@dataclass(frozen=True)
class LogDispute:
    """Two heads of one log that cannot both be; each as its own member signed it."""

    origin: str
    standing: HeadStanding
    witness: str
    """Who holds the first of them."""
    found_at: datetime
    held: bytes
    shown: bytes
    growth: bytes
    """What proves that the second one is of another history; empty where the two heads show it by themselves."""

    @property
    def text(self) -> Text:
        """Say it."""
        facts = {"origin": self.origin, "witness": self.witness, "held": _size(self.held), "shown": _size(self.shown)}
        return Text(_SAID[self.standing], facts)


def _size(head: bytes) -> int:
    """How many entries a kept head is over; 0 for one that is missing, or that somebody has made illegible."""
    try:
        return open_log_head(head).head.size
    except SenderError:
        return 0


class Witnesses:
    """All of it, within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def all(self) -> list[LogWitness]:
        """Return who is shown this member's heads, in the order in which they were chosen."""
        rows = self._db.execute(select(log_witness).order_by(_w.chosen_at, _w.address))
        return [LogWitness(row.address, row.chosen_at, row.size, row.offered_at) for row in rows]

    def recent_addressees(self) -> list[str]:
        """Return to whom something went lately, the latest first."""
        recent = select(_o.id, _o.addressee).order_by(_o.id.desc()).limit(_LOOKED_AT).subquery()
        latest = func.max(recent.c.id)
        query = select(recent.c.addressee).group_by(recent.c.addressee).order_by(latest.desc())
        return list(self._db.scalars(query))

    def choose(self, addresses: Iterable[str], now: datetime) -> None:
        """Have these be shown heads from now on."""
        for address in addresses:
            self._db.execute(insert(log_witness).values(values_of(LogWitness(address, now, 0, None))))

    def forget(self, addresses: Collection[str]) -> None:
        """Show these no heads any more; what they have countersigned is kept."""
        self._db.execute(delete(log_witness).where(_w.address.in_(addresses)))

    def offered(self, addresses: Collection[str], now: datetime) -> None:
        """Note since when these have not answered."""
        waits = update(log_witness).where(_w.address.in_(addresses), _w.offered_at.is_(None))
        self._db.execute(waits.values(offered_at=now))

    def holds(self, address: str, size: int, *, answered: bool) -> None:
        """Note which head a witness holds, and whether that answers what it was shown."""
        noted = {"size": size} | ({"offered_at": None} if answered else {})
        self._db.execute(update(log_witness).where(_w.address == address).values(noted))

    def hold_all(self, size: int) -> None:
        """Take it that every witness holds a head of so many entries, until it says otherwise."""
        self._db.execute(update(log_witness).values(size=size, offered_at=None))

    def add(self, cosigned: CosignedHead) -> None:
        """Keep a cosignature of this log; of those that come within an hour the first and the newest stay."""
        of = _c.witness == cosigned.body.witness
        query = select(_c.size, _c.seen_at).where(of).order_by(_c.size.desc()).limit(2)
        newest = self._db.execute(query).all()
        if newest and cosigned.head.head.size <= newest[0].size:
            return
        if len(newest) == 2 and newest[0].seen_at - newest[1].seen_at < _APART:
            self._db.execute(delete(log_cosignature).where(of, _c.size == newest[0].size))
        told = {"witness": cosigned.body.witness, "size": cosigned.head.head.size, "signed": cosigned.signed,
                "seen_at": cosigned.body.seen_at}  # fmt: skip
        self._db.execute(insert(log_cosignature).values(told))

    def cosignature(self, witness: str, size: int) -> KeptCosignature | None:
        """Return a witness's first cosignature over at least so many entries; where there is none, its newest."""
        of = select(log_cosignature).where(_c.witness == witness)
        covering = self._db.execute(of.where(_c.size >= size).order_by(_c.size).limit(1)).first()
        row = covering or self._db.execute(of.order_by(_c.size.desc()).limit(1)).first()
        return KeptCosignature(row.witness, row.size, row.signed, row.seen_at) if row is not None else None

    def witnessed_by(self) -> list[KeptCosignature]:
        """Return the newest cosignature of each who has countersigned this log."""
        newest = select(_c.witness, func.max(_c.size).label("size")).group_by(_c.witness).subquery()
        is_it = (_c.witness == newest.c.witness) & (_c.size == newest.c.size)
        rows = self._db.execute(select(log_cosignature).join(newest, is_it).order_by(_c.witness))
        return [KeptCosignature(row.witness, row.size, row.signed, row.seen_at) for row in rows]

    def held(self, origin: str) -> KeptCosignature | None:
        """Return the own cosignature over the newest head of another member's log that was seen."""
        row = self._db.execute(select(log_held).where(_h.origin == origin)).first()
        return KeptCosignature(row.origin, row.size, row.signed, row.seen_at) if row is not None else None

    def all_held(self) -> list[KeptCosignature]:
        """Return the own cosignature over the newest head of each log that is witnessed here."""
        rows = self._db.execute(select(log_held).order_by(_h.origin))
        return [KeptCosignature(row.origin, row.size, row.signed, row.seen_at) for row in rows]

    def hold(self, origin: str, size: int, signed: bytes, now: datetime) -> None:
        """Hold a head of another member's log, in place of the one before."""
        told = {"size": size, "signed": signed, "seen_at": now}
        if not self._db.execute(update(log_held).where(_h.origin == origin).values(told)).rowcount:
            self._db.execute(insert(log_held).values(origin=origin, **told))

    def dispute(self, found: LogDispute) -> bool:
        """Keep two heads that contradict each other; False where such a dispute is kept already."""
        here = (_d.origin == found.origin, _d.standing == found.standing, _d.witness == found.witness)
        if self._db.scalar(select(func.count()).select_from(log_dispute).where(*here, _d.settled_at.is_(None))):
            return False
        self._db.execute(insert(log_dispute).values(values_of(found)))
        return True

    def disputes(self) -> list[LogDispute]:
        """Return the disputes that stand, the first found first."""
        stand = select(log_dispute).where(_d.settled_at.is_(None))
        return [_dispute(row) for row in self._db.execute(stand.order_by(_d.found_at, _d.origin, _d.standing))]

    def settle(self, origin: str, now: datetime, *, own: bool) -> int:
        """Let the disputes about a log rest; returns how many there were. What is kept of them stays.

        Of another member's log the next head that is shown is held, of the ``own`` one witnesses are shown the next
        head as if it were the first.
        """
        stand = update(log_dispute).where(_d.origin == origin, _d.settled_at.is_(None))
        if own:
            self.hold_all(0)
        else:
            self._db.execute(delete(log_held).where(_h.origin == origin))
        return self._db.execute(stand.values(settled_at=now)).rowcount

    def lag(self, now: datetime) -> timedelta:
        """Return for how long nobody has answered a head of this log; nothing where somebody has answered all."""
        since = [one.offered_at for one in self.all()]
        waits = [one for one in since if one is not None]
        return max(timedelta(), now - max(waits)) if waits and len(waits) == len(since) else timedelta()


def _dispute(row: Row[Any]) -> LogDispute:
    return LogDispute(row.origin, row.standing, row.witness, row.found_at, row.held, row.shown, row.growth)
