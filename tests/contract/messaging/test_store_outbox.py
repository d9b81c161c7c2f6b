"""The outbox: nothing is lost, nothing is settled twice, and what is due goes out in its order."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from exchange.errors import Conflict
from exchange.messaging.documents import Documents
from exchange.messaging.outbox import Outbox
from exchange.messaging.records import OutboxState, OutboxView, Outgoing, Parcel
from exchange.schemas import Urgency
from exchange.store import Store
from exchange.telemetry.troubles import Troubles
from tests.contract.rows import LATER, MUCH_LATER, NOW, PLANNING, TRANSPORT, US, new_id, outgoing, signed_for

WRITTEN, SENT, DELIVERED = OutboxState.WRITTEN, OutboxState.SENT, OutboxState.DELIVERED
RETURNED, FAILED = OutboxState.RETURNED, OutboxState.FAILED


def add(store: Store, *messages: Outgoing) -> None:
    with store.transaction() as tx:
        tx[Outbox].add(messages, NOW)


def due(store: Store, now: datetime = NOW, limit: int = 100, flying: Collection[int] = ()) -> list[Parcel]:
    with store.reading() as tx:
        return tx[Outbox].due(now, limit, flying)


def rows(store: Store, message: Outgoing) -> list[OutboxView]:
    with store.reading() as tx:
        return tx[Outbox].rows(message.header.message_id)


def states(store: Store, message: Outgoing) -> dict[str, OutboxState]:
    return {row.addressee: row.state for row in rows(store, message)}


def send(store: Store, *messages: Outgoing, again_at: datetime = LATER) -> None:
    """Has all that is due confirmed by the broker."""
    add(store, *messages)
    confirm(store, again_at=again_at)


def confirm(store: Store, again_at: datetime = LATER) -> None:
    with store.transaction() as tx:
        tx[Outbox].mark_sent([parcel.id for parcel in tx[Outbox].due(NOW, 1000, ())], NOW, again_at)


def test_a_message_is_due_at_once_for_each_addressee_with_the_same_ciphertext_and_its_own_key(store: Store) -> None:
    message = outgoing(PLANNING, TRANSPORT, urgency=Urgency.URGENT)
    add(store, message)
    parcels = due(store)
    assert [parcel.addressee for parcel in parcels] == [PLANNING, TRANSPORT]
    assert {parcel.common for parcel in parcels} == {message.common}
    for parcel in parcels:
        assert parcel.recipient == message.recipients[parcel.addressee]
        assert parcel.queue == message.queues[parcel.addressee]
        assert (parcel.message_id, parcel.kind) == (message.header.message_id, "document")
        assert (parcel.conversation_id, parcel.urgency) == (message.header.conversation_id, Urgency.URGENT)
        assert parcel.attempts == 0


def test_a_copy_that_waits_is_found_by_its_message_and_addressee_until_it_is_settled(store: Store) -> None:
    message = outgoing(PLANNING, TRANSPORT)
    add(store, message, outgoing(PLANNING))
    first, _, _ = due(store)
    with store.transaction() as tx:
        assert tx[Outbox].waiting(message.header.message_id, PLANNING) == first
        assert tx[Outbox].waiting(message.header.message_id, US) is None
        tx[Outbox].mark_failed(first.id, "no way", NOW, None)
        assert tx[Outbox].waiting(message.header.message_id, PLANNING) is None
        assert tx[Outbox].waiting(message.header.message_id, TRANSPORT) is not None


def test_the_signed_document_and_its_enclosures_are_on_record_as_they_were(store: Store) -> None:
    message = outgoing(enclosures=(b"", b"\x00\x01", b"x" * 70_000))
    add(store, message)
    with store.reading() as tx:
        stored = tx[Documents].get(US, message.header.message_id)
    assert stored is not None
    assert (stored.signed, stored.enclosures, stored.direction) == (message.signed, message.enclosures, "sent")
    assert stored.recorded_at == NOW


def test_adding_nothing_changes_nothing(store: Store) -> None:
    add(store)
    assert due(store) == []


def test_urgent_copies_overtake_and_the_rest_keeps_the_order_in_which_it_was_written(store: Store) -> None:
    ordinary, urgent, extra, last = (
        outgoing(urgency=urgency)
        for urgency in (Urgency.ORDINARY, Urgency.URGENT, Urgency.EXTRA_URGENT, Urgency.ORDINARY)
    )
    add(store, ordinary, urgent)
    add(store, extra, last)
    ids = [message.header.message_id for message in (extra, urgent, ordinary, last)]
    assert [parcel.message_id for parcel in due(store)] == ids
    assert [parcel.message_id for parcel in due(store, limit=2)] == ids[:2]


@pytest.mark.parametrize("ordinary", [0, 1, 2, 30])
def test_ordinary_copies_have_a_fifth_of_every_lot_however_many_urgent_ones_there_are(
    store: Store, ordinary: int
) -> None:
    waiting = [outgoing() for _ in range(ordinary)]
    add(store, *waiting, *(outgoing(urgency=Urgency.URGENT) for _ in range(30)))
    lot = [parcel.message_id for parcel in due(store, limit=10)]
    assert len(set(lot)) == 10
    have = min(2, ordinary)
    assert lot[10 - have :] == [message.header.message_id for message in waiting[:have]]


def test_a_copy_that_comes_due_again_goes_before_what_was_written_after_it(store: Store) -> None:
    first, second = outgoing(), outgoing()
    send(store, first)
    add(store, second)
    assert [parcel.message_id for parcel in due(store, LATER)] == [
        first.header.message_id,
        second.header.message_id,
    ]


def test_what_is_in_flight_is_not_handed_out_again_and_does_not_use_up_the_limit(store: Store) -> None:
    add(store, *(outgoing() for _ in range(5)))
    ids = [parcel.id for parcel in due(store)]
    assert [parcel.id for parcel in due(store, limit=2, flying=ids[:3])] == ids[3:]


def test_a_confirmed_copy_waits_for_its_receipt_and_is_due_again_without_it(store: Store) -> None:
    message = outgoing()
    send(store, message, again_at=LATER)
    assert due(store) == []
    [row] = rows(store, message)
    assert (row.state, row.attempts, row.sent_at, row.delivered_at) == (SENT, 1, NOW, None)
    [again] = due(store, LATER)
    assert (again.common, again.attempts) == (message.common, 1)
    assert due(store, LATER - timedelta(microseconds=1)) == []


def test_a_second_confirm_keeps_the_moment_of_the_first(store: Store) -> None:
    message = outgoing()
    send(store, message)
    with store.transaction() as tx:
        tx[Outbox].mark_sent([parcel.id for parcel in tx[Outbox].due(LATER, 10, ())], LATER, MUCH_LATER)
    [row] = rows(store, message)
    assert (row.sent_at, row.attempts) == (NOW, 2)


def test_a_message_that_needs_no_receipt_is_delivered_by_the_confirm(store: Store) -> None:
    message = outgoing(needs_receipt=False)
    send(store, message)
    [row] = rows(store, message)
    assert (row.state, row.delivered_at) == (DELIVERED, NOW)
    assert due(store, MUCH_LATER) == []


def test_the_next_due_moment_is_that_of_the_earliest_waiting_copy(store: Store) -> None:
    def next_due() -> datetime | None:
        with store.reading() as tx:
            return tx[Outbox].next_due()

    assert next_due() is None
    waiting, unanswered = outgoing(), outgoing()
    send(store, unanswered, again_at=LATER)
    assert next_due() == LATER
    add(store, waiting)
    at_once = next_due()
    assert at_once is not None
    assert at_once <= NOW
    with store.transaction() as tx:
        tx[Outbox].mark_signed([signed_for(waiting), signed_for(unanswered)], NOW)
    assert next_due() is None


def test_a_receipt_delivers_and_says_where_its_proof_is(store: Store) -> None:
    message = outgoing(PLANNING, TRANSPORT)
    send(store, message)
    receipt = signed_for(message, TRANSPORT, index=7)
    with store.transaction() as tx:
        assert tx[Outbox].mark_signed([receipt], LATER) == [receipt]
    assert states(store, message) == {PLANNING: SENT, TRANSPORT: DELIVERED}
    row = rows(store, message)[1]
    assert (row.delivered_at, row.receipt_id, row.receipt_index) == (LATER, receipt.receipt_id, 7)
    assert [parcel.addressee for parcel in due(store, MUCH_LATER)] == [PLANNING]


def test_a_receipt_dated_before_its_message_is_a_trouble_until_one_comes_that_can_be(store: Store) -> None:
    message = outgoing(PLANNING, TRANSPORT)
    send(store, message)
    early = replace(signed_for(message, TRANSPORT), signed_for_at=NOW - timedelta(hours=1))
    with store.transaction() as tx:
        assert tx[Outbox].mark_signed([early, signed_for(message, PLANNING)], LATER) != []
        found = tx[Troubles].implausible()
    assert (found.number, found.first, found.since) == (1, (TRANSPORT,), NOW)
    [_, row] = rows(store, message)
    assert row.last_error == "implausible-time: its receipt is dated before it was written"
    with store.transaction() as tx:
        tx[Outbox].mark_signed([signed_for(message, TRANSPORT)], LATER)
        assert tx[Troubles].implausible().number == 0


def test_a_return_keeps_its_reason_and_is_never_sent_again(store: Store) -> None:
    message = outgoing()
    send(store, message)
    with store.transaction() as tx:
        tx[Outbox].mark_signed([signed_for(message, accepted=False, reason="secret: 机密")], LATER)
        assert tx[Outbox].resend(message.header.message_id, None, LATER) == 0
    [row] = rows(store, message)
    assert (row.state, row.returned_at, row.delivered_at, row.last_error) == (RETURNED, LATER, None, "secret: 机密")
    assert due(store, MUCH_LATER) == []


def test_a_receipt_for_another_document_moves_nothing(store: Store) -> None:
    message = outgoing()
    send(store, message)
    strangers = [
        signed_for(message, digest="0" * 64),
        signed_for(message, TRANSPORT),
        signed_for(outgoing()),
    ]
    with store.transaction() as tx:
        assert tx[Outbox].mark_signed(strangers, LATER) == []
    assert states(store, message) == {PLANNING: SENT}


def test_of_a_hundred_receipts_only_those_that_moved_something_come_back(store: Store) -> None:
    messages = [outgoing() for _ in range(100)]
    send(store, *messages)
    receipts = [signed_for(message, index=place) for place, message in enumerate(messages)]
    with store.transaction() as tx:
        assert tx[Outbox].mark_signed(receipts[:40], LATER) == receipts[:40]
    with store.transaction() as tx:
        assert tx[Outbox].mark_signed(receipts, LATER) == receipts[40:]
        assert tx[Outbox].mark_signed(receipts, LATER) == []


def test_two_receipts_for_one_message_in_a_batch_count_once_and_the_first_holds(store: Store) -> None:
    message = outgoing()
    send(store, message)
    accepted = signed_for(message, index=0)
    refused = signed_for(message, index=1, accepted=False, reason="changed my mind", receipt_id=accepted.receipt_id)
    with store.transaction() as tx:
        assert tx[Outbox].mark_signed([accepted, refused], LATER) == [accepted]
    [row] = rows(store, message)
    assert (row.state, row.receipt_index, row.returned_at) == (DELIVERED, 0, None)


def test_a_receipt_that_comes_before_the_confirm_is_not_undone_by_it(store: Store) -> None:
    message = outgoing()
    add(store, message)
    ids = [parcel.id for parcel in due(store)]
    with store.transaction() as tx:
        assert len(tx[Outbox].mark_signed([signed_for(message)], NOW)) == 1
    with store.transaction() as tx:
        tx[Outbox].mark_sent(ids, LATER, MUCH_LATER)
        tx[Outbox].mark_failed(ids[0], "lost", LATER, None)
    assert states(store, message) == {PLANNING: DELIVERED}
    assert due(store, MUCH_LATER) == []


def test_a_failed_attempt_is_due_again_when_it_was_told_to_be(store: Store) -> None:
    message = outgoing()
    add(store, message)
    [parcel] = due(store)
    with store.transaction() as tx:
        tx[Outbox].mark_failed(parcel.id, "lost: connection", NOW, LATER)
    assert due(store) == []
    [again] = due(store, LATER)
    assert again.attempts == 1
    [row] = rows(store, message)
    assert (row.state, row.last_error) == (WRITTEN, "lost: connection")


def test_a_copy_that_was_abandoned_rests_until_it_is_sent_again(store: Store) -> None:
    message = outgoing(PLANNING, TRANSPORT)
    add(store, message)
    first, _ = due(store)
    with store.transaction() as tx:
        tx[Outbox].mark_failed(first.id, "unroutable", NOW, None)
    assert states(store, message) == {PLANNING: FAILED, TRANSPORT: WRITTEN}
    assert [parcel.addressee for parcel in due(store, MUCH_LATER)] == [TRANSPORT]
    with store.transaction() as tx:
        assert tx[Outbox].resend(message.header.message_id, PLANNING, LATER) == 1
    assert [parcel.addressee for parcel in due(store)] == [PLANNING, TRANSPORT]


def test_a_receipt_settles_even_a_copy_that_was_abandoned(store: Store) -> None:
    message = outgoing()
    add(store, message)
    with store.transaction() as tx:
        tx[Outbox].mark_failed(tx[Outbox].due(NOW, 1, ())[0].id, "unroutable", NOW, None)
        assert len(tx[Outbox].mark_signed([signed_for(message)], LATER)) == 1
    assert states(store, message) == {PLANNING: DELIVERED}


def test_a_receipt_of_ours_goes_out_again_with_the_same_bytes_when_a_duplicate_asks_for_it(store: Store) -> None:
    receipt = outgoing(kind="receipt", needs_receipt=False)
    send(store, receipt)
    for _ in range(2):
        with store.transaction() as tx:
            assert tx[Outbox].resend(receipt.header.message_id, PLANNING, LATER) == 1
        [parcel] = due(store)
        assert (parcel.common, parcel.recipient) == (receipt.common, receipt.recipients[PLANNING])
        confirm(store)
        assert states(store, receipt) == {PLANNING: DELIVERED}


def test_what_the_addressee_has_signed_for_is_not_sent_again(store: Store) -> None:
    message = outgoing(PLANNING, TRANSPORT)
    send(store, message)
    with store.transaction() as tx:
        tx[Outbox].mark_signed([signed_for(message, PLANNING)], LATER)
    with store.transaction() as tx:
        assert tx[Outbox].resend(message.header.message_id, None, LATER) == 1
    # Its receipt would come back under an id that is on record already, and so would never settle it again.
    assert states(store, message)[PLANNING] is DELIVERED
    assert [parcel.addressee for parcel in due(store)] == [TRANSPORT]


def test_sending_again_what_does_not_exist_reaches_no_copy(store: Store) -> None:
    message = outgoing()
    add(store, message)
    with store.transaction() as tx:
        assert tx[Outbox].resend(new_id(), None, NOW) == 0
        assert tx[Outbox].resend(message.header.message_id, TRANSPORT, NOW) == 0


def test_a_message_id_goes_out_once(store: Store) -> None:
    message = outgoing()
    add(store, message)
    with pytest.raises(Conflict):
        add(store, outgoing(), message)
    assert len(due(store)) == 1


def test_copies_are_counted_by_state(store: Store) -> None:
    done, sent, written = outgoing(), outgoing(PLANNING, TRANSPORT), outgoing()
    send(store, done, sent)
    add(store, written)
    with store.transaction() as tx:
        tx[Outbox].mark_signed([signed_for(done)], LATER)
        assert tx[Outbox].counts() == {"delivered": 1, "sent": 2, "written": 1}


def test_every_failure_is_kept_and_none_overwrites_another(store: Store) -> None:
    from sqlalchemy import select

    from exchange.messaging.tables import outbox_failure

    add(store, outgoing())
    for attempt in range(3):
        with store.transaction() as tx:
            [parcel] = tx[Outbox].due(MUCH_LATER, 1, ())
            tx[Outbox].mark_failed(parcel.id, f"lost {attempt}", NOW, NOW)
    with store.reading() as tx:
        kept = tx._db.execute(select(outbox_failure.c.reason).order_by(outbox_failure.c.id))
        assert [row.reason for row in kept] == ["lost 0", "lost 1", "lost 2"]


def test_copies_without_a_receipt_are_found_by_addressee_whatever_became_of_them(store: Store) -> None:
    waiting, signed, receipt = (
        outgoing(PLANNING, TRANSPORT),
        outgoing(PLANNING),
        outgoing(PLANNING, needs_receipt=False),
    )
    send(store, waiting, signed, receipt)
    with store.transaction() as tx:
        tx[Outbox].mark_signed([signed_for(signed, PLANNING)], NOW)
    with store.reading() as tx:
        found = {one.message_id: one for one in tx[Outbox].unreceipted(PLANNING)}
    assert {one.message_id: one.needs_receipt for one in found.values()} == {
        waiting.header.message_id: True,
        receipt.header.message_id: False,
    }
    assert found[waiting.header.message_id].recipient == waiting.recipients[PLANNING]


def test_copies_handed_over_are_those_that_would_be_read_back(store: Store) -> None:
    messages = outgoing(PLANNING, TRANSPORT), outgoing(TRANSPORT, urgency=Urgency.URGENT), outgoing(PLANNING)
    with store.transaction() as tx:
        tx[Outbox].add(messages, NOW)
        handed = tx[Outbox].parcels(messages[:2])
    read = [parcel for parcel in due(store) if parcel.message_id != messages[2].header.message_id]
    assert len(handed) == 3
    assert handed == read


def test_a_confirm_touches_no_copy_between_those_that_it_names(store: Store) -> None:
    messages = [outgoing() for _ in range(5)]
    add(store, *messages)
    ids = [parcel.id for parcel in due(store)]
    with store.transaction() as tx:
        tx[Outbox].mark_sent([ids[4], ids[0], ids[1]], NOW, LATER)
    assert [states(store, message)[PLANNING] for message in messages] == [SENT, SENT, WRITTEN, WRITTEN, SENT]
