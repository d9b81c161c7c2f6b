"""Notices as a member has them; at a relay office with its own authorities and the levels below."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, literal, select, tuple_, update

from exchange.messaging.tables import document
from exchange.notices.records import BranchRow, NoticeRow, ReaderRow
from exchange.notices.rules.states import NOTICES, READERS, NoticeSeat, NoticeState
from exchange.notices.tables import collection, notice, notice_branch, notice_copy, notice_reader
from exchange.paging import Place
from exchange.store.bulk import adding
from exchange.store.keyset import after_place, before_place
from exchange.store.statements import move, values_of

_n, _d, _r, _b, _f = notice.c, document.c, notice_reader.c, notice_branch.c, notice_copy.c
_ROWS = select(*(_n[field.name] for field in fields(NoticeRow)))
_READERS = select(*(_r[field.name] for field in fields(ReaderRow)))
_BRANCHES = select(*(_b[field.name] for field in fields(BranchRow)))
_ONE = _ROWS.where(_n.notice_id == bindparam("id"))
_REPLACING = _ROWS.where(_n.replaces == bindparam("id"), _n.origin == bindparam("origin")).limit(1)
_BY_FORWARDING = _ROWS.where(_n.forwarding_id.in_(bindparam("ids", expanding=True)))
_BY_COPY = (
    select(_f.message_id, *(_n[field.name] for field in fields(NoticeRow)))
    .join_from(notice_copy, notice, _f.notice_id == _n.notice_id)
    .where(_f.message_id.in_(bindparam("ids", expanding=True)))
)
_CHANGED = _ROWS.where(_n.changed, _n.seat == NoticeSeat.RELAY).order_by(_n.received_at).limit(bindparam("most"))
_ADD = adding(notice, *(field.name for field in fields(NoticeRow)))
_ADD_READERS = adding(notice_reader, *(field.name for field in fields(ReaderRow)))
_ADD_BRANCHES = adding(notice_branch, *(field.name for field in fields(BranchRow)))

_ADD_COPIES = adding(notice_copy, "message_id", "notice_id")
_c = collection.c
_TO_ANSWER = select(_c.answer_by, _c.notice_id).where(_c.answer_by.is_not(None)).order_by(_c.answer_by, _c.notice_id)
_SOME = _ROWS.where(_n.notice_id.in_(bindparam("ids", expanding=True)))
DayPlace = tuple[str, str]
"""A row's place in a list by days (ISO 8601): its day, and its id among those of the same day."""


