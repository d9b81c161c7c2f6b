"""What a window's figures are counted from, page by page: memory does not grow with the number of cases."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from functools import reduce
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    String,
    case,
    cast,
    exists,
    func,
    literal,
    literal_column,
    select,
    tuple_,
    type_coerce,
)

from exchange.approval.clocks.tables import case_clock, case_ledger
from exchange.approval.figures.records import (
    FIELD_SIGN,
    PART_SIGN,
    AnswerCount,
    CountedPart,
    DecidedRow,
    PlainCase,
    PlainParts,
    PutPart,
    SpanCount,
)
from exchange.approval.filings.tables import filing
from exchange.approval.rules.clock.dates import GRANTS
from exchange.approval.rules.states import BY_SILENCE, CaseState, PartState
from exchange.approval.tables import case_file, ledger, part
from exchange.schemas import AcceptanceOutcome, LedgerEntry, Verdict
from exchange.store.keyset import after_place
from exchange.store.types import micros

_f, _p, _l, _k, _c, _g = case_file.c, part.c, ledger.c, case_ledger.c, case_clock.c, filing.c
_PART_COLUMNS = [_p[name] for name in CountedPart._fields]
_PART_WIDTH = len(_PART_COLUMNS)
_MOVED_PART = exists().where(_l.case_number == _p.case_number, _l.department == _p.department, _l.position > 0)
_MOVED_CASE = exists().where(_l.case_number == _f.number, _l.position > 0) | exists().where(_k.case_number == _f.number)
"""Whether a term was ever stopped, extended or begun again: then its days are counted by its ledger, row by row."""
_IS_DECIDED = func.coalesce(_f.state, _f.state) == CaseState.DECIDED
"""In words for which SQLite has no index: by their state it would go through all cases that were ever decided, and not
through those of a time."""
_PUT = (
    select(*_PART_COLUMNS, _f.matter, _f.outcome)
    .join(case_file, _f.number == _p.case_number)
    .where(_f.state != CaseState.WITHDRAWN, _MOVED_PART)
    .order_by(_p.issued_at, _p.case_number, _p.department)
)
_DECIDED_COLUMNS = [
    *(_f[name] for name in ("number", "state", "matter", "matter_version", "opened_at", "reopened_at", "decided_at")),
    *(_c[name] for name in ("overrun_at", "promise_over_at", "explained_at")),
]
_DECIDED = (
    select(*_DECIDED_COLUMNS)
    .outerjoin_from(case_file, case_clock, _c.case_number == _f.number)
    .where(_IS_DECIDED, _MOVED_CASE)
    .order_by(_f.decided_at, _f.number)
)
_LATE = (_g.outcome == AcceptanceOutcome.BY_LAW) | (_g.told_at > _g.tell_by)
_EIGHT_HOURS, _DAY_LONG, _ONE = (literal_column(digits, BigInteger) for digits in ("28800000000", "86400000000", "1"))
"""Microseconds; in words, so that what days are grouped by is one expression wherever it stands."""
_FIRST_DAY, _A_DAY = date(1970, 1, 1), timedelta(days=1)
Ledgers = Mapping[tuple[str, str], list[LedgerEntry]]


class FigureFacts:
    """What a window's figures are counted from."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def put_between(
        self, since: datetime, until: datetime, after: tuple[datetime, str, str] | None, limit: int
    ) -> list[PutPart]:
        """Return parts that were put to their departments in a time and whose terms have moved; not of withdrawn cases.

        For `exchange.paging.pages`.
        """
        query = _PUT.where(_p.issued_at >= since, _p.issued_at < until)
        if after is not None:
            place = (literal(after[0], type_=_p.issued_at.type), literal(after[1]), literal(after[2]))
            query = query.where(tuple_(_p.issued_at, _p.case_number, _p.department) > tuple_(*place))
        found = self._db.execute(query.limit(limit))
        return [PutPart(CountedPart(*row[:_PART_WIDTH]), *row[_PART_WIDTH:]) for row in found]

    def decided_between(
        self, since: datetime, until: datetime, after: tuple[datetime, str] | None, limit: int
    ) -> list[DecidedRow]:
        """Return cases that were decided in a time, and in which a term has moved.

        For `exchange.paging.pages`.
        """
        query = _DECIDED.where(_f.decided_at >= since, _f.decided_at < until)
        if after is not None:
            query = query.where(after_place(_f.decided_at, _f.number, after))
        return [DecidedRow(*row) for row in self._db.execute(query.limit(limit))]

    def plain_parts(self, since: datetime, until: datetime, now: datetime) -> list[PlainParts]:
        """Return how many parts that were put to their departments in a time count as the same, as far as no term has
        moved; those of withdrawn cases are left out.
        """
        each = _plain_parts(now).where(_p.issued_at >= since, _p.issued_at < until).subquery()
        query = select(*each.c, func.count()).group_by(*each.c)
        return [PlainParts._make(row) for row in self._db.execute(query)]

    def plain_cases(
        self, since: datetime, until: datetime, after: tuple[datetime, str] | None, limit: int
    ) -> list[PlainCase]:
        """Return cases that were decided in a time, and in which no term has moved.

        For `exchange.paging.pages`.
        """
        query = _PLAIN_CASES.where(_f.decided_at >= since, _f.decided_at < until)
        if after is not None:
            query = query.where(after_place(_f.decided_at, _f.number, after))
        return [PlainCase(*row) for row in self._db.execute(query.limit(limit))]

    def parts_of(self, numbers: Collection[str]) -> Mapping[str, list[CountedPart]]:
        """Return the parts of cases, by case."""
        found: dict[str, list[CountedPart]] = defaultdict(list)
        for row in self._db.execute(select(*_PART_COLUMNS).where(_p.case_number.in_(numbers))):
            found[row.case_number].append(CountedPart(*row))
        return found

    def moved_terms(self, parts: Collection[CountedPart]) -> Ledgers:
        """Return the ledgers of parts whose term was moved, of their present round; most have only begun."""
        firsts = {(one.case_number, one.department): one.ledger_from for one in parts}
        place = (_l.case_number, _l.department)
        other = ledger.alias()
        moved = exists().where(
            other.c.case_number == _l.case_number, other.c.department == _l.department, other.c.position > 0
        )
        query = select(*place, _l.position, _l.entry).where(_l.case_number.in_({one[0] for one in firsts}), moved)
        found: dict[tuple[str, str], list[LedgerEntry]] = defaultdict(list)
        for number, department, position, entry in self._db.execute(query.order_by(*place, _l.position)):
            if position >= firsts.get((number, department), 0):
                found[number, department].append(LedgerEntry.model_validate_json(entry))
        return found

    def own_terms(self, numbers: Collection[str]) -> Mapping[str, list[LedgerEntry]]:
        """Return the entries in the terms of whole cases, by case."""
        query = select(_k.case_number, _k.entry).where(_k.case_number.in_(numbers))
        found: dict[str, list[LedgerEntry]] = defaultdict(list)
        for number, entry in self._db.execute(query.order_by(_k.case_number, _k.position)):
            found[number].append(LedgerEntry.model_validate_json(entry))
        return found

    def filed_between(self, since: datetime, until: datetime) -> Mapping[str, tuple[int, int]]:
        """Return by matter how many filings were received, and of how many nothing was told in time."""
        late = func.coalesce(func.sum(func.cast(_LATE, _g.serial.type)), 0)
        query = select(_g.matter, func.count(), late).where(_g.received_at >= since, _g.received_at < until)
        return {matter: (int(filed), int(told)) for matter, filed, told in self._db.execute(query.group_by(_g.matter))}

    def spans_between(self, since: datetime, until: datetime) -> list[SpanCount]:
        """Return how many cases were decided in a time, by matter, first and last day; as many rows as there are days,
        and not cases.
        """
        began, decided = (
            _day(func.coalesce(_micros(_f.reopened_at), _micros(_f.opened_at))),
            _day(_micros(_f.decided_at)),
        )
        query = (
            select(_f.matter, began, decided, func.count(), func.sum(_one(_c.overrun_at.is_(None))))
            .outerjoin_from(case_file, case_clock, _c.case_number == _f.number)
            .where(_f.decided_at >= since, _f.decided_at < until, _IS_DECIDED)
            .group_by(_f.matter, began, decided)
        )
        return [
            SpanCount(matter, _FIRST_DAY + first * _A_DAY, _FIRST_DAY + last * _A_DAY, int(number), int(in_time))
            for matter, first, last, number, in_time in self._db.execute(query)
        ]

    def answers_between(self, since: datetime, until: datetime) -> list[AnswerCount]:
        """Return how departments have answered what was put to them in a time, those of withdrawn cases left out."""
        in_time = (_p.state == PartState.ANSWERED) & (_p.due_at.is_(None) | (_p.answered_at <= _p.due_at))
        query = (
            select(
                _f.matter, _p.department, func.count(),
                func.sum(_one(in_time)), func.sum(_one(_p.state == PartState.DEEMED)),
            )
            .join_from(part, case_file, _f.number == _p.case_number)
            .where(_p.issued_at >= since, _p.issued_at < until, _f.state != CaseState.WITHDRAWN)
            .group_by(_f.matter, _p.department)
            .order_by(_f.matter, _p.department)
        )  # fmt: skip
        return [AnswerCount(row[0], row[1], *map(int, row[2:])) for row in self._db.execute(query)]


