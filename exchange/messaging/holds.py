"""Holds, and the copies that rest behind them.

A copy at rest stays where it is in the outbox and is due never; so no look for what is due goes past it. Parking and
releasing are each one transaction of a member's writers, which take turns: nothing rests behind a hold that is gone.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, func, insert, or_, select, update

from exchange.messaging.outbox import AT_REST
from exchange.messaging.outbox_statements import AT_ONCE
from exchange.messaging.rules.holding import NEVER_HELD, Hold
from exchange.messaging.tables import WAITING_COPIES, hold, outbox_copy, outbox_message

_h = hold.c
_c = outbox_copy.c
_m = outbox_message.c
_STANDS = _h.released_at.is_(None)
_COVERS = (or_(_h.addressee.is_(None), _h.addressee == _c.addressee)) & (or_(_h.kind.is_(None), _h.kind == _m.kind))
_MANY = 500
"""Copies named in one statement."""


class Holds:
    """What rests in this store's outbox."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def put(self, beginning: Hold) -> bool:
        """Begin a hold; False if one of this id is on record."""
        if self._db.scalar(select(_h.id).where(_h.id == beginning.id)) is not None:
            return False
        self._db.execute(insert(hold).values(**_values(beginning)))
        return True

    def release(self, id: str, by: str, now: datetime) -> bool:
        """End a hold; what it kept and no other keeps is due at once. False if it does not stand."""
        query = update(hold).where(_h.id == id, _STANDS).values(released_by=by, released_at=now)
        if not self._db.execute(query).rowcount:
            return False
        kept = (
            select(_c.id)
            .join(outbox_message, _m.message_id == _c.message_id)
            .where(WAITING_COPIES, _c.next_at == AT_REST)
            .where(~select(_h.id).where(_STANDS, _COVERS).correlate(outbox_copy, outbox_message).exists())
        )
        self._db.execute(update(outbox_copy).where(_c.id.in_(kept)).values(next_at=AT_ONCE))
        return True

    def standing(self) -> list[Hold]:
        """Return the holds in force, oldest first."""
        return self._holds(select(hold).where(_STANDS).order_by(_h.held_at, _h.id))

    def recent(self, limit: int = 100) -> list[Hold]:
        """Return the latest holds, newest first, released ones too."""
        return self._holds(select(hold).order_by(_h.held_at.desc(), _h.id).limit(limit))

    def since(self, moment: datetime) -> list[Hold]:
        """Return the holds in force at ``moment`` or later."""
        return self._holds(select(hold).where(or_(_STANDS, _h.released_at >= moment)).order_by(_h.held_at, _h.id))

    def park(self, ids: Sequence[int]) -> int:
        """Let these copies rest where a standing hold covers them; return how many rest."""
        covered = (
            select(_c.id)
            .join(outbox_message, _m.message_id == _c.message_id)
            .where(_m.kind.not_in(NEVER_HELD))
            .where(select(_h.id).where(_STANDS, _COVERS).correlate(outbox_copy, outbox_message).exists())
        )
        moved = 0
        for first in range(0, len(ids), _MANY):
            some = covered.where(_c.id.in_(list(ids[first : first + _MANY])))
            moved += self._db.execute(
                update(outbox_copy).where(_c.id.in_(some), WAITING_COPIES).values(next_at=AT_REST)
            ).rowcount
        return moved

    def resting(self) -> dict[tuple[str, str], int]:
        """Count the copies at rest, by addressee and kind."""
        query = (
            select(_c.addressee, _m.kind, func.count().label("copies"))
            .join(outbox_message, _m.message_id == _c.message_id)
            .where(WAITING_COPIES, _c.next_at == AT_REST)
            .group_by(_c.addressee, _m.kind)
        )
        return {(row.addressee, row.kind): row.copies for row in self._db.execute(query)}

    def _holds(self, query: Select[Any]) -> list[Hold]:
        return [_hold(row) for row in self._db.execute(query)]


def _hold(row: Row[Any]) -> Hold:
    return Hold(row.id, row.addressee, row.kind, row.reason, row.held_by, row.held_at, row.released_by, row.released_at)


def _values(hold: Hold) -> dict[str, Any]:
    return {
        "id": hold.id,
        "addressee": hold.addressee,
        "kind": hold.kind,
        "reason": hold.reason,
        "held_by": hold.held_by,
        "held_at": hold.held_at,
    }
