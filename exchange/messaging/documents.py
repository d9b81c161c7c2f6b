"""Signed documents, sent and received, their bytes as they came."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, bindparam, func, select, update

from exchange.envelope.numbers import number_in, number_of
from exchange.messaging.records import StoredDocument
from exchange.messaging.tables import document
from exchange.schemas import Body, Header
from exchange.store.bulk import adding
from exchange.store.codec import join, split

_c = document.c
_DIRECTIONS = ("sent", "received")
FAULTY = "faulty"
"""The kind under which is kept what went back because nobody can read it as the kind that it says it is."""

_ADD = adding(
    document, "sender", "message_id", "direction", "conversation_id", "kind", "digest", "signed", "enclosures",
    "recorded_at", "number",
)  # fmt: skip
_FOUND = select(document).where(_c.message_id == bindparam("message")).order_by(_c.id)
_OF_CONVERSATION = select(document).where(_c.conversation_id == bindparam("conversation")).order_by(_c.id)
_OF_KIND = _OF_CONVERSATION.where(_c.kind == bindparam("of_kind"))
_NAMED = (
    select(_c.sender, _c.message_id)
    .where(_c.conversation_id == bindparam("conversation"), _c.kind == bindparam("of_kind"))
    .order_by(_c.id)
)
_SEVERAL = select(document).where(
    _c.sender == bindparam("sender"), _c.message_id.in_(bindparam("messages", expanding=True))
)
_ONE = select(document).where(_c.message_id == bindparam("message"), _c.sender == bindparam("sender")).limit(1)


class Documents:
    """Signed documents, sent and received."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection
        self._had: dict[tuple[str, str], StoredDocument] = {}
        """What was read in this transaction: documents are written once."""

    def get(self, sender: str, message_id: str) -> StoredDocument | None:
        found = self._had.get((sender, message_id))
        if found is None:
            row = self._db.execute(_ONE, {"message": message_id, "sender": sender}).first()
            if row is None:
                return None
            found = self._had[sender, message_id] = stored(row)
        return found

    def read_ahead(self, sender: str, message_ids: Iterable[str]) -> None:
        """Read several documents of one sender at once, for `get` to find: a server is asked once, and not for each."""
        wanted = [one for one in message_ids if (sender, one) not in self._had]
        if wanted:
            for row in self._db.execute(_SEVERAL, {"sender": sender, "messages": wanted}):
                self._had.setdefault((sender, row.message_id), stored(row))

    def find(self, message_id: str) -> list[StoredDocument]:
        """Find documents by message id alone (ids are unique only with their sender)."""
        return self._read(_FOUND, {"message": message_id})

    def of_conversation(self, conversation_id: str, kind: str | None = None) -> list[StoredDocument]:
        """Return the documents of a conversation, in the order recorded."""
        if kind is None:
            return self._read(_OF_CONVERSATION, {"conversation": conversation_id})
        return self._read(_OF_KIND, {"conversation": conversation_id, "of_kind": kind})

    def named(self, conversation_id: str, kind: str) -> list[tuple[str, str]]:
        """Return the senders and message ids of a conversation's documents of one kind, in the order recorded."""
        found = self._db.execute(_NAMED, {"conversation": conversation_id, "of_kind": kind})
        return [(row.sender, row.message_id) for row in found]

    def count(self, direction: str, kind: str) -> int:
        here = (_c.direction == direction, _c.kind == kind)
        return self._db.scalar(select(func.count()).select_from(document).where(*here)) or 0

    def recent(self, direction: str | None = None, kind: str | None = None, limit: int = 50) -> list[StoredDocument]:
        """Return the latest documents, newest first."""
        sides = _DIRECTIONS if direction is None else (direction,)
        rows = [row for side in sides for row in self._db.execute(_latest(side, kind, limit))]
        return [stored(row) for row in sorted(rows, key=lambda row: (row.recorded_at, row.id), reverse=True)[:limit]]

    def with_words(
        self, words: bytes, direction: str, kind: str, since: datetime, until: datetime
    ) -> Iterator[StoredDocument]:
        """Yield the documents of a kind in which these octets occur, recorded from one moment to another, in order.

        The database looks for them, so that of very many none but those is read.
        """
        here = (_c.direction == direction, _c.kind == kind, _c.recorded_at >= since, _c.recorded_at <= until)
        query = select(document).where(*here, self._holds(words)).order_by(_c.recorded_at, _c.id)
        for row in self._db.execute(query):
            yield stored(row)

    def _holds(self, words: bytes) -> ColumnElement[bool]:
        if self._db.dialect.name == "sqlite":
            return func.instr(_c.signed, words) > 0
        escaped = words.replace(b"\\", b"\\\\").replace(b"%", b"\\%").replace(b"_", b"\\_")
        return _c.signed.bool_op("LIKE")(b"%" + escaped + b"%")

    def drop_enclosures(self, sender: str, conversation_id: str) -> None:
        """Forget what travelled beside what a sender has signed in a conversation; what was signed stays."""
        here = (_c.conversation_id == conversation_id, _c.sender == sender)
        self._db.execute(update(document).where(*here).values(enclosures=join(())))
        self._had.clear()

    def _read(self, query: Select[Any], values: Mapping[str, str]) -> list[StoredDocument]:
        return [stored(row) for row in self._db.execute(query, values)]


def _latest(direction: str, kind: str | None, limit: int) -> Select[Any]:
    """In the order of the indexes: by another one SQLite would sort all documents of a kind for every look."""
    query = select(document).where(_c.direction == direction)
    query = query if kind is None else query.where(_c.kind == kind)
    return query.order_by(_c.recorded_at.desc(), _c.id.desc()).limit(limit)


def keep(connection: Connection, documents: Iterable[dict[str, Any]]) -> None:
    """Write documents, each a `document_row`."""
    _ADD.run(connection, documents)


def document_row(
    header: Header,
    signed: bytes,
    digest: str,
    enclosures: Sequence[bytes],
    direction: str,
    now: datetime,
    body: Body | None = None,
) -> dict[str, Any]:
    """Build the row of a document for the table; ``body`` spares reading ``signed`` again."""
    number = number_in(header.kind, signed, enclosures) if body is None else number_of(body, signed, enclosures)
    return {
        "sender": header.sender,
        "message_id": header.message_id,
        "direction": direction,
        "conversation_id": header.conversation_id,
        "kind": header.kind,
        "digest": digest,
        "signed": signed,
        "enclosures": join(enclosures),
        "recorded_at": now,
        "number": number,
    }


def stored(row: Row[Any]) -> StoredDocument:
    """Read a document from its row."""
    return StoredDocument(
        sender=row.sender,
        message_id=row.message_id,
        conversation_id=row.conversation_id,
        kind=row.kind,
        direction=row.direction,
        signed=row.signed,
        enclosures=split(row.enclosures),
        recorded_at=row.recorded_at,
    )
