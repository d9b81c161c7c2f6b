"""Breakers on record: written by the process that serves a member, read by people, and closed by their word."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, Row, insert, select, update

from exchange.messaging.quotas.tables import sender_breaker
from exchange.messaging.rules.breaker import BREAKERS, Breach, BreakerState

_c = sender_breaker.c
_OPEN = _c.state != BreakerState.CLOSED
BY_ITSELF = "by itself"


@dataclass(frozen=True, slots=True)
class BreakerRow:
    """One account's breaker at one member, as it opened last. Moments are of real time."""

    source: str
    """The account that brought the messages; of what the relay office brings, who is named as their sender."""
    state: BreakerState
    breach: Breach
    opened_at: datetime
    until_at: datetime
    """Until when nothing of it is opened."""
    times: int
    shed: int
    """Messages that were kept out since it opened."""
    closed_at: datetime | None = None
    closed_by: str | None = None


class Breakers:
    """The breakers of one member."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def standing(self) -> list[BreakerRow]:
        """Return those that are not closed, by the account's name."""
        return [_row(one) for one in self._db.execute(select(sender_breaker).where(_OPEN).order_by(_c.source))]

    def every(self, limit: int = 200) -> list[BreakerRow]:
        """Return breakers that ever opened, the latest first."""
        query = select(sender_breaker).order_by(_c.opened_at.desc(), _c.source).limit(limit)
        return [_row(one) for one in self._db.execute(query)]

    def keep(self, row: BreakerRow) -> None:
        """Write a breaker as it is now."""
        values = asdict(row)
        found = self._db.execute(update(sender_breaker).where(_c.source == row.source).values(values))
        if not found.rowcount:
            self._db.execute(insert(sender_breaker).values(values))

    def close(self, source: str, by: str, now: datetime) -> bool:
        """Close a breaker by somebody's word; its member opens again within seconds. False where none stands."""
        BREAKERS.check(BREAKERS.before(BreakerState.CLOSED), BreakerState.CLOSED)
        closing = update(sender_breaker).where(_c.source == source, _OPEN)
        done = self._db.execute(closing.values(state=BreakerState.CLOSED, closed_at=now, closed_by=by))
        return done.rowcount == 1


def _row(row: Row[tuple[object, ...]]) -> BreakerRow:
    return BreakerRow(**row._mapping)