def _one(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return case((condition, 1), else_=0)


def _micros(column: ColumnElement[Any]) -> ColumnElement[int]:
    return type_coerce(column, BigInteger)


def _day(micros: ColumnElement[int]) -> ColumnElement[int]:
    """The day of a moment in China, counted from 1970."""
    return (micros + _EIGHT_HOURS) // _DAY_LONG


def _after(micros: ColumnElement[int]) -> ColumnElement[int]:
    """The last day that had not ended before a moment: midnight is the 24:00 of the day before."""
    return _day(micros - _ONE)


def _ended() -> ColumnElement[Any]:
    """The day to which a part's department used its term: that of its answer, or the last of it."""
    return case(
        ((_p.state == PartState.ANSWERED) & _p.answered_at.is_not(None), _day(_micros(_p.answered_at))),
        (_p.state.in_(BY_SILENCE) & _p.due_at.is_not(None), _after(_micros(_p.due_at))),
    )


def _began() -> ColumnElement[Any]:
    return _day(func.coalesce(_micros(_p.started_at), _micros(_p.issued_at)))


def _plain_parts(now: datetime) -> Select[Any]:
    """Each part that has not moved as what it counts as; see `PlainParts`."""
    present = literal(micros(now), BigInteger)
    answered = case((_p.state == PartState.ANSWERED, _micros(_p.answered_at)), else_=_micros(_p.late_at))
    due, owed = _micros(_p.due_at), _micros(_p.paper_by)
    waits = _p.state.in_((PartState.ISSUED, PartState.SIGNED))
    objected = (_p.state == PartState.ANSWERED) & (_p.verdict == Verdict.DISAGREE)
    owes = (_p.state == PartState.DEEMED) & _p.paper_by.is_not(None)
    reached = func.coalesce(_micros(_p.late_at), present)
    return (
        select(
            _f.matter, _p.department, _p.state,
            _one(answered.is_not(None)).label("answered"),
            _one(answered > due).label("beyond"),
            _one((_p.state == PartState.ESCALATED) | (waits & (due <= present))).label("over"),
            _one(_p.reminded_at.is_not(None)).label("reminded"),
            _one(_p.deemed_at.is_not(None)).label("deemed"),
            _one(_p.escalated_at.is_not(None)).label("escalated"),
            _one(_p.faulty_id.is_not(None)).label("corrected"),
            _one(objected & _f.outcome.in_(GRANTS)).label("overruled"),
            _began().label("began"),
            _ended().label("ended"),
            case((owes, _after(owed))).label("paper_owed"),
            case((owes, _day(reached))).label("paper_reached"),
            _one(owes & _p.late_at.is_not(None)).label("paper_came"),
            _one(owes & (reached > owed)).label("paper_late"),
        )
        .join_from(part, case_file, _f.number == _p.case_number)
        .where(_f.state != CaseState.WITHDRAWN, ~_MOVED_PART)
    )  # fmt: skip


_SAID = (_p.department, cast(_p.stage, String), cast(_began(), String), cast(_ended(), String))
_WAYS = (
    select(func.aggregate_strings(reduce(lambda said, more: said + FIELD_SIGN + more, _SAID), PART_SIGN))
    .where(_p.case_number == _f.number, _began().is_not(None), _ended().is_not(None))
    .scalar_subquery()
)
_CONSENTS = (
    select(func.coalesce(func.sum(_one(_p.state == PartState.DEEMED)), 0))
    .where(_p.case_number == _f.number)
    .scalar_subquery()
)
_PLAIN_CASES = (
    select(
        *(_f[name] for name in ("number", "matter", "matter_version", "opened_at", "reopened_at", "decided_at")),
        *(_c[name] for name in ("overrun_at", "promise_over_at", "explained_at")),
        _WAYS,
        _CONSENTS,
    )
    .outerjoin_from(case_file, case_clock, _c.case_number == _f.number)
    .where(_IS_DECIDED, ~_MOVED_CASE)
    .order_by(_f.decided_at, _f.number)
)
