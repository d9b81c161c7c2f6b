"""Wishes to drain a member, in its own database: whoever serves it, or would, sees them there."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields
from typing import Any

from sqlalchemy import Connection, insert, select, update

from exchange.messaging.drains.records import DrainRow
from exchange.messaging.rules.drain_states import DRAINS, DrainState
from exchange.messaging.tables import DRAINED, drain

_c = drain.c
_STANDING = select(*(_c[field.name] for field in fields(DrainRow))).where(DRAINED)


class Drains:
    """Wishes to drain this member; at most one stands."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def ask(self, row: DrainRow) -> bool:
        """Record a drain that is asked for. False where another one stands."""
        if self.standing() is not None:
            return False
        self._db.execute(insert(drain).values({field.name: getattr(row, field.name) for field in fields(DrainRow)}))
        return True

    def standing(self) -> DrainRow | None:
        """Return the drain that is not lifted, if there is one."""
        row = self._db.execute(_STANDING).first()
        return DrainRow(*row) if row else None

    def move(self, before: Collection[DrainState], after: DrainState, **values: Any) -> bool:
        """Move the standing drain by one guarded UPDATE; ``values`` are columns of DrainRow. True if this call did
        it.
        """
        DRAINS.check(before, after)
        guard = (DRAINED, _c.state.in_(list(before)))
        return self._db.execute(update(drain).where(*guard).values(state=after, **values)).rowcount == 1
