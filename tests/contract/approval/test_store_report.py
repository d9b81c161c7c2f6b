"""What a window's figures are counted from, on both databases, read in pages of any size."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text

from exchange.approval.clocks.store import CaseClocks
from exchange.approval.figures.records import AnswerCount, CountedPart, SpanCount
from exchange.approval.figures.store import FigureFacts
from exchange.approval.filings.records import FilingRow
from exchange.approval.filings.states import FilingState
from exchange.approval.filings.store import Filings
from exchange.approval.rules.states import CaseState, PartState
from exchange.approval.window.store import Cases
from exchange.paging import every
from exchange.schemas import AcceptanceOutcome, EntryKind, FilingChannel
from exchange.store import Store
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


def test_what_was_put_to_departments_is_read_in_order_by_pages(store: Store) -> None:
    keep(
        store,
        put("C-4", NOW + DAY, **DECIDED, decided_at=NOW + 2 * DAY),
        put("C-1", NOW), put("C-2", NOW),
        put("C-3", NOW, state=CaseState.WITHDRAWN),
        put("C-9", NOW + 5 * DAY), put("C-0", NOW - DAY),
    )  # fmt: skip
    expected = [(number, who) for number in ("C-1", "C-2", "C-4") for who in (PLANNING, TRANSPORT)]
    with store.reading() as tx:
        facts = tx[FigureFacts]
        for size in (1, 2, 5, 200):
            found = list(
                every(
                    lambda after, most: facts.put_between(NOW, NOW + 5 * DAY, after, most), lambda row: row.place, size
                )
            )
            assert [(row.part.case_number, row.part.department) for row in found] == expected, size
        assert [row.outcome for row in found] == [None] * 4 + ["grant"] * 2
        put_first = part_row(PLANNING, "C-1", state=PartState.ISSUED, issued_at=NOW)
        assert found[0].part == CountedPart(*(getattr(put_first, name) for name in CountedPart._fields))


def test_decided_cases_are_read_with_their_parts_and_what_moved_their_terms(store: Store) -> None:
    keep(
        store,
        put("C-1", NOW, **DECIDED, decided_at=NOW + DAY), put("C-2", NOW, **DECIDED, decided_at=NOW + DAY),
        put("C-3", NOW, **DECIDED, decided_at=NOW + 9 * DAY), put("C-4", NOW),
    )  # fmt: skip
    stop = ledger_entry(EntryKind.STOP, NOW, days=2, basis=("行政许可法第四十五条",))
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
            assert [row.number for row in found] == ["C-1", "C-2"], size
        assert [row.overrun_at for row in found] == [NOW + DAY, None]
        assert {row.state for row in found} == {CaseState.DECIDED}
        parts = facts.parts_of(["C-1", "C-2"])
        assert {number: len(some) for number, some in parts.items()} == {"C-1": 2, "C-2": 2}
        assert facts.moved_terms(parts["C-1"]) == {("C-1", PLANNING): [ledger_entry(at=NOW), stop]}
        anew = [part._replace(ledger_from=1) for part in parts["C-1"]]
        assert facts.moved_terms(anew) == {("C-1", PLANNING): [stop]}, "what was before a reopening is left out"
        assert facts.own_terms(["C-1", "C-2"]) == {"C-1": [stop]}


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


def test_reading_goes_by_the_indexes(sqlite_url: str) -> None:
    """A year of a million cases is not gone through for one month of it."""
    from exchange.store import open_store

    store = open_store(sqlite_url, member="c.window")
    store.migrate()
    with store.reading() as tx:
        plans = [
            " ".join(str(row) for row in tx._db.execute(text(f"EXPLAIN QUERY PLAN {query}")))
            for query in (
                "SELECT * FROM part JOIN case_file ON number = case_number WHERE issued_at >= 5 AND issued_at < 9 "
                "ORDER BY issued_at, case_number, department LIMIT 200",
                "SELECT * FROM case_file WHERE decided_at >= 5 AND decided_at < 9 "
                "ORDER BY decided_at, number LIMIT 200",
            )
        ]
    store.close()
    assert "part_issued" in plans[0]
    assert "case_file_decided" in plans[1]
    assert all("TEMP B-TREE" not in plan for plan in plans)
