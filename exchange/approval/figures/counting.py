"""A report counted from a window's record, page by page; read only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

from exchange.approval.figures.plain import PlainWays, after_of
from exchange.approval.figures.plain import date_of as _date
from exchange.approval.figures.records import CountedPart, DecidedRow, PlainCase, PlainParts
from exchange.approval.figures.store import FigureFacts, Ledgers
from exchange.approval.rules.after.paper import days_late, paper_state
from exchange.approval.rules.clock.dates import CaseLedgers, in_this_round, stood_still
from exchange.approval.rules.report.cases import DecidedCase
from exchange.approval.rules.report.duties import DutyFact, duty_fact
from exchange.approval.rules.report.groups import FigureKey, Report, month_of
from exchange.approval.rules.report.used import PartWay, days_used
from exchange.approval.rules.states import PartState
from exchange.approval.rules.stops import StoppedDays
from exchange.approval.window.deadlines import kept_matter
from exchange.clock import CST
from exchange.errors import CallerError
from exchange.messaging.checks import expect_window
from exchange.messaging.node import Node
from exchange.paging import pages
from exchange.schemas import LedgerEntry, Matter
from exchange.store.transaction import Transaction
from exchange.workdays import WorkingCalendar, end_of_day, working_days_between

_PAGE = 1_000
"""Rows read at once: memory does not grow with the cases, and what is asked for each page weighs little."""
_WEEK = timedelta(days=7)


def report(node: Node, first: date, last: date) -> Report:
    """Do what `report_of` does, at a window. Raises Denied where this is none."""
    expect_window(node)
    with node.store.reading() as tx:
        return report_of(tx, node.clock.now(), node.calendar, first, last)


def report_of(tx: Transaction, now: datetime, calendar: WorkingCalendar, first: date, last: date) -> Report:
    """Return the figures of some days: of what was put to departments, decided and filed on them.

    Withdrawn cases are left out; of one that was reopened the last round counts. Raises CallerError where there are no
    such days.
    """
    if first > last:
        raise CallerError("{first} comes after {last}", remedy="give the first day first", first=first, last=last)
    found = Report(first, last)
    for begin, end in _months(first, last):
        _count_filings(tx, found, begin, end)
        for since, until in _weeks(begin, end):
            _count_plain_duties(tx, now, calendar, found, since, until)
    since, until = _begin(first), end_of_day(last)
    _count_duties(tx, now, calendar, found, since, until)
    _count_plain_cases(tx, calendar, found, since, until)
    _count_cases(tx, calendar, found, since, until)
    return found


def _begin(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=CST)


def _months(first: date, last: date) -> Iterator[tuple[datetime, datetime]]:
    while first <= last:
        following = (first.replace(day=1) + timedelta(days=32)).replace(day=1)
        yield _begin(first), _begin(min(following, last + timedelta(days=1)))
        first = following


def _count_filings(tx: Transaction, found: Report, since: datetime, until: datetime) -> None:
    for matter, (filed, late) in tx[FigureFacts].filed_between(since, until).items():
        figures = found.cases[FigureKey(month_of(since), matter)]
        figures.filed += filed
        figures.told_late += late


def _weeks(since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Parts of a month: what is counted together there is read at once."""
    while since < until:
        yield since, min(since + _WEEK, until)
        since += _WEEK


def _count_plain_duties(
    tx: Transaction, now: datetime, calendar: WorkingCalendar, found: Report, since: datetime, until: datetime
) -> None:
    month = month_of(since)
    for one in tx[FigureFacts].plain_parts(since, until, now):
        found.duties[FigureKey(month, one.matter, one.department)].count(_fact(one, calendar), one.number)


