"""Alerts on record, and what of them is still to be told; kept in the console's own database.

At most one alert of a key stands at a time (a unique index), so that two consoles tell nothing twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, func, insert, select, update

from exchange.operations.troubles.kinds import Alert, AlertEvent, AlertKind, Change, Severity, patience
from exchange.operations.troubles.tables import STANDING, alert, alert_delivery

LEASE = timedelta(minutes=2)
"""How long whoever took a delivery in hand has for it, before it is due again."""

_a, _d = alert.c, alert_delivery.c
_TROUBLED = (_d.next_at.is_not(None), _d.last_error.is_not(None), _d.last_error != "")


@dataclass(frozen=True)
class AlertRow:
    """An alert on record."""

    id: int
    alert: Alert
    raised_at: datetime
    over_at: datetime | None


@dataclass(frozen=True)
class DueDelivery:
    """One event of an alert that one channel is to be told of."""

    id: int
    event: AlertEvent
    channel: str
    attempts: int
    row: AlertRow


class Alerts:
    """Alerts and their deliveries within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def keys(self) -> frozenset[str]:
        """Return the keys of all alerts that stand."""
        return frozenset(self._db.scalars(select(_a.key).where(STANDING)))

    def record(self, changed: Change, channels: Sequence[str], now: datetime, due: datetime) -> None:
        """Record what begins and what ends, and plan to tell every channel. Raises Conflict if it was recorded
        meanwhile. ``now`` is the domain's time, ``due`` when it is told; what is over by then is not told.
        """
        for one in changed.raised:
            values = {name: getattr(one, name) for name in ("key", "kind", "severity", "subject", "page")}
            text = {"chinese": one.chinese, "english": one.english}
            adding = insert(alert).values(**values, **text, raised_at=now).returning(_a.id)
            self._plan(self._db.execute(adding).scalar_one(), AlertEvent.RAISED, channels, due)
        for key in changed.over:
            number = self._db.scalar(select(_a.id).where(STANDING, _a.key == key))
            if number is not None:
                self._db.execute(update(alert).where(_a.id == number).values(over_at=now))
                untold = self._untold(number)
                self._plan(number, AlertEvent.OVER, [name for name in channels if name not in untold], due)
        if changed.quiet:
            self._db.execute(update(alert).where(STANDING, _a.key.in_(changed.quiet)).values(over_at=now))

    def standing(self) -> list[AlertRow]:
        """Return all alerts that stand, the newest first."""
        return self._rows(select(alert).where(STANDING).order_by(_a.id.desc()))

    def counts(self) -> dict[AlertKind, int]:
        """Return how many alerts of each kind stand."""
        found = self._db.execute(select(_a.kind, func.count()).where(STANDING).group_by(_a.kind))
        return {AlertKind(kind): int(number) for kind, number in found}

    def past(self, limit: int = 50) -> list[AlertRow]:
        """Return alerts that are over, the newest first."""
        return self._rows(select(alert).where(~STANDING).order_by(_a.id.desc()).limit(limit))

    def owed(self, real: datetime) -> list[str]:
        """Return the channels to which something is due."""
        return list(self._db.scalars(select(_d.channel).where(_d.next_at <= real).distinct()))

    def take_together(self, real: datetime, channel: str, limit: int = 500) -> list[DueDelivery]:
        """Take what is due first to a channel, and all else that is due to it of the same event, kind and severity.

        Taken in hand for `LEASE`: told now, or due again after it.
        """
        of_alert = select(_d.id, _d.event, _a.kind, _a.severity).join(alert, _a.id == _d.alert_id)
        due = of_alert.where(_d.next_at <= real, _d.channel == channel).order_by(_d.next_at, _d.id)
        first = self._db.execute(due.limit(1)).first()
        if first is None:
            return []
        same = (_d.event == first.event, _a.kind == first.kind, _a.severity == first.severity)
        ids = [row.id for row in self._db.execute(due.where(*same).limit(limit))]
        return self._take(select(alert_delivery).where(_d.id.in_(ids)).order_by(_d.id), real)

    def _take(self, query: Select[Any], real: datetime) -> list[DueDelivery]:
        due = self._db.execute(query).all()
        found: list[DueDelivery] = []
        for row in due:
            self._db.execute(update(alert_delivery).where(_d.id == row.id).values(next_at=real + LEASE))
            about = self._rows(select(alert).where(_a.id == row.alert_id))
            found += [DueDelivery(row.id, row.event, row.channel, row.attempts, one) for one in about]
        return found

    def told(self, id: int, real: datetime) -> None:
        """Record that a channel has taken a delivery."""
        self._db.execute(
            update(alert_delivery).where(_d.id == id).values(sent_at=real, next_at=None, attempts=_d.attempts + 1)
        )

    def failed(self, id: int, attempts: int, reason: str, real: datetime) -> None:
        """Record that a channel has not taken a delivery: it is tried again after `patience`, and abandoned at last."""
        wait = patience(attempts + 1)
        self._db.execute(
            update(alert_delivery)
            .where(_d.id == id)
            .values(next_at=None if wait is None else real + wait, attempts=attempts + 1, last_error=reason[:500])
        )

    def troubles(self) -> list[tuple[str, int, str]]:
        """Return all deliveries that have failed and are still to be made: channel, attempts, last reason."""
        query = select(_d.channel, _d.attempts, _d.last_error).where(*_TROUBLED).order_by(_d.next_at, _d.id)
        return [(row.channel, row.attempts, row.last_error) for row in self._db.execute(query)]

    def troubled(self) -> int:
        """Return how many deliveries have failed and are still to be made."""
        return self._db.scalar(select(func.count()).select_from(alert_delivery).where(*_TROUBLED)) or 0

    def _untold(self, number: int) -> set[str]:
        """Channels that were not told yet that it began, and are not told any more."""
        pending = (_d.alert_id == number, _d.event == AlertEvent.RAISED, _d.attempts == 0, _d.next_at.is_not(None))
        names = set(self._db.scalars(select(_d.channel).where(*pending)))
        if names:
            self._db.execute(update(alert_delivery).where(*pending).values(next_at=None))
        return names

    def _plan(self, number: int, event: AlertEvent, channels: Sequence[str], due: datetime) -> None:
        rows = [
            {"alert_id": number, "event": event, "channel": channel, "attempts": 0, "next_at": due}
            for channel in channels
        ]
        if rows:
            self._db.execute(insert(alert_delivery), rows)

    def _rows(self, query: Select[Any]) -> list[AlertRow]:
        return [_row(row) for row in self._db.execute(query)]


def _row(row: Row[Any]) -> AlertRow:
    about = Alert(AlertKind(row.kind), row.subject, Severity(row.severity), row.chinese, row.english, row.page)
    return AlertRow(row.id, about, row.raised_at, row.over_at)
