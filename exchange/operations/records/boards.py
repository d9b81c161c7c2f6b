"""Cases, terms and notices as boards list them; what is counted is what is open, not what is kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, Connection, case, exists, func, literal, literal_column, select, tuple_, type_coerce

from exchange.approval.monitor.records import WatchRow
from exchange.approval.monitor.store import watch_of
from exchange.approval.monitor.tables import reminder, watch
from exchange.approval.rules.standing import RECENT, SETTLED_COLUMNS, BoardColumn, states_of
from exchange.approval.rules.states import CaseState, PartState, WatchState
from exchange.approval.tables import case_file, part
from exchange.notices.records import NoticeRow
from exchange.notices.rules.states import NOT_SIGNED, NoticeSeat, NoticeState
from exchange.notices.tables import notice, notice_reader
from exchange.operations.records.lines import CaseLine, PartLine, UnsignedNotice
from exchange.page_key import Key
from exchange.schemas import SentReminder
from exchange.store.keyset import behind
from exchange.store.types import micros

_f, _p, _w, _n, _r = case_file.c, part.c, watch.c, notice.c, notice_reader.c
_CASE = select(*(_f[field.name] for field in fields(CaseLine) if field.name != "window"))
_PART = select(*(_p[field.name] for field in fields(PartLine) if field.name != "window"))
_NOTICE = select(*(_n[field.name] for field in fields(NoticeRow)))
_STARTED, _DUE = (type_coerce(column, BigInteger()) for column in (_p.started_at, _p.due_at))
_WATCHED = _w.state == literal_column(f"'{WatchState.RUNNING}'")
_UNSIGNED = _r.state.in_(NOT_SIGNED)
_NEVER = datetime.max.replace(tzinfo=UTC)


class Boards:
    """The half of `Search` that is about cases, terms and notices."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def cases(
        self,
        window: str,
        state: CaseState | None,
        until: datetime | None,
        after: Key | None,
        limit: int,
        holding: str = "",
    ) -> list[CaseLine]:
        """Return cases, newest first; with ``holding``, those whose number holds that text anywhere, upper and lower
        case alike.

        Such a text is looked for in an index of the numbers alone, so that cases that do not have it are not read.
        """
        order = (_f.opened_at.desc(), _f.number.desc())
        query = (select(_f.number) if holding else _CASE).order_by(*order).limit(limit)
        if holding:
            query = query.where(func.lower(_f.number).contains(holding.lower(), autoescape=True))
        if state is not None:
            query = query.where(_f.state == state)
        if after is not None:
            query = query.where(behind(_f.opened_at, _f.number, after, window))
        elif until is not None:
            query = query.where(_f.opened_at < until)
        if holding:
            query = _CASE.where(_f.number.in_(list(self._db.scalars(query)))).order_by(*order)
        return [CaseLine(window, *row) for row in self._db.execute(query)]

    def case(self, window: str, number: str) -> CaseLine | None:
        row = self._db.execute(_CASE.where(_f.number == number)).first()
        return CaseLine(window, *row) if row else None

    def consulted(self, department: str, numbers: Collection[str]) -> set[str]:
        """Return those of these cases in which a department is consulted."""
        query = select(_p.case_number).where(_p.case_number.in_(numbers), _p.department == department)
        return set(self._db.scalars(query)) if numbers else set()

    def parts(self, window: str, number: str) -> list[PartLine]:
        query = _PART.where(_p.case_number == number).order_by(_p.stage, _p.position)
        return [PartLine(window, *row) for row in self._db.execute(query)]

    def standings(self, now: datetime, departments: Collection[str]) -> dict[str, dict[BoardColumn, int]]:
        """Count the parts in each state, by department; of settled parts only these departments' recently due ones."""
        found: dict[str, dict[BoardColumn, int]] = defaultdict(dict)
        columns = [func.sum(case((condition, 1), else_=0)) for condition in _columns(now).values()]
        open_parts = _p.state.in_((PartState.ISSUED, PartState.SIGNED))
        for department, *numbers in self._db.execute(
            select(_p.department, *columns).where(open_parts).group_by(_p.department)
        ):
            found[department] |= {one: int(number) for one, number in zip(_columns(now), numbers, strict=True)}
        for standing, state in SETTLED_COLUMNS.items():
            lately = (_p.state == state, _p.department.in_(departments), _p.due_at >= now - RECENT)
            for department, number in self._db.execute(
                select(_p.department, func.count()).where(*lately).group_by(_p.department)
            ):
                found[department][standing] = number
        return dict(found)

    def standing(
        self, window: str, department: str, standing: BoardColumn, now: datetime, after: Key | None, limit: int
    ) -> list[PartLine]:
        """Return parts that may be in that state, the earliest due first; the caller tells apart those past a share of
        their term.
        """
        rows: list[PartLine] = []
        for state in states_of(standing):
            query = _PART.where(_p.state == state, _p.department == department)
            if standing in _columns(now):
                query = query.where(_columns(now)[standing])
            query = query.where(_range(standing, now)).order_by(_p.due_at, _p.case_number).limit(limit)
            if after is not None:
                query = query.where(_later(after, window, department, dated=standing is not BoardColumn.UNDATED))
            rows += [PartLine(window, *row) for row in self._db.execute(query)]
        return sorted(rows, key=lambda row: (row.due_at or _NEVER, row.case_number))[:limit]

    def due_between(self, since: datetime, until: datetime, after: Key | None, limit: int) -> list[WatchRow]:
        """Return running deadlines under watch, the earliest first."""
        keys = (_w.due_at, _w.case_number, _w.department)
        query = select(*keys).where(_WATCHED, _w.due_at >= since, _w.due_at < until).order_by(*keys).limit(limit)
        if after is not None:
            number, _, department = after.place.partition(" ")
            last = tuple_(literal(after.at, type_=_w.due_at.type), literal(number), literal(department))
            query = query.where(_w.due_at >= after.at, tuple_(*keys) > last)
        wanted = {(row.case_number, row.department) for row in self._db.execute(query)}
        numbers = {number for number, _ in wanted}
        rows = self._db.execute(select(watch).where(_w.case_number.in_(numbers))) if numbers else ()
        found = [watch_of(row) for row in rows if (row.case_number, row.department) in wanted]
        return sorted(found, key=lambda row: (row.due_at, row.deadline.case_number, row.deadline.department))

    def reminders(self, numbers: Collection[str]) -> dict[tuple[str, str], list[SentReminder]]:
        """Return the reminders sent in these cases, by case and department."""
        found: dict[tuple[str, str], list[SentReminder]] = defaultdict(list)
        query = select(reminder).where(reminder.c.case_number.in_(numbers)).order_by(reminder.c.at)
        for row in self._db.execute(query) if numbers else ():
            sent = SentReminder(message_id=row.message_id, stage=row.stage, at=row.at)
            found[row.case_number, row.department].append(sent)
        return found

    def unsigned_notices(self, limit: int, names: int) -> tuple[list[UnsignedNotice], int]:
        """Return the newest notices that authorities of a relay office's level have not signed for, each with at most
        ``names`` of their names, and how many such notices there are.
        """
        missing = exists().where(_r.notice_id == _n.notice_id, _UNSIGNED)
        query = _NOTICE.where(_n.seat == NoticeSeat.RELAY, _n.state == NoticeState.OPEN, missing)
        number = self._db.scalar(select(func.count()).select_from(query.subquery())) or 0
        rows = self._db.execute(query.order_by(_n.received_at.desc(), _n.notice_id.desc()).limit(limit)).all()
        return [self._unsigned(NoticeRow(*row), names) for row in rows], number

    def _unsigned(self, row: NoticeRow, names: int) -> UnsignedNotice:
        here = _r.notice_id == row.notice_id
        counts = select(func.count(), func.sum(case((_UNSIGNED, 1), else_=0))).where(here)
        authorities, missing = self._db.execute(counts).one()
        named = self._db.scalars(select(_r.address).where(here, _UNSIGNED).order_by(_r.address).limit(names))
        return UnsignedNotice(row, tuple(named), int(missing or 0), int(authorities))


