"""The reconciliation over real stores: it balances, in pages of any size, and names what was done by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from sqlalchemy import text

from exchange.approval.rules.states import CaseState, PartState
from exchange.approval.window.store import Cases
from exchange.errors import BrokerUnavailable
from exchange.messaging.inbox import Inbox
from exchange.messaging.outbox import Outbox
from exchange.messaging.records import Outgoing
from exchange.operations.reconciliation.books import BROKER, Balance, BalanceVerdict, Unread
from exchange.operations.reconciliation.facts import BalanceTerm, Difference, DifferenceKind, Law
from exchange.operations.reconciliation.reconcile import RealTime, Reconciliation
from exchange.operations.reconciliation.records import FactStream
from exchange.operations.reconciliation.store import MessageFacts
from exchange.store import Store, open_store
from tests.contract.rows import (
    LATER,
    NOW,
    PLANNING,
    TRANSPORT,
    US,
    WINDOW,
    case_row,
    dead_letter,
    entry,
    new_id,
    outgoing,
    part_row,
    signed_for,
)
from tests.contract.store.test_store_plans import plans

Stores = Mapping[str, Store]


@pytest.fixture
def stores(store: Store, database_url: str, tmp_path: Path) -> Iterator[Stores]:
    """The stores of us and of planning, on the same kind of database."""
    url = f"sqlite:///{tmp_path / 'planning.db'}" if database_url.startswith("sqlite") else database_url
    with_name = f"{tmp_path.name}.planning"
    other = open_store(url, member=with_name)
    other.migrate()
    yield {US: store, PLANNING: other}
    if not database_url.startswith("sqlite"):
        with other.transaction() as tx:
            tx._db.execute(text(f'DROP SCHEMA "{tx._db.scalar(text("SELECT current_schema()"))}" CASCADE'))
    other.close()


def look(stores: Stores, settling: float = 0.0, since: object = None, **depths: int) -> Balance:
    """One look; ``depths`` by the member's last label."""
    at = {address: depths.get(address.rpartition(".")[2], 0) for address in stores}
    watch = RealTime(lambda: 0.0, lambda seconds: None)
    return Reconciliation(stores, lambda: at, watch, settling=settling).reconcile(since)  # type: ignore[arg-type]


def send(stores: Stores, *addressees: str, **fields: object) -> Outgoing:
    """A message of ours that the broker has confirmed."""
    message = outgoing(*addressees, **fields)  # type: ignore[arg-type]
    with stores[US].transaction() as tx:
        tx[Outbox].add([message], NOW)
        tx[Outbox].mark_sent([parcel.id for parcel in tx[Outbox].parcels([message])], NOW, LATER)
    return message


def take_in(stores: Stores, message: Outgoing, *, accepted: bool = True) -> None:
    """Planning takes a message in and signs for it, and we take in its receipt."""
    receipt = outgoing(US, sender=PLANNING, kind="receipt", needs_receipt=False)
    receipt_id = receipt.header.message_id
    taken = entry(US, message_id=message.header.message_id, receipt_id=receipt_id, accepted=accepted)
    with stores[PLANNING].transaction() as tx:
        tx[Inbox].record([taken], NOW)
        tx[Outbox].add([receipt], NOW)
        tx[Outbox].mark_sent([parcel.id for parcel in tx[Outbox].parcels([receipt])], NOW, LATER)
    with stores[US].transaction() as tx:
        tx[Inbox].record([entry(PLANNING, "receipt", message_id=receipt_id, receipt_id=None)], NOW)
        tx[Outbox].mark_signed([signed_for(message, receipt_id=receipt_id, accepted=accepted)], NOW)


def by_hand(store: Store, statement: str, **values: str) -> None:
    """What somebody does to a database with a tool of its own."""
    with store.transaction() as tx:
        assert tx._db.execute(text(statement), values).rowcount == 1


def found(balance: Balance) -> list[tuple[DifferenceKind, str, str]]:
    return [(one.fault, one.message_id, one.member) for one in balance.differences]


