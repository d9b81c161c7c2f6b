"""An outbox in which much waits: what is due is found without looking at all of it, and in the order that it goes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from exchange.messaging.outbox import Outbox
from exchange.messaging.records import Outgoing
from exchange.schemas import Urgency
from exchange.store import Store, open_store
from tests.contract.rows import LATER, NOW, new_id, outgoing

LOT = 20
_A_FEW = 10
"""Instructions of SQLite's for an entry of an index that is passed over."""


def copies_of(message: Outgoing, count: int) -> list[Outgoing]:
    """So many messages that differ in their ids alone: signing each would take most of a test's time."""
    return [replace(message, header=message.header.model_copy(update={"message_id": new_id()})) for _ in range(count)]


def write(store: Store, count: int, *, come_due: bool, urgency: Urgency = Urgency.ORDINARY) -> list[str]:
    """Writes messages; with ``come_due`` they were sent, and come due again one after another."""
    messages = copies_of(outgoing(urgency=urgency), count)
    with store.transaction() as tx:
        tx[Outbox].add(messages, NOW)
        if come_due:
            for at, parcel in enumerate(tx[Outbox].parcels(messages)):
                tx[Outbox].mark_sent([parcel.id], NOW, NOW + timedelta(microseconds=at))
    return [message.header.message_id for message in messages]


def instructions(store: Store, work: Callable[[Outbox], object]) -> int:
    """Of SQLite's machine, by hundreds: what work costs, whatever else this machine does."""
    count = 0

    def note() -> int:
        nonlocal count
        count += 100
        return 0

    with store.reading() as tx:
        connection = tx._db.connection.driver_connection
        assert connection is not None
        connection.set_progress_handler(note, 100)
        work(tx[Outbox])
        connection.set_progress_handler(None, 0)
    return count


@pytest.mark.parametrize("come_due", [False, True], ids=["written", "come due again"])
def test_a_look_reads_no_more_when_a_hundred_times_as_much_waits(sqlite_url: str, come_due: bool) -> None:
    with open_store(sqlite_url, member="hefei.planning") as store:
        store.migrate()
        costs = []
        for count in (LOT, 99 * LOT):
            write(store, count, come_due=come_due)
            costs.append(instructions(store, lambda outbox: outbox.due(LATER, LOT, ())))
    assert costs[0] > 0
    assert costs[1] < 1.5 * costs[0] + _A_FEW * come_due * 99 * LOT


def test_an_urgent_copy_that_comes_due_again_waits_for_no_ordinary_one(store: Store) -> None:
    write(store, 30, come_due=True)
    (urgent,) = write(store, 1, come_due=True, urgency=Urgency.URGENT)
    written = write(store, 1, come_due=False, urgency=Urgency.EXTRA_URGENT)
    with store.reading() as tx:
        found = [parcel.message_id for parcel in tx[Outbox].due(LATER, 10, ())]
    assert found[:2] == [*written, urgent]
    assert len(found) == 10


def test_what_comes_due_again_and_what_was_just_written_share_a_lot_by_their_order(store: Store) -> None:
    ids = [one for again in (False, True, False, True) for one in write(store, 3, come_due=again)]
    with store.reading() as tx:
        assert [parcel.message_id for parcel in tx[Outbox].due(LATER, 8, ())] == ids[:8]
