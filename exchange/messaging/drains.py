"""Wishes to drain a member, in its own database: whoever serves it, or would, sees them there."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields
from typing import Any

from sqlalchemy import Column, Connection, Index, Integer, Table, insert, literal_column, select, update

from exchange.messaging.drain_records import DrainRow
from exchange.messaging.rules.drain_states import DRAINS, DrainState
from exchange.store.metadata import Serial, metadata
from exchange.store.types import FreeText, Instant, Word

drain = Table(
    "drain",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("state", Word(DrainState, 12), nullable=False),
    Column("asked_by", FreeText, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("reason", FreeText, nullable=False),
    Column("stopped_at", Instant),
    Column("unsent", Integer),
    Column("unanswered", Integer),
    Column("at_rest", Integer),
    Column("lifted_by", FreeText),
    Column("lifted_at", Instant),
)
_c = drain.c
_STANDS = _c.state != literal_column(f"'{DrainState.LIFTED}'")
Index("drain_standing", _c.state, unique=True, sqlite_where=_STANDS, postgresql_where=_STANDS)
_STANDING = select(*(_c[field.name] for field in fields(DrainRow))).where(_STANDS)


class Drains:
    """Wishes to drain this member; at most one stands."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def ask(self, row: DrainRow) -> bool:
        """False where one stands."""
        if self.standing() is not None:
            return False
        self._db.execute(insert(drain).values({field.name: getattr(row, field.name) for field in fields(DrainRow)}))
        return True

    def standing(self) -> DrainRow | None:
        """The one that is not lifted."""
        row = self._db.execute(_STANDING).first()
        return DrainRow(*row) if row else None

    def move(self, before: Collection[DrainState], after: DrainState, **values: Any) -> bool:
        """One guarded UPDATE of the one that stands; ``values`` are columns of DrainRow. True if this call moved it."""
        DRAINS.check(before, after)
        guard = (_STANDS, _c.state.in_(list(before)))
        return self._db.execute(update(drain).where(*guard).values(state=after, **values)).rowcount == 1