def _columns(now: datetime) -> dict[BoardColumn, Any]:
    """The conditions of `standing_of`, for parts that are open."""
    at = literal(micros(now), BigInteger())
    passed, term = at - _STARTED, _DUE - _STARTED
    dated = at <= _DUE
    known = _STARTED.is_not(None)
    return {
        BoardColumn.UNDATED: _DUE.is_(None),
        BoardColumn.RUNNING: dated & (_STARTED.is_(None) | (passed * 2 < term)),
        BoardColumn.PAST_HALF: dated & known & (passed * 2 >= term) & (passed * 10 < term * 9),
        BoardColumn.PAST_MOST: dated & known & (passed * 2 >= term) & (passed * 10 >= term * 9),
        BoardColumn.OVERDUE: at > _DUE,
    }


def _range(standing: BoardColumn, now: datetime) -> Any:
    if standing is BoardColumn.UNDATED:
        return _p.due_at.is_(None)
    if standing is BoardColumn.OVERDUE:
        return _p.due_at < now
    if standing in SETTLED_COLUMNS:
        return _p.due_at >= now - RECENT
    return _p.due_at >= now


def _later(key: Key, window: str, department: str, *, dated: bool) -> Any:
    """Behind a key that names a case and a department: of one case the departments follow by name."""
    number, _, other = key.place.partition(" ")
    at = literal(key.at, type_=_p.due_at.type)
    if window != key.store:
        if not dated:
            return literal(window > key.store)
        return _p.due_at >= at if window > key.store else _p.due_at > at
    here: Any = tuple_(_p.due_at, _p.case_number) if dated else _p.case_number
    there: Any = tuple_(at, literal(number)) if dated else literal(number)
    return here >= there if department > other else here > there
