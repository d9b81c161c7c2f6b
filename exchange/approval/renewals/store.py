"""Renewals at a window; every transition one guarded UPDATE."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, select, update

from exchange.approval.renewals.records import RenewalRow
from exchange.approval.renewals.tables import TO_LOOK_AT, renewal
from exchange.approval.rules.renewal import RENEWALS, RenewalState
from exchange.store.bulk import adding
from exchange.store.statements import move, values_of

_r = renewal.c
_COLUMNS = [_r[field.name] for field in fields(RenewalRow)]
_ADD = adding(renewal, *(field.name for field in fields(RenewalRow)))
_ONE = select(*_COLUMNS).where(_r.portal == bindparam("portal"), _r.number == bindparam("number"))
_WAITING = select(*_COLUMNS).where(_r.licence == bindparam("of"), _r.state == RenewalState.WAITING).limit(1)
_DUE = (
    select(*_COLUMNS).where(TO_LOOK_AT, _r.look_at <= bindparam("now"))
    .order_by(_r.look_at, _r.portal, _r.number).limit(bindparam("most"))
)  # fmt: skip


class Renewals:
    """Renewals at a window."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def add(self, row: RenewalRow) -> None:
        """Add a renewal that was just asked for."""
        _ADD.run(self._db, [values_of(row)])

    def get(self, portal: str, number: str) -> RenewalRow | None:
        """Return the renewal that a filing asks for; None where it asks for none."""
        return self._one(_ONE, portal=portal, number=number)

    def waiting_for(self, licence: str) -> RenewalRow | None:
        """Return the renewal of a licence that is not decided."""
        return self._one(_WAITING, of=licence)

    def due(self, now: datetime, most: int) -> list[RenewalRow]:
        """Return renewals of licences that may be over, the longest over in front."""
        return [RenewalRow(*row) for row in self._db.execute(_DUE, {"now": now, "most": most})]

    def look_at(self, row: RenewalRow, at: datetime | None) -> None:
        """Have one that waits looked at then; None: not before something else has come."""
        here = (_r.portal == row.portal, _r.number == row.number, _r.state == RenewalState.WAITING)
        self._db.execute(update(renewal).where(*here).values(look_at=at))

    def settle(self, row: RenewalRow, after: RenewalState, now: datetime, **named: object) -> bool:
        """Settle one, if it still is in the state that it was read in; tells whether this call did."""
        key = {"portal": row.portal, "number": row.number}
        changed = {"settled_at": now, "look_at": None, **named}
        return move(self._db, renewal, RENEWALS, key, {row.state}, after, changed)

    def _one(self, query: Select[Any], **values: str) -> RenewalRow | None:
        row = self._db.execute(query, values).first()
        return RenewalRow(*row) if row else None
