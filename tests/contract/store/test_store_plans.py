"""The loops that run all day read what is due through an index, and never what is kept."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from sqlalchemy import event, text

from exchange.approval.clocks.store import CaseClocks
from exchange.approval.department.store import DepartmentDesk
from exchange.approval.filings.store import Filings
from exchange.approval.hearings.store import Hearings
from exchange.approval.monitor.store import Watches
from exchange.approval.rules.states import DeskState
from exchange.approval.window.leading.store import LeadCases
from exchange.approval.window.store import Cases
from exchange.documents.rules.handling import HandlingState
from exchange.documents.store import HANDLED, Handlings
from exchange.joint.states import JointSeat, JointState
from exchange.joint.store import JointDocuments
from exchange.messaging.documents import Documents
from exchange.messaging.inbox import Inbox
from exchange.messaging.outbox import Outbox
from exchange.messaging.outbox_statements import IN_OUTBOX
from exchange.messaging.register.records import RegisterSide
from exchange.messaging.register.store import Register
from exchange.notices.rules.states import NoticeSeat, NoticeState
from exchange.notices.store import Notices
from exchange.operations.health.store import HealthFigures
from exchange.operations.reconciliation.row_rules import ROW_RULES
from exchange.page_key import Key
from exchange.store import Store
from exchange.store.compiled import CompiledConnection
from exchange.store.rows import Row, RowTable, TableRows
from exchange.store.transaction import Transaction
from exchange.telemetry.troubles import Troubles
from tests.contract.rows import LATER, NOW, PLANNING, new_id, outgoing, signed_for, watch_row


def noted(store: Store, sent: list[tuple[str, Any]]) -> Callable[..., Any]:
    """What runs a compiled statement, and notes those of this store: others may be at work in this process."""
    run = CompiledConnection._run

    def running(connection: CompiledConnection, plan: Any, values: Any) -> Any:
        if connection.engine is store._engine:
            sent.append((plan.sql, plan.bound(values)))
        return run(connection, plan, values)

    return running


def noted_many(store: Store, sent: list[tuple[str, Any]]) -> Callable[..., Any]:
    """What runs a statement for many rows, and notes it with the values of the first."""
    run = CompiledConnection.many

    def running(connection: CompiledConnection, sql: str, values: Any) -> None:
        if connection.engine is store._engine:
            sent.append((sql, values[0]))
        run(connection, sql, values)

    return running


def plans(store: Store, work: Callable[[Transaction], Any], *settings: str) -> str:
    """How the database would run the statements of ``work``, by the very statements and parameters it sends;
    ``settings``: what a server's planner is kept from, besides.
    """
    sent: list[tuple[str, Any]] = []

    def note(connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        sent.append((statement, parameters[0] if many else parameters))

    with store.transaction() as tx, pytest.MonkeyPatch.context() as patched:
        patched.setattr(CompiledConnection, "_run", noted(store, sent))
        patched.setattr(CompiledConnection, "many", noted_many(store, sent))
        event.listen(store._engine, "before_cursor_execute", note)
        work(tx)
        event.remove(store._engine, "before_cursor_execute", note)
        if store._engine.dialect.name == "sqlite":
            explain = "EXPLAIN QUERY PLAN "
        else:
            explain = "EXPLAIN "
            for setting in ("enable_seqscan", *settings):  # empty tables are scanned otherwise, and rightly
                tx._db.execute(text(f"SET LOCAL {setting} = off"))
        lines = [
            str(row)
            for statement, parameters in sent
            if not statement.startswith("INSERT")
            for row in tx._db.exec_driver_sql(explain + statement, parameters)
        ]
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("index", "work"),
    [
        ("outbox_copy_due", lambda tx: tx[Outbox].due(NOW, 100, {1, 2})),
        ("outbox_copy_due", lambda tx: tx[Outbox].next_due()),
        ("part_review", lambda tx: tx[Troubles].to_review()),
        ("watch_next", lambda tx: tx[Watches].due(NOW, 100)),
        ("watch_next", lambda tx: tx[Watches].next_at()),
        ("watch_calendar", lambda tx: tx[Watches].outdated("calendar 1", 100)),
        ("watch_due", lambda tx: tx[Watches].board(100)),
        ("case_file_state_recent", lambda tx: tx[LeadCases].awaiting(NOW, None, 10)),
        ("case_file_held_up", lambda tx: tx[LeadCases].unready(NOW, None, 10)),
        ("case_file_held_up", lambda tx: tx[LeadCases].unready(NOW, (NOW, "HF-1"), 10)),
        ("part_unsigned", lambda tx: tx[LeadCases].unready(NOW, None, 10)),
        ("part_review", lambda tx: tx[LeadCases].unready(NOW, None, 10)),
        ("case_clock_delivery_reminded", lambda tx: tx[LeadCases].unready(NOW, None, 10)),
        ("case_clock_look", lambda tx: tx[CaseClocks].due(NOW, 10)),
        ("case_clock_overrun", lambda tx: tx[Troubles].overrun()),
        ("case_clock_undelivered", lambda tx: tx[Troubles].undelivered()),
        ("case_clock_unexplained", lambda tx: tx[Troubles].unexplained()),
        ("outbox_copy_sent", lambda tx: tx[HealthFigures].oldest_sent()),
        ("outbox_copy_failed", lambda tx: tx[HealthFigures].open_work()),
    ],
    ids=[
        "due",
        "next_due",
        "to_review",
        "watches.due",
        "watches.next_at",
        "outdated",
        "board",
        "awaiting",
        "unready",
        "unready behind",
        "unready: unsigned",
        "unready: review",
        "unready: delivery",
        "clocks.due",
        "overrun",
        "undelivered",
        "unexplained",
        "oldest_sent",
        "open_work",
    ],
)
def test_what_is_due_is_found_through_its_partial_index(
    store: Store, index: str, work: Callable[[Transaction], Any]
) -> None:
    plan = plans(store, work)
    assert index in plan, plan


@pytest.mark.parametrize(
    "work",
    [
        lambda tx: tx[DepartmentDesk].by_due(DeskState.WAITING, None, 60),
        lambda tx: tx[DepartmentDesk].by_due(DeskState.WAITING, (NOW, "HF-1"), 60),
        lambda tx: tx[DepartmentDesk].without_due(DeskState.WAITING, "HF-1", 60),
        lambda tx: tx[Notices].by_day(NoticeSeat.READER, NoticeState.OPEN, ("2026-03-02", "n"), 60),
        lambda tx: tx[Notices].undated(NoticeSeat.READER, NoticeState.OPEN, (NOW, "n"), 60),
        lambda tx: tx[Notices].newest(NoticeSeat.READER, NoticeState.SIGNED, (NOW, "n"), 60),
        lambda tx: tx[Notices].to_answer(("2026-03-02", "n"), 60),
        lambda tx: tx[JointDocuments].newest(JointSeat.SIGNER, JointState.OPEN, (NOW, "j"), 60),
        lambda tx: tx[Register].below(RegisterSide.RECEIVED, (2026, 1), 60),
        lambda tx: tx[Handlings].latest(HandlingState.FILED, Key(NOW, HANDLED, new_id()), 60),
        lambda tx: tx[Handlings].latest(HandlingState.RETURNED, Key(NOW, IN_OUTBOX, "7"), 60),
        lambda tx: tx[Outbox].sent_back({"document"}, None, 60),
        lambda tx: tx[Outbox].sent_back({"document"}, Key(NOW, IN_OUTBOX, "7"), 60),
    ],
    ids=[
        "first",
        "behind",
        "without",
        "notices.by_day",
        "notices.undated",
        "notices.newest",
        "notices.to_answer",
        "joints.newest",
        "register.below",
        "filed",
        "filed behind another list's",
        "sent back",
        "sent back behind",
    ],
)
def test_what_officers_read_by_urgency_comes_in_the_order_of_its_index(
    store: Store, work: Callable[[Transaction], Any]
) -> None:
    plan = plans(store, work)
    indexes = ("desk_due", "desk_undated", "notice_by_day", "notice_undated", "notice_recent", "collection_awaited")
    indexes += ("joint_lists", "register", "document_handling_page", "outbox_copy_returned")
    assert any(index in plan for index in indexes), plan
    assert "B-TREE" not in plan, plan
    assert "Sort" not in plan, plan


def _newest(table: RowTable, moment: str, tx: Transaction) -> list[Row]:
    return tx[TableRows].newest(table, moment, 50)


_SORTS = "enable_bitmapscan"
"""After which a server sorts what it has found; it does so rather than read an empty table by an index."""


def test_the_newest_rows_of_every_table_are_read_without_sorting_all(store: Store) -> None:
    looked_at = [(rule.table, rule.newest) for rule in ROW_RULES if rule.newest is not None]
    assert len(looked_at) > 8
    for table, moment in looked_at:
        plan = plans(store, partial(_newest, table, moment), _SORTS)
        assert "B-TREE" not in plan, plan
        assert "Sort" not in plan, plan
    plan = plans(store, lambda tx: tx[Notices].recent(50))
    assert "notice_received" in plan, plan
    assert "B-TREE" not in plan, plan
    assert "Sort" not in plan, plan


@pytest.mark.parametrize(
    "work",
    [
        lambda tx: tx[Inbox].known([(PLANNING, new_id()) for _ in range(50)]),
        lambda tx: tx[Documents].get(PLANNING, new_id()),
        lambda tx: tx[Documents].find(new_id()),
        lambda tx: list(tx[Documents].with_words(b"HF-1", "sent", "deadline-notice", NOW, LATER)),
        lambda tx: tx[Outbox].rows(new_id()),
        lambda tx: tx[Cases].parts_of_messages([new_id()]),
        lambda tx: tx[Cases].parts("HF-1"),
        lambda tx: tx[LeadCases].awaiting(NOW, None, 10),
        lambda tx: (tx[CaseClocks].get("HF-1"), tx[CaseClocks].ledger("HF-1")),
        lambda tx: tx[DepartmentDesk].by_opinion(new_id()),
        lambda tx: tx.journal_of("HF-1"),
        lambda tx: tx[Watches].reminders("HF-1", PLANNING),
        lambda tx: tx[Watches].put([watch_row(f"HF-{n}") for n in range(50)]),
        lambda tx: tx[Outbox].mark_signed([signed_for(outgoing()) for _ in range(50)], NOW),
        lambda tx: tx[Outbox].mark_sent(range(1, 50), NOW, LATER),
        lambda tx: tx[Outbox].due(LATER, 10, ()),
        lambda tx: tx[Register].among(RegisterSide.SENT, [(PLANNING, new_id()) for _ in range(60)]),
        lambda tx: tx[Handlings].among([(PLANNING, new_id()) for _ in range(60)], PLANNING),
        lambda tx: tx[Cases].read_ahead([f"HF-{n}" for n in range(60)]),
        lambda tx: tx[CaseClocks].several([f"HF-{n}" for n in range(60)]),
        lambda tx: tx[Filings].named("Q7"),
        lambda tx: tx[Hearings].of_several([f"HF-{n}" for n in range(60)]),
    ],
    ids=[
        "known", "documents.get", "documents.find", "documents.with_words", "outbox.rows", "parts_of_messages",
        "parts", "awaiting", "clocks", "by_opinion", "journal_of", "reminders", "put", "mark_signed", "mark_sent",
        "due", "register.among", "handlings.among", "read_ahead", "clocks.several", "filings.named",
        "hearings.of_several",
    ],
)  # fmt: skip
def test_what_is_looked_up_by_its_key_is_never_searched_row_by_row(
    store: Store, work: Callable[[Transaction], Any]
) -> None:
    plan = plans(store, work)
    tables = ("document", "outbox_copy", "outbox_message", "inbox", "part", "desk", "journal", "reminder", "watch")
    tables += ("case_clock", "case_ledger", "register", "document_handling", "case_file", "hearing", "filing")
    assert not [table for table in tables if f"SCAN {table}'" in plan or f"Seq Scan on {table} " in plan], plan
    assert "(direction=?)" not in plan, plan
