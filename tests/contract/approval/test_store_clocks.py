"""The clocks of cases on SQLite and PostgreSQL: found when due, each mark set once, ledgers that only grow."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from alembic import command
from alembic.config import Config

from exchange.approval.clocks.records import ClockRow
from exchange.approval.clocks.store import CaseClocks
from exchange.approval.rules.states import CaseState
from exchange.approval.window.leading.store import LeadCases
from exchange.approval.window.store import Cases
from exchange.schemas import EntryKind
from exchange.store import Store, migrate
from exchange.store.engine import writing
from tests.contract.rows import LATER, MUCH_LATER, NOW, PLANNING, case_row, ledger_entry, part_row

BEFORE = "0043"
"""A revision before cases had clocks of their own."""


def test_those_are_found_that_are_to_be_looked_at_the_first_in_front(store: Store) -> None:
    with store.transaction() as tx:
        for number, at in (("HF-1", LATER), ("HF-2", NOW), ("HF-3", MUCH_LATER)):
            tx[CaseClocks].begin(number, at)
        tx[CaseClocks].begin("HF-4", NOW)
        tx[CaseClocks].look("HF-4", None)
    with store.reading() as tx:
        assert [row.case_number for row in tx[CaseClocks].due(LATER, 10)] == ["HF-2", "HF-1"]
        assert [row.case_number for row in tx[CaseClocks].due(LATER, 1)] == ["HF-2"]
        assert tx[CaseClocks].get("HF-3") == ClockRow("HF-3", MUCH_LATER)
        assert tx[CaseClocks].get("HF-9") == ClockRow("HF-9"), "a former release has closed it"


def test_each_mark_is_set_once_also_where_a_former_release_has_closed_the_case(store: Store) -> None:
    with store.transaction() as tx:
        clocks = tx[CaseClocks]
        clocks.begin("HF-1", NOW)
        for number in ("HF-1", "HF-2"):
            assert clocks.remind(number, 50, LATER, NOW)
            assert not clocks.remind(number, 50, LATER, NOW)
            assert clocks.remind(number, 90, LATER, NOW)
            assert not clocks.remind(number, 50, LATER, NOW), "the later share is told"
            assert clocks.remind(number, 50, MUCH_LATER, LATER), "another end"
            assert clocks.remind_of_delivery(number, 50, LATER)
            assert not clocks.remind_of_delivery(number, 50, LATER)
            assert clocks.remind_of_delivery(number, 90, LATER)
            assert clocks.overrun(number, LATER)
            assert not clocks.overrun(number, MUCH_LATER)
            assert clocks.promise_over(number, LATER)
            assert not clocks.promise_over(number, MUCH_LATER)
            assert clocks.explain(number, LATER, "李四", "需征求上级意见")
            assert not clocks.explain(number, MUCH_LATER, "王五", "其他")
            assert clocks.undelivered(number, LATER)
            assert not clocks.undelivered(number, MUCH_LATER)
            assert clocks.deliver(number, LATER, "李四", "本人")
            assert not clocks.deliver(number, MUCH_LATER, "王五", "代理人")
    marks: dict[str, Any] = dict.fromkeys(("overrun_at", "promise_over_at", "explained_at", "undelivered_at"), LATER)
    marks |= {"reminded_at": LATER, "reminded_stage": 50, "reminded_due_at": MUCH_LATER}
    marks |= {"delivery_reminded_at": LATER, "delivery_reminded_stage": 90}
    said = {"explanation": "需征求上级意见", "explained_by": "李四", "delivered_to": "本人", "delivered_by": "李四"}
    with store.reading() as tx:
        assert tx[CaseClocks].get("HF-1") == ClockRow("HF-1", NOW, delivered_at=LATER, **marks, **said)
        assert tx[CaseClocks].get("HF-2") == ClockRow("HF-2", None, delivered_at=LATER, **marks, **said)
    with store.transaction() as tx:
        tx[CaseClocks].begin_anew("HF-1", MUCH_LATER)
    with store.reading() as tx:
        assert tx[CaseClocks].get("HF-1") == ClockRow("HF-1", MUCH_LATER)


def test_the_ledger_of_a_case_keeps_its_order_and_its_own_entries(store: Store) -> None:
    first, second = (
        ledger_entry(EntryKind.STOP, days=3, basis=("行政许可法第四十五条",)),
        ledger_entry(EntryKind.RESUME),
    )
    with store.transaction() as tx:
        tx[CaseClocks].add_entry("HF-1", first)
        tx[CaseClocks].add_entry("HF-2", second)
        tx[CaseClocks].add_entry("HF-1", second)
    with store.reading() as tx:
        assert tx[CaseClocks].ledger("HF-1") == [first, second]
        assert tx[CaseClocks].ledger("HF-2") == [second]
        assert tx[CaseClocks].ledger("HF-3") == []


def test_what_the_lead_owes_over_its_clocks_is_among_the_cases_that_wait_for_it_each_once(store: Store) -> None:
    with store.transaction() as tx:
        for number, state in (("HF-1", CaseState.OPEN), ("HF-2", CaseState.DECIDED), ("HF-3", CaseState.DECIDED)):
            tx[Cases].open(case_row(number, state=state), [part_row(PLANNING, number)])
            tx[CaseClocks].begin(number, NOW)
        assert tx[LeadCases].awaiting(NOW, None, 10) == []
        tx[CaseClocks].remind("HF-1", 50, LATER, NOW)
        tx[CaseClocks].remind("HF-2", 50, LATER, NOW)
        assert [case.number for case in tx[LeadCases].awaiting(NOW, None, 10)] == ["HF-1"]
        tx[CaseClocks].remind_of_delivery("HF-3", 50, NOW)
        assert [case.number for case in tx[LeadCases].awaiting(NOW, None, 10)] == ["HF-1", "HF-3"]
        tx[CaseClocks].overrun("HF-1", NOW)
        tx[CaseClocks].promise_over("HF-1", NOW)
        tx[CaseClocks].overrun("HF-2", NOW)
        tx[CaseClocks].undelivered("HF-3", NOW)
    with store.reading() as tx:
        assert [case.number for case in tx[LeadCases].awaiting(NOW, None, 10)] == ["HF-1", "HF-3"]
        assert [case.number for case in tx[LeadCases].awaiting(NOW, None, 1)] == ["HF-1"]
    with store.transaction() as tx:
        tx[CaseClocks].deliver("HF-3", NOW + timedelta(days=1), "李四", "本人")
        assert [case.number for case in tx[LeadCases].awaiting(NOW, None, 10)] == ["HF-1"]


def test_the_clocks_of_undecided_cases_begin_with_the_migration_and_no_decided_one_owes_its_delivery(
    store: Store,
) -> None:
    with store.transaction() as tx:
        for number, state in (("HF-1", CaseState.OPEN), ("HF-2", CaseState.READY), ("HF-3", CaseState.DECIDED)):
            tx[Cases].open(case_row(number, state=state), [part_row(PLANNING, number)])
    with writing(store._engine) as connection, connection.begin():
        config = Config()
        config.set_main_option("script_location", str(migrate._FOLDER))
        config.attributes["connection"] = connection
        command.downgrade(config, BEFORE)
    migrate.migrate(store._engine)
    with store.reading() as tx:
        assert [row.case_number for row in tx[CaseClocks].due(NOW, 10)] == ["HF-1", "HF-2"]
        assert tx[CaseClocks].get("HF-3").look_at is None