class Notices:
    """Notices through the levels."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def add(
        self,
        row: NoticeRow,
        readers: Sequence[ReaderRow] = (),
        branches: Sequence[BranchRow] = (),
        further: Sequence[str] = (),
    ) -> None:
        """Add a notice.

        ``further``: messages that passed it on beside ``row.forwarding_id``, where one could not address all.
        """
        _ADD.run(self._db, [values_of(row)])
        _ADD_READERS.run(self._db, [values_of(reader) for reader in readers])
        _ADD_BRANCHES.run(self._db, [values_of(branch) for branch in branches])
        self.add_copies(row.notice_id, further)

    def add_copies(self, notice_id: str, further: Sequence[str]) -> None:
        """Add further messages that passed a notice on, known only once it had its cover."""
        _ADD_COPIES.run(self._db, [{"message_id": id, "notice_id": notice_id} for id in further])

    def get(self, notice_id: str) -> NoticeRow | None:
        row = self._db.execute(_ONE, {"id": notice_id}).first()
        return NoticeRow(*row) if row else None

    def replacing(self, notice_id: str, origin: str) -> NoticeRow | None:
        """Return the notice that its origin has put in another one's place, where that has come first."""
        row = self._db.execute(_REPLACING, {"id": notice_id, "origin": origin}).first()
        return NoticeRow(*row) if row else None

    def forwarded_by(self, message_ids: Collection[str]) -> dict[str, NoticeRow]:
        """Return the notices that these messages passed on, by message; each of several that passed one on finds it."""
        ids = {"ids": list(message_ids)}
        copies = {id: NoticeRow(*row) for id, *row in self._db.execute(_BY_COPY, ids)}
        return copies | {row.forwarding_id: NoticeRow(*row) for row in self._db.execute(_BY_FORWARDING, ids)}

    def changed(self, limit: int) -> list[NoticeRow]:
        """Return the notices at a relay office of which there is more to tell than the last tally did."""
        return [NoticeRow(*row) for row in self._db.execute(_CHANGED, {"most": limit})]

    def recent(self, limit: int = 100) -> list[NoticeRow]:
        """Return the latest notices, newest first."""
        query = _ROWS.order_by(_n.received_at.desc(), _n.notice_id.desc()).limit(limit)
        return [NoticeRow(*row) for row in self._db.execute(query)]

    def count(self) -> int:
        """Count the notices on record."""
        return self._db.scalar(select(func.count()).select_from(notice)) or 0

    def page(self, seat: NoticeSeat, state: NoticeState, after: Place | None, limit: int) -> list[NoticeRow]:
        """Return a page of the notices of one seat and state, oldest first, behind a place.

        For `exchange.paging.every`.
        """
        return [NoticeRow(*row) for row in self._db.execute(self._page(seat, state, after, limit))]

    @staticmethod
    def _page(seat: NoticeSeat, state: NoticeState, after: Place | None, limit: int) -> Select[Any]:
        query = _ROWS.where(_n.seat == seat, _n.state == state).order_by(_n.received_at, _n.notice_id).limit(limit)
        return query if after is None else query.where(after_place(_n.received_at, _n.notice_id, after))

    def by_day(self, seat: NoticeSeat, state: NoticeState, after: DayPlace | None, limit: int) -> list[NoticeRow]:
        """Return a page of the notices of one seat and state that name a day, the earliest first, behind a place."""
        query = _ROWS.where(_n.seat == seat, _n.state == state, _n.act_by.is_not(None))
        query = query.order_by(_n.act_by, _n.notice_id).limit(limit)
        if after is not None:
            query = query.where(tuple_(_n.act_by, _n.notice_id) > tuple_(literal(after[0]), literal(after[1])))
        return [NoticeRow(*row) for row in self._db.execute(query)]

    def undated(self, seat: NoticeSeat, state: NoticeState, after: Place | None, limit: int) -> list[NoticeRow]:
        """Return a page of those for information, which name no day; as `page`."""
        query = self._page(seat, state, after, limit).where(_n.act_by.is_(None))
        return [NoticeRow(*row) for row in self._db.execute(query)]

    def newest(self, seat: NoticeSeat, state: NoticeState, before: Place | None, limit: int) -> list[NoticeRow]:
        """Return a page of the notices of one seat and state, newest first, behind a place."""
        query = _ROWS.where(_n.seat == seat, _n.state == state)
        query = query.order_by(_n.received_at.desc(), _n.notice_id.desc()).limit(limit)
        if before is not None:
            query = query.where(before_place(_n.received_at, _n.notice_id, before))
        return [NoticeRow(*row) for row in self._db.execute(query)]

    def latest(
        self, kinds: Sequence[tuple[NoticeSeat, NoticeState]], before: Place | None, limit: int
    ) -> list[NoticeRow]:
        """Return a page of the notices of these seats and states, newest first, behind a place."""
        found = [row for seat, state in kinds for row in self.newest(seat, state, before, limit)]
        return sorted(found, key=lambda row: row.place, reverse=True)[:limit]

    def how_many(self, seat: NoticeSeat, state: NoticeState, most: int) -> int:
        """Count the notices of one seat and state, up to a number."""
        some = select(_n.notice_id).where(_n.seat == seat, _n.state == state).limit(most)
        return self._db.scalar(select(func.count()).select_from(some.subquery())) or 0

    def to_answer(self, after: DayPlace | None, limit: int) -> list[tuple[str, NoticeRow]]:
        """Return a page of the notices whose form this member is to answer, each with its day, the earliest first."""
        query = _TO_ANSWER.limit(limit)
        if after is not None:
            here = tuple_(_c.answer_by, _c.notice_id)
            query = query.where(here > tuple_(literal(after[0]), literal(after[1])))
        days = {id: day for day, id in self._db.execute(query)}
        rows = {row.notice_id: NoticeRow(*row) for row in self._db.execute(_SOME, {"ids": list(days)})}
        return [(day, rows[id]) for id, day in days.items()]

    def how_many_to_answer(self, most: int) -> int:
        """Count them, up to a number."""
        some = select(_c.notice_id).where(_c.answer_by.is_not(None)).limit(most)
        return self._db.scalar(select(func.count()).select_from(some.subquery())) or 0

    def move(self, notice_id: str, before: Collection[NoticeState], after: NoticeState, **values: Any) -> bool:
        """Change a notice by one guarded UPDATE; ``values`` are columns of NoticeRow.

        Returns True if this call moved it.
        """
        return move(self._db, notice, NOTICES, {"notice_id": notice_id}, before, after, values)

    def touch(self, notice_id: str) -> None:
        """Record that there is something new to tell."""
        self._db.execute(update(notice).where(_n.notice_id == notice_id).values(changed=True))

    def told(self, notice_id: str, serial: int) -> None:
        """Record that a tally with this number was sent."""
        self._db.execute(update(notice).where(_n.notice_id == notice_id).values(serial=serial, changed=False))

    def readers(self, notice_id: str) -> list[ReaderRow]:
        query = _READERS.where(_r.notice_id == notice_id).order_by(_r.address)
        return [ReaderRow(*row) for row in self._db.execute(query)]

    def reader(self, notice_id: str, address: str) -> ReaderRow | None:
        row = self._db.execute(_READERS.where(_r.notice_id == notice_id, _r.address == address)).first()
        return ReaderRow(*row) if row else None

    def set_reader(self, row: ReaderRow) -> None:
        here = (_r.notice_id == row.notice_id) & (_r.address == row.address)
        known = _r.state.in_(READERS.before(row.state) | {row.state})
        self._db.execute(update(notice_reader).where(here, known).values(values_of(row)))

    def branches(self, notice_id: str) -> list[BranchRow]:
        query = _BRANCHES.where(_b.notice_id == notice_id).order_by(_b.domain)
        return [BranchRow(*row) for row in self._db.execute(query)]

    def set_branch(self, row: BranchRow) -> bool:
        """Take in a tally; returns False if one as new is on record, or the level is none of this notice's."""
        older = (_b.notice_id == row.notice_id) & (_b.domain == row.domain) & (_b.serial < row.serial)
        return self._db.execute(update(notice_branch).where(older).values(values_of(row))).rowcount == 1