def test_messages_at_every_stage_balance_and_are_counted_where_they_are(stores: Stores) -> None:
    with stores[US].transaction() as tx:
        tx[Outbox].add([outgoing()], NOW)
    send(stores)
    send(stores, TRANSPORT)
    take_in(stores, send(stores))
    take_in(stores, send(stores), accepted=False)
    dead = send(stores)
    with stores[PLANNING].transaction() as tx:
        tx[Inbox].dead([dead_letter(message_id=dead.header.message_id, sender=US), dead_letter()], NOW)
    balance = look(stores, planning=1)
    assert balance.verdict is BalanceVerdict.BALANCED
    assert {term.value: number for term, number in balance.counts.items() if number} == {
        "written": 8, "waiting": 1, "dispatched": 7, "taken": 4, "queued": 1, "over-links": 1, "dead": 1,
    }  # fmt: skip


@pytest.mark.parametrize("page", [1, 3])
def test_pages_of_any_size_tell_the_same(stores: Stores, page: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exchange.operations.reconciliation.reconcile.PAGE", page)
    for _ in range(3):
        take_in(stores, send(stores, PLANNING, TRANSPORT))
    send(stores, PLANNING, TRANSPORT, WINDOW)
    balance = look(stores, planning=1)
    assert balance.verdict is BalanceVerdict.BALANCED
    assert (balance.counts[BalanceTerm.WRITTEN], balance.counts[BalanceTerm.LINKS]) == (12, 5)


def test_a_row_deleted_from_an_inbox_is_found_and_named(stores: Stores) -> None:
    message = send(stores)
    take_in(stores, message)
    id = message.header.message_id
    by_hand(stores[PLANNING], "DELETE FROM inbox WHERE message_id = :id", id=id)
    assert found(look(stores)) == [(DifferenceKind.NOT_TAKEN, id, PLANNING)]


def test_a_copy_marked_as_delivered_without_a_receipt_is_found_and_named(stores: Stores) -> None:
    message = send(stores)
    id = message.header.message_id
    with stores[PLANNING].transaction() as tx:
        tx[Inbox].record([entry(US, message_id=id, receipt_id=None)], NOW)
    assert look(stores).verdict is BalanceVerdict.BALANCED
    by_hand(stores[US], "UPDATE outbox_copy SET state = 'delivered', delivered_at = 1 WHERE message_id = :id", id=id)
    assert found(look(stores)) == [(DifferenceKind.UNPROVEN, id, PLANNING)]


def test_a_dead_letter_that_was_removed_is_found_and_named(stores: Stores) -> None:
    message = send(stores)
    id = message.header.message_id
    with stores[PLANNING].transaction() as tx:
        tx[Inbox].dead([dead_letter(message_id=id, sender=US)], NOW)
    assert look(stores).verdict is BalanceVerdict.BALANCED
    by_hand(stores[PLANNING], "DELETE FROM dead_letter WHERE message_id = :id", id=id)
    assert found(look(stores)) == [(DifferenceKind.NOWHERE, id, PLANNING)]


def test_what_is_taken_out_of_an_outbox_is_found_and_named(stores: Stores) -> None:
    one, other, third = (send(stores, PLANNING, TRANSPORT).header.message_id for _ in range(3))
    by_hand(stores[US], "DELETE FROM outbox_copy WHERE message_id = :id AND addressee = :to", id=one, to=TRANSPORT)
    by_hand(stores[US], "DELETE FROM outbox_message WHERE message_id = :id", id=other)
    for to in (PLANNING, TRANSPORT):
        by_hand(stores[US], "DELETE FROM outbox_copy WHERE message_id = :id AND addressee = :to", id=third, to=to)
    by_hand(stores[US], "DELETE FROM outbox_message WHERE message_id = :id", id=third)
    faults = {one.message_id: one.fault for one in look(stores, planning=2).differences}
    assert faults == {
        one: DifferenceKind.COPY_LOST,
        other: DifferenceKind.MESSAGE_LOST,
        third: DifferenceKind.MESSAGE_LOST,
    }


def test_a_receipt_removed_at_either_end_is_found_and_named(stores: Stores) -> None:
    message = send(stores)
    take_in(stores, message)
    id = message.header.message_id
    by_hand(stores[US], "DELETE FROM inbox WHERE kind = :kind", kind="receipt")
    balance = look(stores)
    assert (DifferenceKind.RECEIPT_LOST, id, PLANNING) in found(balance)
    by_hand(stores[PLANNING], "DELETE FROM outbox_message WHERE kind = :kind", kind="receipt")
    assert (DifferenceKind.RECEIPT_UNWRITTEN, id, PLANNING) in found(look(stores))


def test_parts_of_cases_are_held_against_consultations_and_answers(stores: Stores) -> None:
    message = send(stores, kind="consultation")
    take_in(stores, message)
    id, opinion = message.header.message_id, new_id()
    part = part_row(consultation_id=id, state=PartState.ANSWERED, opinion_id=opinion)
    with stores[US].transaction() as tx:
        tx[Cases].open(case_row(), [part, part_row(TRANSPORT)])
    assert look(stores).differences == (
        Difference(Law.CONSULTATIONS, DifferenceKind.ANSWER_LOST, id, US, PLANNING, "HF-1"),
    )
    with stores[US].transaction() as tx:
        tx[Inbox].record([entry(PLANNING, "opinion", message_id=opinion, receipt_id=None)], NOW)
    with stores[PLANNING].transaction() as tx:
        tx[Outbox].add([outgoing(US, sender=PLANNING, kind="opinion", message_id=opinion)], NOW)
    balance = look(stores)
    assert balance.verdict is BalanceVerdict.BALANCED, balance.differences
    assert balance.counts[BalanceTerm.ISSUED] == balance.counts[BalanceTerm.ANSWERED] == 1
    with stores[US].transaction() as tx:
        tx[Cases].move("HF-1", {CaseState.OPEN}, CaseState.WITHDRAWN, withdrawn_at=NOW)
    by_hand(stores[US], "DELETE FROM part WHERE department = :to", to=PLANNING)
    assert found(look(stores)) == [(DifferenceKind.PART_LOST, id, PLANNING)]


def test_what_was_written_before_is_left_out_by_since(stores: Stores) -> None:
    send(stores)
    assert look(stores, since=NOW, planning=1).counts[BalanceTerm.WRITTEN] == 1
    assert look(stores, since=LATER, planning=0).counts.get(BalanceTerm.WRITTEN, 0) == 0


def test_what_is_under_way_at_the_look_is_looked_at_again_until_it_has_settled(stores: Stores) -> None:
    message = send(stores)
    times = iter([0.0, 1.0, 2.0, 3.0])
    watch = RealTime(lambda: next(times), lambda seconds: take_in(stores, message))
    balance = Reconciliation(stores, lambda: {US: 0, PLANNING: 0}, watch, settling=10.0).reconcile()
    assert balance.verdict is BalanceVerdict.BALANCED
    assert balance.counts[BalanceTerm.TAKEN] == 1, "the message; its receipt was written after the look"


def test_a_store_or_broker_that_cannot_be_read_leaves_the_ledger_open(stores: Stores, tmp_path: Path) -> None:
    message = send(stores)
    broken = tmp_path / "broken.db"
    broken.write_bytes(b"no database at all" * 1000)
    lost = open_store(f"sqlite:///{broken}", member="hefei.broken")
    watch = RealTime(iter(range(100)).__next__, lambda seconds: None)

    def away() -> Mapping[str, int]:
        raise BrokerUnavailable("no answer")

    balance = Reconciliation({**stores, "hefei.broken": lost}, lambda: {PLANNING: 1}, watch).reconcile()
    assert [unread.name for unread in balance.unread] == ["hefei.broken"]
    assert balance.verdict is BalanceVerdict.UNKNOWN
    balance = Reconciliation(stores, away, watch, settling=3.0).reconcile()
    assert balance.unread == (Unread(BROKER, "no answer"),)
    assert (balance.verdict, balance.counts[BalanceTerm.QUEUED]) == (BalanceVerdict.UNKNOWN, 1)
    assert message.header.message_id not in {one.message_id for one in balance.differences}
    lost.close()


@pytest.mark.parametrize("stream", list(FactStream))
def test_no_page_is_sorted_or_found_by_going_through_a_table(store: Store, stream: FactStream) -> None:
    plan = plans(store, lambda tx: tx[MessageFacts].page(stream, US, (new_id(), "a"), 500))
    assert "USE TEMP B-TREE FOR ORDER BY" not in plan, plan
    assert "USING" in plan or "Index" in plan, plan
