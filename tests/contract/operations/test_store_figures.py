"""What a database tells those who look after it, on both databases."""

from __future__ import annotations

from datetime import timedelta

from exchange.messaging.dead_letter_store import DeadLetters
from exchange.messaging.inbox import Inbox
from exchange.messaging.outbox import Outbox
from exchange.messaging.records import DeadLetter
from exchange.operations.health.store import HealthFigures, OpenWork
from exchange.store import Store
from exchange.telemetry.store import Gauges
from tests.contract.rows import LATER, NOW, PLANNING, TRANSPORT, outgoing, signed_for


def test_the_oldest_copy_of_each_queue_that_nobody_signed_for_is_told(store: Store) -> None:
    first, second, other = outgoing(), outgoing(), outgoing(TRANSPORT)
    with store.transaction() as tx:
        tx[Outbox].add([first, second, other], NOW)
        parcels = tx[Outbox].parcels([first, second, other])
        assert tx[HealthFigures].oldest_sent() == {}, "what was only written is in no queue"
        for minute, parcel in enumerate(parcels):
            tx[Outbox].mark_sent([parcel.id], NOW + timedelta(minutes=minute), LATER)
        sent = {parcel.message_id: NOW + timedelta(minutes=minute) for minute, parcel in enumerate(parcels)}
        oldest = {message.header.message_id: message for message in (first, second)}
        by_age = sorted(oldest, key=lambda message_id: sent[message_id])
        found = tx[HealthFigures].oldest_sent()
        assert found == {
            f"{PLANNING}.inbox": sent[by_age[0]],
            f"{TRANSPORT}.inbox": sent[other.header.message_id],
        }
        tx[Outbox].mark_signed([signed_for(oldest[by_age[0]])], LATER)
        assert tx[HealthFigures].oldest_sent()[f"{PLANNING}.inbox"] == sent[by_age[1]]


def test_open_work_is_counted_and_what_is_done_is_not(store: Store) -> None:
    waits, done, lost = outgoing(), outgoing(), outgoing()
    with store.transaction() as tx:
        assert tx[HealthFigures].open_work() == OpenWork(0, 0, 0, 0, 0)
        tx[Outbox].add([waits, done, lost], NOW)
        tx[Outbox].mark_signed([signed_for(done)], LATER)
        copy = next(parcel for parcel in tx[Outbox].parcels([lost]))
        tx[Outbox].mark_failed(copy.id, "no such queue", NOW, None)
        found = tx[HealthFigures].open_work()
    assert (found.waiting, found.abandoned, found.dead) == (1, 1, 0)


def test_dead_letters_that_two_have_discarded_are_trouble_no_more(store: Store) -> None:
    with store.transaction() as tx:
        tx[Inbox].dead([DeadLetter("malformed", "reason", "open", "q", b"%d" % one) for one in range(2)], NOW)
        assert tx[HealthFigures].open_work().dead == 2
        letter, _ = tx[DeadLetters].batch("malformed", "open", above=0, limit=10)
        assert tx[DeadLetters].propose(letter.serial, "one", "nobody's", NOW)
        assert tx[DeadLetters].discard(letter.serial, "two", NOW)
        assert tx[HealthFigures].open_work().dead == 1
        figures = tx[Gauges].read(NOW, deadlines=False)
    assert figures.dead_letters == 1
