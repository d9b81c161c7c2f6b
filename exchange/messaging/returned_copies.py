"""Copies that their addressee has sent back, as a list is read: the latest first, page by page."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection

from exchange.messaging.outbox_statements import VIEWS
from exchange.messaging.records import OutboxView
from exchange.messaging.tables import RETURNED_COPIES, outbox_copy, outbox_message
from exchange.page_key import Key
from exchange.store.keyset import behind

COPIES = "copy"
"""The name of these rows in the key of a list that has others as well."""
_c, _m = outbox_copy.c, outbox_message.c
_NEWEST = VIEWS.order_by(None).where(RETURNED_COPIES).order_by(_c.returned_at.desc(), _c.id.desc())


class ReturnedCopies:
    """What came back, within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def page(self, kinds: Collection[str], before: Key | None, limit: int) -> list[tuple[int, OutboxView]]:
        """Return a page of those of messages of these kinds, behind a place; each with its number."""
        query = _NEWEST.add_columns(_c.id).where(_m.kind.in_(kinds)).limit(limit)
        if before is not None:
            query = query.where(behind(_c.returned_at, _c.id, before, COPIES))
        return [(number, OutboxView(*view)) for *view, number in self._db.execute(query)]
