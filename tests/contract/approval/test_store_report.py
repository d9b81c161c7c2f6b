"""What a window's figures are counted from, on both databases, read in pages of any size."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from exchange.approval.clocks.store import CaseClocks
from exchange.approval.figures.counting import report_of
from exchange.approval.figures.records import AnswerCount, CountedPart, SpanCount
from exchange.approval.figures.store import FigureFacts
from exchange.approval.filings.records import FilingRow
from exchange.approval.filings.states import FilingState
from exchange.approval.filings.store import Filings
from exchange.approval.records import CaseRow, PartRow
from exchange.approval.rules.clock.dates import CaseLedgers, in_this_round, stood_still
from exchange.approval.rules.report.cases import DecidedCase
from exchange.approval.rules.report.duties import duty_fact
from exchange.approval.rules.report.groups import FigureKey, Report, month_of
from exchange.approval.rules.report.used import PartWay, days_used
from exchange.approval.rules.states import CaseState, PartState
from exchange.approval.window.deadlines import matter_key
from exchange.approval.window.store import Cases
from exchange.clock import CST
from exchange.paging import every
from exchange.schemas import (
    AcceptanceOutcome,
    Approver,
    DefaultMode,
    EntryKind,
    FilingChannel,
    Material,
    Matter,
    Verdict,
)
from exchange.store import Store
from exchange.store.compiled import CompiledConnection
from exchange.store.plans import Plan
from exchange.workdays import ChinaCalendar, end_of_day
from tests.contract.rows import NOW, PLANNING, TRANSPORT, case_row, ledger_entry, part_row

DAY = timedelta(days=1)
DECIDED: dict[str, Any] = {"state": CaseState.DECIDED, "outcome": "grant"}


def put(number: str, at: datetime, **case: Any) -> Any:
    """A case whose two departments were asked at a moment."""
    issued: dict[str, Any] = {"state": PartState.ISSUED, "issued_at": at}
    return case_row(number, opened_at=at, **case), [
        part_row(PLANNING, number, **issued), part_row(TRANSPORT, number, **issued),
    ]  # fmt: skip


def keep(store: Store, *cases: Any) -> None:
    with store.transaction() as tx:
        for case, parts in cases:
            tx[Cases].open(case, parts)


STOP = ledger_entry(EntryKind.STOP, NOW, days=2, basis=("行政许可法第四十五条",))


def test_what_was_put_to_departments_and_moved_is_read_in_order_by_pages(store: Store) -> None:
    keep(
        store,
        put("C-4", NOW + DAY, **DECIDED, decided_at=NOW + 2 * DAY),
        put("C-1", NOW), put("C-2", NOW),
        put("C-3", NOW, state=CaseState.WITHDRAWN),
        put("C-9", NOW + 5 * DAY), put("C-0", NOW - DAY), put("C-5", NOW, matter="plain"),
    )  # fmt: skip
    with store.transaction() as tx:
        both = [(f"C-{place}", who) for place in range(5) for who in (PLANNING, TRANSPORT)]
        for number, who in (("C-5", TRANSPORT), *both):
            tx[Cases].add_entries(number, who, [ledger_entry(at=NOW), STOP])
    expected = [(number, who) for number in ("C-1", "C-2") for who in (PLANNING, TRANSPORT)]
    expected += [("C-5", TRANSPORT), ("C-4", PLANNING), ("C-4", TRANSPORT)]
    with store.reading() as tx:
        facts = tx[FigureFacts]
        for size in (1, 2, 5, 200):
            found = list(
                every(
                    lambda after, most: facts.put_between(NOW, NOW + 5 * DAY, after, most), lambda row: row.place, size
                )
            )
            assert [(row.part.case_number, row.part.department) for row in found] == expected, size
        assert [row.outcome for row in found] == [None] * 5 + ["grant"] * 2
        put_first = part_row(PLANNING, "C-1", state=PartState.ISSUED, issued_at=NOW)
        assert found[0].part == CountedPart(*(getattr(put_first, name) for name in CountedPart._fields))


def test_decided_cases_are_read_with_their_parts_and_what_moved_their_terms(store: Store) -> None:
    keep(
        store,
        put("C-1", NOW, **DECIDED, decided_at=NOW + DAY), put("C-2", NOW, **DECIDED, decided_at=NOW + DAY),
        put("C-3", NOW, **DECIDED, decided_at=NOW + 9 * DAY), put("C-4", NOW),
    )  # fmt: skip
    stop = STOP
    with store.transaction() as tx:
        tx[CaseClocks].begin("C-1", NOW)
        tx[CaseClocks].overrun("C-1", NOW + DAY)
        tx[CaseClocks].add_entry("C-1", stop)
        tx[Cases].add_entries("C-1", PLANNING, [ledger_entry(at=NOW), stop])
        tx[Cases].add_entries("C-1", TRANSPORT, [ledger_entry(at=NOW)])
    with store.reading() as tx:
        facts = tx[FigureFacts]
        for size in (1, 7):
            found = list(
                every(
                    lambda after, most: facts.decided_between(NOW, NOW + 9 * DAY, after, most),
                    lambda row: row.place,
                    size,
                )
            )
            assert [row.number for row in found] == ["C-1"], size
            every_plain = every(
                lambda after, most: facts.plain_cases(NOW, NOW + 10 * DAY, after, most), lambda row: row.place, size
            )
            assert [(row.number, row.parts, row.consents) for row in every_plain] == [
                ("C-2", None, 0),
                ("C-3", None, 0),
            ]
        assert [row.overrun_at for row in found] == [NOW + DAY]
        parts = facts.parts_of(["C-1", "C-2"])
        assert {number: len(some) for number, some in parts.items()} == {"C-1": 2, "C-2": 2}
        assert facts.moved_terms(parts["C-1"]) == {("C-1", PLANNING): [ledger_entry(at=NOW), stop]}
        anew = [part._replace(ledger_from=1) for part in parts["C-1"]]
        assert facts.moved_terms(anew) == {("C-1", PLANNING): [stop]}, "what was before a reopening is left out"
        assert facts.own_terms(["C-1", "C-2"]) == {"C-1": [stop]}


CALENDAR = ChinaCalendar()
MATTER = Matter(
    code="works", version="2026.1", name="占道", name_en="works", lead="hefei.window",
    basis=("a",), materials=(Material(code="plan", name="方案"),), approvers=(
        Approver(department=PLANNING, term_days=5, default=DefaultMode.NONE),
        Approver(department=TRANSPORT, term_days=5, default=DefaultMode.NONE, after=(PLANNING,)),
    ),
)  # fmt: skip


def any_part(chance: random.Random, number: str, department: str) -> PartRow:
    """A part in any state, with moments beside midnights and due moments, or without them."""

    def some(days: int, often: float = 0.8) -> datetime | None:
        at = (
            NOW.replace(hour=0) + chance.randint(0, days) * DAY + chance.choice((-1, 0, 1, 3600)) * timedelta(seconds=1)
        )
        return at if chance.random() < often else None

    due = some(30)
    return part_row(
        department, number, stage=chance.choice((1, 2)), state=chance.choice([*PartState, *[PartState.DEEMED] * 6]),
        issued_at=some(40, 0.95), started_at=some(40, 0.7), due_at=due, answered_at=chance.choice((due, some(40))),
        late_at=some(40, 0.4), deemed_at=some(40, 0.3), escalated_at=some(40, 0.2), reminded_at=some(40, 0.4),
        verdict=chance.choice((None, *Verdict)), faulty_id=chance.choice((None, "F" * 36)), paper_by=some(40, 0.6),
        ledger_from=chance.choice((0, 0, 1)),
    )  # fmt: skip


def any_case(chance: random.Random, number: str) -> tuple[CaseRow, list[PartRow]]:
    """A case in any state, with some parts of any kind."""
    at = NOW + chance.randint(0, 30) * DAY
    decided = at + chance.randint(0, 20) * DAY
    state = chance.choice((CaseState.DECIDED, CaseState.DECIDED, CaseState.WITHDRAWN, CaseState.OPEN))
    case = case_row(
        number, state=state, opened_at=at, reopened_at=chance.choice((None, at + DAY)),
        decided_at=decided if state is CaseState.DECIDED else chance.choice((None, decided)),
        outcome=chance.choice((None, "grant", "refuse", "grant-with-conditions")),
    )  # fmt: skip
    return case, [any_part(chance, number, who) for who in (PLANNING, TRANSPORT)]


def one_by_one(tx: Any, now: datetime, first: date, last: date) -> Report:
    """The report of what `keep` has kept, each part and case by the pure rules alone."""
    found, since, until = (
        Report(first, last),
        datetime(first.year, first.month, first.day, tzinfo=CST),
        end_of_day(last),
    )
    for number in [f"C-{place}" for place in range(80)]:
        case, parts, ways, ledgers = tx[Cases].get(number), tx[Cases].parts(number), {}, {}
        for one in parts:
            ledgers[one.department] = tx[Cases].ledger(number, one.department)
            days = days_used(one, ledgers[one.department], CALENDAR)
            if days is not None:
                after = {approver.department: approver.after for approver in MATTER.approvers}[one.department]
                ways[one.department] = PartWay(days, one.stage, after)
            if case.state is CaseState.WITHDRAWN or one.issued_at is None or not since <= one.issued_at < until:
                continue
            key = FigureKey(month_of(one.issued_at), case.matter, one.department)
            found.duties[key].count(duty_fact(one, days, case.outcome, now, CALENDAR))
        if case.state is CaseState.DECIDED and since <= case.decided_at < until:
            clock, own = tx[CaseClocks].get(number), tx[CaseClocks].ledger(number)
            decided = DecidedCase(
                case.reopened_at or case.opened_at, case.decided_at, MATTER.decision_days,
                tuple(stood_still(CaseLedgers(in_this_round(case, own), ledgers), CALENDAR)), ways,
                sum(one.state is PartState.DEEMED for one in parts), clock.overrun_at is not None,
            )  # fmt: skip
            found.cases[FigureKey(month_of(case.decided_at), case.matter)].count(decided, CALENDAR)
    return found


def test_what_is_counted_together_comes_to_what_each_part_and_case_comes_to_by_itself(store: Store) -> None:
    chance = random.Random(7)
    keep(store, *(any_case(chance, f"C-{place}") for place in range(80)))
    with store.transaction() as tx:
        tx.set_meta(matter_key("works", "2026.1"), MATTER.model_dump_json())
        for place in range(80):
            number = f"C-{place}"
            tx[CaseClocks].begin(number, NOW)
            if chance.random() < 0.2:
                tx[CaseClocks].overrun(number, NOW + DAY)
            if chance.random() < 0.1:
                tx[CaseClocks].add_entry(number, STOP)
            for who in (PLANNING, TRANSPORT):
                moves = [ledger_entry(at=NOW), *([STOP] if chance.random() < 0.2 else [])]
                tx[Cases].add_entries(number, who, moves)
    now, first = NOW + 25 * DAY, NOW.date() + 2 * DAY
    with store.reading() as tx:
        expected = one_by_one(tx, now, first, first + 40 * DAY)
        found = report_of(tx, now, CALENDAR, first, first + 40 * DAY)
    assert found.cases == expected.cases
    assert found.duties == expected.duties
    assert sum(one.papers_late + one.papers_overdue for one in found.duties.values()) > 5


def filing(number: str, matter: str, **fields: Any) -> FilingRow:
    facts: dict[str, Any] = {"received_at": NOW, "tell_by": NOW + 5 * DAY, **fields}
    return FilingRow(
        "c.portal", number, FilingState.RECEIVED, matter, "1", FilingChannel.WEB, "f" * 36, "f" * 36, "", "",
        complete_at=facts["received_at"], **facts,
    )  # fmt: skip


def test_filings_of_which_nothing_was_told_in_time_are_counted(store: Store) -> None:
    with store.transaction() as tx:
        for row in (
            filing("F-1", "works"), filing("F-2", "works", outcome=AcceptanceOutcome.BY_LAW),
            filing("F-3", "stall", told_at=NOW + 5 * DAY), filing("F-4", "stall", told_at=NOW + 6 * DAY),
            filing("F-5", "stall", received_at=NOW + 9 * DAY),
        ):  # fmt: skip
            tx[Filings].add(row)
    with store.reading() as tx:
        assert tx[FigureFacts].filed_between(NOW, NOW + DAY) == {"works": (2, 1), "stall": (2, 1)}
        assert tx[FigureFacts].filed_between(NOW - DAY, NOW) == {}


def test_the_public_figures_are_counted_by_days_and_departments(store: Store) -> None:
    late = NOW.replace(hour=23, minute=59)
    keep(
        store,
        put("C-1", NOW, **DECIDED, decided_at=NOW + DAY), put("C-2", late, **DECIDED, decided_at=NOW + DAY),
        put("C-3", NOW, **DECIDED, decided_at=NOW + 2 * DAY, reopened_at=NOW + DAY),
        put("C-4", NOW, state=CaseState.WITHDRAWN), put("C-5", NOW, matter="stall"),
    )  # fmt: skip
    answered: dict[str, Any] = {"answered_at": NOW + DAY, "due_at": NOW + DAY}
    with store.transaction() as tx:
        tx[CaseClocks].begin("C-2", NOW)
        tx[CaseClocks].overrun("C-2", NOW + DAY)
        for number, state, fields in (
            ("C-1", PartState.ANSWERED, answered), ("C-2", PartState.ANSWERED, {**answered, "due_at": NOW}),
            ("C-3", PartState.SIGNED, {}), ("C-3", PartState.DEEMED, {}),
        ):  # fmt: skip
            before = PartState.SIGNED if state is PartState.DEEMED else PartState.ISSUED
            tx[Cases].move_part(number, PLANNING, {before}, state, **fields)
    with store.reading() as tx:
        facts = tx[FigureFacts]
        spans = sorted(facts.spans_between(NOW, NOW + 9 * DAY), key=lambda one: one.began)
        first = NOW.date()
        assert spans == [
            SpanCount("works", first, first + DAY, 2, 1), SpanCount("works", first + DAY, first + 2 * DAY, 1, 1),
        ]  # fmt: skip
        assert facts.answers_between(NOW, NOW + DAY) == [
            AnswerCount("stall", PLANNING, 1, 0, 0), AnswerCount("stall", TRANSPORT, 1, 0, 0),
            AnswerCount("works", PLANNING, 3, 1, 1), AnswerCount("works", TRANSPORT, 3, 0, 0),
        ]  # fmt: skip
        assert facts.spans_between(NOW + 9 * DAY, NOW + 10 * DAY) == []


def test_reading_goes_by_the_indexes(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A year of a million cases is not gone through for one month of it."""
    from exchange.store import open_store

    asked: list[tuple[str, Any]] = []
    run = CompiledConnection._run

    def watched(self: CompiledConnection, plan: Plan, values: Any) -> Any:
        asked.append((plan.sql, plan.bound(values)))
        return run(self, plan, values)

    monkeypatch.setattr(CompiledConnection, "_run", watched)
    store = open_store(sqlite_url, member="c.window")
    store.migrate()
    with store.reading() as tx:
        facts = tx[FigureFacts]
        for look in (
            lambda: facts.put_between(NOW, NOW + DAY, None, 200), lambda: facts.plain_parts(NOW, NOW + DAY, NOW),
            lambda: facts.answers_between(NOW, NOW + DAY), lambda: facts.decided_between(NOW, NOW + DAY, None, 200),
            lambda: facts.plain_cases(NOW, NOW + DAY, None, 200), lambda: facts.spans_between(NOW, NOW + DAY),
        ):  # fmt: skip
            look(), look()
        plans = [
            "; ".join(row[3] for row in tx._db._driver.execute(f"EXPLAIN QUERY PLAN {sql}", bound))
            for sql, bound in asked
        ]
    store.close()
    assert len(asked) >= 6, "the second time, a statement is run by its plan"
    for (sql, _), plan in zip(asked, plans, strict=True):
        assert ("part_issued (issued_at>" in plan) or ("case_file_decided (decided_at>" in plan), (sql, plan)
        assert "SCAN" not in plan.replace("CO-ROUTINE", ""), (sql, plan)