def _fact(one: PlainParts, calendar: WorkingCalendar) -> DutyFact:
    days, paper, late = None, None, 0
    if one.began is not None and one.ended is not None:
        days = working_days_between(calendar, _date(one.began), _date(one.ended))[0]
    if one.paper_owed is not None and one.paper_reached is not None:
        paper = paper_state(came=bool(one.paper_came), late=bool(one.paper_late))
        late = days_late(paper, _date(one.paper_owed), _date(one.paper_reached), calendar)
    return DutyFact(
        one.state,
        answered=bool(one.answered),
        beyond=bool(one.beyond),
        over=bool(one.over),
        reminded=bool(one.reminded),
        deemed=bool(one.deemed),
        escalated=bool(one.escalated),
        corrected=bool(one.corrected),
        overruled=bool(one.overruled),
        days=days,
        paper=paper,
        days_late=late,
    )


def _count_duties(
    tx: Transaction, now: datetime, calendar: WorkingCalendar, found: Report, since: datetime, until: datetime
) -> None:
    """Count the parts whose terms have moved."""
    facts = tx[FigureFacts]
    for page in pages(lambda after, most: facts.put_between(since, until, after, most), lambda one: one.place, _PAGE):
        ledgers = facts.moved_terms([one.part for one in page])
        for one in page:
            part = one.part
            days = days_used(part, ledgers.get((part.case_number, part.department), ()), calendar)
            figures = found.duties[FigureKey(month_of(one.place[0]), one.matter, part.department)]
            figures.count(duty_fact(part, days, one.outcome, now, calendar))


def _count_plain_cases(
    tx: Transaction, calendar: WorkingCalendar, found: Report, since: datetime, until: datetime
) -> None:
    facts, ways = tx[FigureFacts], PlainWays(calendar)
    for page in pages(lambda after, most: facts.plain_cases(since, until, after, most), lambda one: one.place, _PAGE):
        for one in page:
            matter = kept_matter(tx, one.matter, one.matter_version)
            case = _case(one, matter, (), ways.of(one.parts, matter), one.consents)
            found.cases[FigureKey(month_of(one.decided_at), one.matter)].count(case, calendar)


def _count_cases(tx: Transaction, calendar: WorkingCalendar, found: Report, since: datetime, until: datetime) -> None:
    """Count the cases in which a term has moved."""
    facts = tx[FigureFacts]
    for page in pages(
        lambda after, most: facts.decided_between(since, until, after, most), lambda one: one.place, _PAGE
    ):
        numbers = [one.number for one in page]
        parts, own = facts.parts_of(numbers), facts.own_terms(numbers)
        ledgers = facts.moved_terms([part for some in parts.values() for part in some])
        for one in page:
            matter, moves = kept_matter(tx, one.matter, one.matter_version), own.get(one.number, ())
            case = _decided(one, matter, parts.get(one.number, ()), ledgers, moves, calendar)
            found.cases[FigureKey(month_of(one.decided_at), one.matter)].count(case, calendar)


def _decided(
    row: DecidedRow,
    matter: Matter,
    parts: Sequence[CountedPart],
    ledgers: Ledgers,
    own: Sequence[LedgerEntry],
    calendar: WorkingCalendar,
) -> DecidedCase:
    mine = {one.department: ledgers.get((one.case_number, one.department), ()) for one in parts}
    used = {one: days_used(one, mine[one.department], calendar) for one in parts}
    after = after_of(matter)
    ways = {
        one.department: PartWay(days, one.stage, after.get(one.department, ()))
        for one, days in used.items()
        if days is not None
    }
    stood = tuple(stood_still(CaseLedgers(in_this_round(row, own), mine), calendar))
    return _case(row, matter, stood, ways, sum(one.state is PartState.DEEMED for one in parts))


def _case(
    row: DecidedRow | PlainCase,
    matter: Matter,
    stood: tuple[StoppedDays, ...],
    ways: Mapping[str, PartWay],
    consents: int,
) -> DecidedCase:
    return DecidedCase(
        began=row.reopened_at or row.opened_at,
        decided_at=row.decided_at,
        statutory_days=matter.decision_days,
        stood=stood,
        ways=ways,
        consents=consents,
        overrun=row.overrun_at is not None,
        promised=matter.promised_days is not None,
        promise_over=row.promise_over_at is not None,
        unexplained=row.promise_over_at is not None and row.explained_at is None,
    )
