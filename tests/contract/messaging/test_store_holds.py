"""What is held rests in the outbox, is not looked at, and is due at once when it is released."""

from __future__ import annotations

from datetime import datetime

from exchange.messaging.holds import Holds
from exchange.messaging.outbox import Outbox
from exchange.messaging.records import OutboxState, Outgoing
from exchange.messaging.rules.holding import Hold
from exchange.store import Store
from tests.contract.messaging.test_dispatch import Post, dispatcher_of, states, write
from tests.contract.rows import LATER, MUCH_LATER, NOW, PLANNING, TRANSPORT, new_id, outgoing
from tests.contract.store.test_store_plans import plans


def hold(addressee: str | None = PLANNING, kind: str | None = None, at: datetime = NOW) -> Hold:
    return Hold(new_id(), addressee, kind, "its office moves", "li", at)


def begin(store: Store, *holds: Hold) -> None:
    with store.transaction() as tx:
        for one in holds:
            assert tx[Holds].put(one)


def release(store: Store, one: Hold) -> None:
    with store.transaction() as tx:
        assert tx[Holds].release(one.id, "wang", LATER)


def due(store: Store) -> list[str]:
    with store.reading() as tx:
        return [parcel.message_id for parcel in tx[Outbox].due(LATER, 99, ())]


def park(store: Store, *messages: Outgoing) -> int:
    with store.transaction() as tx:
        return tx[Holds].park([parcel.id for parcel in tx[Outbox].parcels(messages)])


def test_a_hold_is_kept_with_its_reason_until_it_is_released_by_somebody(store: Store) -> None:
    first, second = hold(), hold(None, "decision", LATER)
    begin(store, first, second)
    with store.transaction() as tx:
        assert not tx[Holds].put(first)
        assert tx[Holds].standing() == [first, second]
        assert tx[Holds].release(first.id, "wang", LATER)
        assert not tx[Holds].release(first.id, "wang", LATER)
        assert tx[Holds].standing() == [second]
        [_, kept] = tx[Holds].recent()
        assert (kept.released_by, kept.released_at, kept.reason) == ("wang", LATER, first.reason)
        assert [one.id for one in tx[Holds].since(LATER)] == [first.id, second.id]
        assert [one.id for one in tx[Holds].since(MUCH_LATER)] == [second.id]


def test_only_what_a_standing_hold_covers_can_be_put_to_rest(store: Store) -> None:
    both, opinion, decision = (
        outgoing(PLANNING, TRANSPORT),
        outgoing(kind="opinion"),
        outgoing(TRANSPORT, kind="decision"),
    )
    write(store, both, opinion, decision)
    standing = [hold(), hold(None, "decision")]
    assert park(store, both, opinion, decision) == 0
    begin(store, *standing)
    assert park(store, both, opinion, decision) == 2
    assert due(store) == [both.header.message_id, opinion.header.message_id], "the other copy, and what never rests"
    with store.reading() as tx:
        assert tx[Holds].resting() == {(PLANNING, "document"): 1, (TRANSPORT, "decision"): 1}
        assert tx[Outbox].unsent() == 2
    release(store, standing[0])
    assert park(store, both) == 0, "whoever has not heard of the release puts nothing to rest"
    assert len(due(store)) == 3


def test_what_two_holds_cover_rests_until_both_are_released(store: Store) -> None:
    message, holds = outgoing(), (hold(), hold(None, "document"))
    write(store, message)
    begin(store, *holds)
    assert park(store, message) == 1
    with store.reading() as tx:
        assert tx[Outbox].next_due() is None
    release(store, holds[0])
    assert due(store) == []
    release(store, holds[1])
    assert due(store) == [message.header.message_id]


def test_a_dispatcher_lets_rest_what_is_held_and_sends_it_once_when_it_is_released(store: Store) -> None:
    message, other, one = outgoing(), outgoing(TRANSPORT), hold()
    begin(store, one)
    post, dispatcher = Post(), dispatcher_of(store)
    dispatcher.offer(write(store, message, other))
    while dispatcher.dispatch_once(post):
        pass
    assert post.names == [other.header.message_id]
    assert states(store, message) == [OutboxState.WRITTEN]
    release(store, one)
    after, another = Post(), dispatcher_of(store)  # another process, which begins with what stands in its rows
    another.dispatch_once(after)
    assert message.header.message_id in after.names
    after.confirm(another)
    while not another.dispatch_once(after):
        pass
    assert states(store, message) == [OutboxState.SENT]


def test_a_hold_is_found_through_its_index_whatever_lies_in_the_outbox(store: Store) -> None:
    plan = plans(
        store, lambda tx: (tx[Holds].standing(), tx[Holds].park([1, 2]), tx[Holds].resting(), tx[Outbox].unsent())
    )
    assert "hold_standing" in plan
    assert "SCAN outbox_copy'" not in plan
    assert "Seq Scan on outbox_copy " not in plan
