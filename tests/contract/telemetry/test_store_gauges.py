"""Figures of a member's database, on both databases: right, and each through an index."""

from __future__ import annotations

from datetime import timedelta

from exchange.approval.monitor.store import Watches
from exchange.approval.rules.states import WatchState
from exchange.messaging.inbox import Inbox
from exchange.messaging.outbox import Outbox
from exchange.messaging.records import DeadLetter
from exchange.schemas import SentReminder
from exchange.store import Store
from exchange.telemetry.store import Figures, Gauges
from tests.contract.rows import LATER, NOW, PLANNING, new_id, outgoing, watch_row
from tests.contract.store.test_store_plans import plans


def _read(store: Store) -> Figures:
    with store.reading() as tx:
        return tx[Gauges].read(LATER, deadlines=True)


def test_an_empty_database_has_nothing_waiting_and_no_ages(store: Store) -> None:
    figures = _read(store)
    assert (figures.outbox_unsent, figures.outbox_unreceipted, figures.outbox_abandoned) == (0, 0, 0)
    assert (figures.outbox_oldest, figures.inbox_oldest, figures.dead_oldest, figures.dead_newest) == (None,) * 4
    assert set(figures.deadlines.values()) == {0}


def test_copies_are_counted_by_how_far_they_are_and_the_oldest_that_waits_is_known(store: Store) -> None:
    with store.transaction() as tx:
        tx[Outbox].add([outgoing(new_id()) for _ in range(3)], NOW)
        tx[Outbox].add([outgoing(new_id())], NOW + timedelta(hours=1))
        first, second, third, _ = (parcel.id for parcel in tx[Outbox].due(LATER, 10, ()))
        tx[Outbox].mark_sent([first], NOW, LATER)
        tx[Outbox].mark_failed(second, "unroutable", NOW, LATER)
        tx[Outbox].mark_failed(third, "unroutable", NOW, None)
    figures = _read(store)
    assert (figures.outbox_unsent, figures.outbox_unreceipted, figures.outbox_abandoned) == (1, 2, 1)
    assert figures.outbox_oldest == NOW


def test_the_oldest_and_the_newest_dead_letter_are_known(store: Store) -> None:
    with store.transaction() as tx:
        for hours in range(3):
            letter = DeadLetter("malformed", "reason", "open", "q", b"%d" % hours)
            tx[Inbox].dead([letter], NOW + timedelta(hours=hours))
    figures = _read(store)
    assert (figures.dead_letters, figures.dead_oldest, figures.dead_newest) == (3, NOW, NOW + timedelta(hours=2))


def test_deadlines_are_counted_where_they_are_furthest_and_each_once(store: Store) -> None:
    def watched(number: str, due_in: timedelta) -> None:
        with store.transaction() as tx:
            row = watch_row(number, due_at=LATER + due_in)
            tx[Watches].put([row])

    def remind(number: str, stage: int, due_in: float) -> None:
        with store.transaction() as tx:
            sent = SentReminder(message_id=new_id(), stage=stage, at=NOW)
            tx[Watches].add_reminder(number, PLANNING, sent, LATER + timedelta(days=due_in))

    terms = {"A": 9, "B": 8, "C": 0.5, "D": -1, "E": 9, "F": 9}
    for number, due_in in terms.items():
        watched(number, timedelta(days=due_in))
    remind("A", 90, 2)  # before its term was extended
    remind("B", 50, terms["B"])
    for stage in (50, 90):
        remind("C", stage, terms["C"])
        remind("D", stage, terms["D"])
    with store.transaction() as tx:
        tx[Watches].finish("E", PLANNING, 1, WatchState.DEEMED, NOW)
        tx[Watches].finish("F", PLANNING, 1, WatchState.ESCALATED, NOW)
    figures = _read(store)
    assert figures.deadlines == {
        "running": 1, "past_50": 1, "past_90": 1, "overdue": 1, "deemed": 1, "escalated": 1,
    }  # fmt: skip
    assert figures.due_soon == 1
    with store.reading() as tx:
        ending = tx[Gauges].ending(LATER + timedelta(days=1), 10)
    assert [one.case_number for one in ending] == ["D", "C"]


def test_what_waits_is_counted_through_its_indexes(store: Store) -> None:
    plan = plans(store, lambda tx: tx[Gauges].read(LATER, deadlines=True))
    if store._engine.dialect.name == "postgresql":
        assert "Seq Scan" not in plan, plan  # which of two indexes it takes for an empty table means nothing
        return
    for index in (
        "outbox_copy_due", "outbox_copy_failed", "inbox_untaken", "watch_due", "watch_deemed", "watch_escalated",
    ):  # fmt: skip
        assert index in plan, plan
