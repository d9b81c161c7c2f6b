"""Dead letters as operators go through them: by cause, page by page, and out of the way by two people's word."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, Select, func, or_, select, update

from exchange.messaging.inbox import WITHOUT_BYTES, read_letter
from exchange.messaging.records import DeadCause, DeadLetter, Proposal
from exchange.messaging.tables import OPEN_LETTERS, dead_letter

_d = dead_letter.c
_CAUSES = (
    select(
        _d.reason_code, _d.stage, func.count().label("letters"), func.count(_d.proposed_at).label("proposed"),
        func.min(_d.first_at).label("first_at"), func.max(_d.last_at).label("last_at"),
    )
    .where(OPEN_LETTERS)
    .group_by(_d.reason_code, _d.stage)
    .order_by(func.count().desc(), _d.reason_code, _d.stage)
)  # fmt: skip


class DeadLetters:
    """Dead letters as operators go through them; open ones are those that nobody has discarded."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def causes(self) -> list[DeadCause]:
        """Open letters by reason and stage, the most numerous first."""
        return [DeadCause(**row._mapping) for row in self._db.execute(_CAUSES)]

    def ids(self, stage: str) -> list[str]:
        """Return the message ids of the open letters of a stage, each once; letters without an id are left out."""
        query = select(_d.message_id).where(OPEN_LETTERS, _d.stage == stage, _d.message_id.is_not(None)).distinct()
        return [str(id) for id in self._db.scalars(query)]

    def count(self, reason_code: str, stage: str | None = None) -> int:
        """Count the open letters of a cause."""
        query = select(func.count()).select_from(dead_letter).where(OPEN_LETTERS, _d.reason_code == reason_code)
        return self._db.scalar(query if stage is None else query.where(_d.stage == stage)) or 0

    def page(
        self, reason_code: str, stage: str | None = None, *, below: int | None = None, limit: int = 50
    ) -> list[DeadLetter]:
        """Open letters of a cause, newest first, those with a serial below ``below``."""
        query = _of(reason_code, stage).order_by(_d.id.desc()).limit(limit)
        return self._letters(query if below is None else query.where(_d.id < below))

    def batch(self, reason_code: str, stage: str | None, *, above: int, limit: int) -> list[DeadLetter]:
        """Open letters of a cause, oldest first, those with a serial above ``above``."""
        return self._letters(_of(reason_code, stage).where(_d.id > above).order_by(_d.id).limit(limit))

    def discarded(self, *, below: int | None = None, limit: int = 50) -> list[DeadLetter]:
        """Return discarded letters, newest first."""
        query = select(*WITHOUT_BYTES).where(_d.discarded_at.is_not(None)).order_by(_d.id.desc()).limit(limit)
        return self._letters(query if below is None else query.where(_d.id < below))

    def all(self, *, above: int, limit: int) -> list[DeadLetter]:
        """Return letters, discarded ones too, oldest first; for exports."""
        return self._letters(select(*WITHOUT_BYTES).where(_d.id > above).order_by(_d.id).limit(limit))

    def propose(self, serial: int, by: str, why: str, now: datetime, what: Proposal = Proposal.DISCARD) -> bool:
        """Mark an open letter as to be discarded or released; False if it is gone or proposed already."""
        found = self._db.execute(
            update(dead_letter)
            .where(_d.id == serial, OPEN_LETTERS, _d.proposed_by.is_(None))
            .values(proposed_by=by, proposed_why=why, proposed_at=now, proposal=what)
        )
        return found.rowcount == 1

    def withdraw(self, serial: int) -> bool:
        """Withdraw a proposal."""
        found = self._db.execute(
            update(dead_letter)
            .where(_d.id == serial, OPEN_LETTERS, _d.proposed_by.is_not(None))
            .values(proposed_by=None, proposed_why=None, proposed_at=None, proposal=None)
        )
        return found.rowcount == 1

    def discard(self, serial: int, by: str, now: datetime) -> bool:
        """Mark a proposed letter as discarded; False if it is gone, discarded, or not proposed."""
        found = self._db.execute(
            update(dead_letter)
            .where(_d.id == serial, OPEN_LETTERS, _d.proposed_by.is_not(None))
            .where(or_(_d.proposal.is_(None), _d.proposal == Proposal.DISCARD))
            .values(discarded_by=by, discarded_at=now)
        )
        return found.rowcount == 1

    def tried(self, serial: int, now: datetime) -> None:
        """Record that a letter was handled again, and failed again."""
        self._db.execute(update(dead_letter).where(_d.id == serial).values(last_at=now, attempts=_d.attempts + 1))

    def _letters(self, query: Select[tuple[object, ...]]) -> list[DeadLetter]:
        return [read_letter(row) for row in self._db.execute(query)]


def _of(reason_code: str, stage: str | None) -> Select[tuple[object, ...]]:
    query = select(*WITHOUT_BYTES).where(OPEN_LETTERS, _d.reason_code == reason_code)
    return query if stage is None else query.where(_d.stage == stage)
