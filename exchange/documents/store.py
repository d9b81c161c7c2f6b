"""Requests as a member has them, at their origin and at who was asked; and to whom documents are put round."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, func, insert, select

from exchange.documents.records import RequestForward, RequestRow
from exchange.documents.rules.circulation import CIRCULATION, CirculationReader, CirculationState
from exchange.documents.rules.handling import HANDLINGS, DocumentHandling, HandlingState
from exchange.documents.rules.request_states import REQUESTS, RequestSeat, RequestState
from exchange.documents.tables import circulation, document_handling, request, request_forward
from exchange.page_key import Key
from exchange.paging import Place
from exchange.store.keyset import after_place, behind
from exchange.store.statements import move, values_of

_r, _f, _o, _h = request.c, request_forward.c, circulation.c, document_handling.c
_ROWS = select(*(_r[field.name] for field in fields(RequestRow)))
_ONE = _ROWS.where(_r.request_id == bindparam("id"))
_FORWARDS = (
    select(*(_f[field.name] for field in fields(RequestForward)))
    .where(_f.request_id == bindparam("id"))
    .order_by(_f.position)
)


class Requests:
    """Requests by their ids."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def open(self, row: RequestRow) -> bool:
        """Open the record of a request; returns False if one of this id is on record."""
        if self.get(row.request_id) is not None:
            return False
        path = json.dumps(row.path, ensure_ascii=False)
        self._db.execute(insert(request).values({**values_of(row), "path": path}))
        return True

    def get(self, request_id: str) -> RequestRow | None:
        row = self._db.execute(_ONE, {"id": request_id}).first()
        return _read(row) if row else None

    def forwards(self, request_id: str) -> list[RequestForward]:
        """Return how a request was passed on, in the order in which it became known here."""
        return [RequestForward(*row) for row in self._db.execute(_FORWARDS, {"id": request_id})]

    def pass_on(self, forward: RequestForward) -> bool:
        """Note that a request went further up; returns False if it is known that this authority passed it on."""
        known = self.forwards(forward.request_id)
        if forward.passed_by in {one.passed_by for one in known}:
            return False
        self._db.execute(insert(request_forward).values({**values_of(forward), "position": len(known)}))
        return True

    def move(
        self, request_id: str, before: Collection[RequestState], after: RequestState, **values: Any
    ) -> bool:  # fmt: skip
        """Change a request by one guarded UPDATE; ``values`` are columns of RequestRow.

        Returns True if this call moved it.
        """
        return move(self._db, request, REQUESTS, {"request_id": request_id}, before, after, values)

    def count(self) -> int:
        """Count the requests on record."""
        return self._db.scalar(select(func.count()).select_from(request)) or 0

    def recent(self, limit: int) -> list[RequestRow]:
        """Return the latest requests, newest first."""
        return self._list(_ROWS.order_by(_r.recorded_at.desc(), _r.request_id.desc()).limit(limit))

    def page(self, seat: RequestSeat, state: RequestState, after: Place | None, limit: int) -> list[RequestRow]:
        """Return a page of the requests of one seat and state, oldest first, behind a place.

        For `exchange.paging.every`.
        """
        query = _ROWS.where(_r.seat == seat, _r.state == state).order_by(_r.recorded_at, _r.request_id).limit(limit)
        return self._list(query if after is None else query.where(after_place(_r.recorded_at, _r.request_id, after)))

    def _list(self, query: Select[Any]) -> list[RequestRow]:
        return [_read(row) for row in self._db.execute(query)]


def _read(row: Row[Any]) -> RequestRow:
    values = dict(row._mapping)
    return RequestRow(**values | {"path": tuple(json.loads(values["path"]))})


class Circulations:
    """To whom received documents are put round within the authority, and who has read them."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def readers(self, sender: str, message_id: str) -> list[CirculationReader]:
        """Return the readers of a document, in the order in which it was put round."""
        query = select(*(_o[field.name] for field in fields(CirculationReader)))
        here = (_o.message_id == message_id, _o.sender == sender)
        return [CirculationReader(*row) for row in self._db.execute(query.where(*here).order_by(_o.position))]

    def put(self, sender: str, message_id: str, readers: Sequence[CirculationReader]) -> None:
        """Add readers behind those that are there."""
        first = len(self.readers(sender, message_id))
        here = {"sender": sender, "message_id": message_id}
        rows = [{**values_of(one), **here, "position": place} for place, one in enumerate(readers, first)]
        if rows:
            self._db.execute(insert(circulation), rows)

    def mark_read(self, sender: str, message_id: str, officer: str, at: datetime) -> bool:
        """Record that an officer has read it; False where that is recorded."""
        key = {"sender": sender, "message_id": message_id, "officer": officer}
        return move(
            self._db, circulation, CIRCULATION, key, {CirculationState.UNREAD}, CirculationState.READ, {"read_at": at}
        )


HANDLED = "handled"
"""The name of these rows in the key of a list that has others as well."""
_HANDLED = select(*(_h[field.name] for field in fields(DocumentHandling)))
_WITH_LETTER = _HANDLED.add_columns(_h.sender, _h.message_id)
_HANDLED_AMONG = _WITH_LETTER.where(
    _h.message_id.in_(bindparam("ids", expanding=True)), _h.handled_by == bindparam("by")
)  # fmt: skip


class Handlings:
    """What was done with documents: sent back, by whom and why, or filed."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def of(self, sender: str, message_id: str) -> list[DocumentHandling]:
        """Return what each authority has done with a document, the first one first."""
        here = (_h.message_id == message_id, _h.sender == sender)
        query = _HANDLED.where(*here).order_by(_h.handled_at, _h.handled_by)
        return [DocumentHandling(*row) for row in self._db.execute(query)]

    def get(self, sender: str, message_id: str, handled_by: str) -> DocumentHandling | None:
        """Return what one authority has done with a document; None where that is nothing."""
        return next((one for one in self.of(sender, message_id) if one.handled_by == handled_by), None)

    def among(
        self, letters: Collection[tuple[str, str]], handled_by: str
    ) -> dict[tuple[str, str], DocumentHandling]:  # fmt: skip
        """Return what one authority has done with these documents, by their senders and message ids."""
        rows = self._db.execute(_HANDLED_AMONG, {"ids": [id for _, id in letters], "by": handled_by}) if letters else ()
        found = {(row.sender, row.message_id): DocumentHandling(*row[:-2]) for row in rows}
        return {key: done for key, done in found.items() if key in set(letters)}

    def put(self, sender: str, message_id: str, done: DocumentHandling) -> bool:
        """Record what an authority has done; returns False if it has done something with this document already."""
        before = self.get(sender, message_id, done.handled_by)
        if before is not None and done.state not in HANDLINGS.table[before.state]:
            return False
        self._db.execute(insert(document_handling).values(sender=sender, message_id=message_id, **values_of(done)))
        return True

    def latest(self, state: HandlingState, before: Key | None, limit: int) -> list[tuple[str, str, DocumentHandling]]:
        """Return a page of what was brought to a state, the latest first, behind a place: sender, message id, what."""
        query = _WITH_LETTER.where(_h.state == state)
        if before is not None:
            query = query.where(behind(_h.handled_at, _h.message_id, before, HANDLED))
        rows = self._db.execute(query.order_by(_h.handled_at.desc(), _h.message_id.desc()).limit(limit))
        return [(row.sender, row.message_id, DocumentHandling(*row[:-2])) for row in rows]
