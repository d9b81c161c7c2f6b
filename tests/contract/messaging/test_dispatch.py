"""The dispatcher over a real store: what is handed over goes out once, and what is not is read from its rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from exchange.clock import Clock, RealClock, monotonic
from exchange.errors import DatabaseUnavailable
from exchange.messaging.dispatch import Dispatcher
from exchange.messaging.observer import Observer
from exchange.messaging.outbox import Outbox
from exchange.messaging.ports import Publication, PublishOutcome, PublishResult
from exchange.messaging.records import OutboxState, Outgoing, Parcel
from exchange.messaging.rules.repetition import QueueDepth
from exchange.schemas import Urgency
from exchange.store import Store
from exchange.store.transaction import Transaction
from tests.contract.rows import NOW, PLANNING, TRANSPORT, US, outgoing


@dataclass
class Post:
    """A publisher that keeps what it is given; its fate is told by `confirm`."""

    taken: list[Publication] = field(default_factory=list)

    def publish(self, publications: Sequence[Publication]) -> None:
        self.taken += publications

    @property
    def names(self) -> list[str]:
        return [publication.message_id for publication in self.taken]

    def confirm(self, dispatcher: Dispatcher, outcome: PublishOutcome = PublishOutcome.CONFIRMED) -> None:
        dispatcher.on_results([PublishResult(one.id, outcome, "its name is too long") for one in self.taken])


class Later(RealClock):
    """Real time, and then some."""

    def now(self):  # type: ignore[no-untyped-def]
        return super().now() + timedelta(hours=1)


def dispatcher_of(store: Store, clock: Clock | None = None, **options: Any) -> Dispatcher:
    states = {
        "statement": lambda: None,
        "audit_head": lambda: None,
        "calendar": SimpleNamespace(papers=()),
        "beside": SimpleNamespace(headers=lambda addressee: {}),
    }
    node = SimpleNamespace(store=store, address=US, clock=RealClock(), observer=Observer(), **states)
    return Dispatcher(node, clock or RealClock(), poll=3600, **options)  # type: ignore[arg-type]


class Away:
    """A store whose database is away as long as it is told so."""

    def __init__(self, store: Store) -> None:
        self._store, self.reads_fail, self.writes_fail = store, False, False

    def reading(self) -> AbstractContextManager[Transaction]:
        return self._open(self.reads_fail, self._store.reading)

    def transaction(self) -> AbstractContextManager[Transaction]:
        return self._open(self.writes_fail, self._store.transaction)

    def mark(self) -> object | None:
        return self._store.mark()

    @staticmethod
    def _open(fails: bool, begin: Callable[[], AbstractContextManager[Transaction]]) -> Any:
        if fails:
            raise DatabaseUnavailable("the database is away")
        return begin()


def test_what_the_broker_said_while_the_database_was_away_is_written_when_it_is_back(store: Store) -> None:
    away, post, message = Away(store), Post(), outgoing()
    dispatcher = dispatcher_of(away)  # type: ignore[arg-type]
    write(store, message)
    dispatcher.dispatch_once(post)
    away.writes_fail = True
    post.confirm(dispatcher)
    until = monotonic() + 10

    def settle() -> None:
        while monotonic() < until:  # results are settled a moment later
            dispatcher.dispatch_once(post)

    with pytest.raises(DatabaseUnavailable):
        settle()
    assert states(store, message) == [OutboxState.WRITTEN]
    away.writes_fail = False
    while not dispatcher.dispatch_once(post) and monotonic() < until:
        pass
    assert states(store, message) == [OutboxState.SENT]


def test_what_was_handed_over_goes_out_though_the_database_goes_away_at_that_moment(store: Store) -> None:
    away, post, message = Away(store), Post(), outgoing()
    dispatcher = dispatcher_of(away, batch=4)  # type: ignore[arg-type]
    dispatcher.dispatch_once(post)
    dispatcher.offer(write(store, message))
    dispatcher.offer(write(store, *[outgoing() for _ in range(4)]))  # no room: to be looked for
    away.reads_fail = True
    with pytest.raises(DatabaseUnavailable):
        dispatcher.dispatch_once(post)
    assert post.names == [message.header.message_id]


def write(store: Store, *messages: Outgoing) -> list[Parcel]:
    with store.transaction() as tx:
        tx[Outbox].add(messages, NOW)
        return tx[Outbox].parcels(messages)


def states(store: Store, message: Outgoing) -> list[OutboxState]:
    with store.reading() as tx:
        return [row.state for row in tx[Outbox].rows(message.header.message_id)]


def test_what_is_handed_over_goes_out_with_no_look_into_the_outbox(store: Store) -> None:
    post, dispatcher, message = Post(), dispatcher_of(store), outgoing(PLANNING, TRANSPORT)
    dispatcher.dispatch_once(post)  # the first look, which finds nothing
    parcels = write(store, message)
    dispatcher.dispatch_once(post)
    assert post.taken == []  # nobody said that there was anything
    dispatcher.offer(parcels)
    dispatcher.dispatch_once(post)
    assert [publication.queue for publication in post.taken] == [message.queues[PLANNING], message.queues[TRANSPORT]]
    assert [one.body for one in post.taken] == [message.common + message.recipients[a] for a in (PLANNING, TRANSPORT)]


def test_what_is_handed_over_and_read_goes_out_once(store: Store) -> None:
    post, dispatcher, message = Post(), dispatcher_of(store), outgoing()
    parcels = write(store, message)
    dispatcher.dispatch_once(post)
    dispatcher.offer(parcels)
    dispatcher.dispatch_once(post)
    assert post.names == [message.header.message_id]


def test_the_urgent_overtake_what_was_handed_over_before(store: Store) -> None:
    post, dispatcher = Post(), dispatcher_of(store)
    dispatcher.dispatch_once(post)
    ordinary, urgent = outgoing(), outgoing(urgency=Urgency.EXTRA_URGENT)
    dispatcher.offer(write(store, ordinary))
    dispatcher.offer(write(store, urgent))
    dispatcher.dispatch_once(post)
    assert post.names == [urgent.header.message_id, ordinary.header.message_id]


def test_what_finds_no_room_is_read_from_its_rows(store: Store) -> None:
    post, dispatcher = Post(), dispatcher_of(store, batch=2)
    dispatcher.dispatch_once(post)
    messages = [outgoing() for _ in range(5)]
    for message in messages:
        dispatcher.offer(write(store, message))
    dispatcher.dispatch_once(post)
    assert len(post.taken) == 2
    until = monotonic() + 10
    while len(post.taken) < 5 and monotonic() < until:  # results are settled a moment later
        post.confirm(dispatcher)
        dispatcher.dispatch_once(post)
    assert sorted(post.names) == sorted(message.header.message_id for message in messages)


def test_what_another_process_has_written_does_not_wait_for_pauses_behind_copies_that_lie_in_a_queue(
    store: Store,
) -> None:
    earlier, message = [outgoing() for _ in range(12)], outgoing()
    with store.transaction() as tx:
        tx[Outbox].add(earlier, NOW)
        tx[Outbox].mark_sent([parcel.id for parcel in tx[Outbox].parcels(earlier)], NOW, NOW)
    write(store, message)
    idle = QueueDepth(len(earlier), consumers=0)
    post, dispatcher = Post(), dispatcher_of(store, batch=4, depths=lambda queues: dict.fromkeys(queues, idle))
    while dispatcher.dispatch_once(post):
        pass
    assert post.names == [message.header.message_id]


@pytest.mark.parametrize("known", [True, False], ids=["handed over", "lost with its process"])
def test_a_copy_that_was_handed_over_is_due_until_it_is_confirmed(store: Store, known: bool) -> None:
    post, dispatcher, message = Post(), dispatcher_of(store), outgoing()
    dispatcher.dispatch_once(post)
    parcels = write(store, message)
    if known:
        dispatcher.offer(parcels)
        dispatcher.dispatch_once(post)
    after, other = Post(), dispatcher_of(store)  # another process after a crash
    other.dispatch_once(after)
    assert after.names == [message.header.message_id]
    after.confirm(other)
    while not other.dispatch_once(after):  # results are settled a moment later
        pass
    assert states(store, message) == [OutboxState.SENT]
    patient, late = Post(), dispatcher_of(store, Later())
    late.dispatch_once(patient)
    assert patient.names == [message.header.message_id]  # no receipt came


@pytest.mark.parametrize(
    ("outcome", "state"),
    [(PublishOutcome.IMPOSSIBLE, OutboxState.FAILED), (PublishOutcome.REFUSED, OutboxState.WRITTEN)],
)
def test_what_can_never_go_out_is_abandoned_at_once_with_its_reason_and_what_cannot_now_is_kept(
    store: Store, outcome: PublishOutcome, state: OutboxState
) -> None:
    post, dispatcher, message = Post(), dispatcher_of(store), outgoing()
    write(store, message)
    dispatcher.dispatch_once(post)
    post.confirm(dispatcher, outcome)
    while not dispatcher.dispatch_once(post):  # results are settled a moment later
        pass
    with store.reading() as tx:
        (row,) = tx[Outbox].rows(message.header.message_id)
    assert (row.state, row.last_error) == (state, f"{outcome}: its name is too long")
