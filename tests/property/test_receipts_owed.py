"""Receipts may be owed for a while, and are lost or given twice by nothing that happens meanwhile.

Two real members on real databases; what one has committed lies on a table until it is handed over: again and again,
to a process that dies before its commit, or to one that has been started anew. In between time passes, and rounds sign
what is owed, or die over it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.clock import SteppedClock
from exchange.envelope import envelope_for, verify_signed
from exchange.envelope.leaves import unpack_leaves
from exchange.errors import DatabaseUnavailable
from exchange.machine.debts import Debts
from exchange.messaging.arrival import OwnTime
from exchange.messaging.attested.inboxes import INBOXES
from exchange.messaging.attested.view import RowsView
from exchange.messaging.documents import Documents
from exchange.messaging.inbox import Inbox
from exchange.messaging.node import Node, new_id
from exchange.messaging.outbox import Outbox
from exchange.messaging.owed.book import look_at_owed, sign_owed
from exchange.messaging.owed.store import OwedBatches
from exchange.messaging.ports import Delivery
from exchange.messaging.receipts import read_receipt
from exchange.messaging.receive import Receiver
from exchange.messaging.records import OutboxState, Parcel
from exchange.runtime.work import work_for
from exchange.schemas import Document, DocumentKind, DocumentNumber, Purpose, ReceiptBatch, Role
from exchange.store import open_store
from tests.property.joint_table import DyingStore
from tests.property.seat import CALENDAR
from tests.unit.levels import NOW, family, seen_from

SENDER, RECEIVER = "a.b.planning", "a.planning"
PATIENCE = 0.5
LEVELS = family("a", "a.b")
OFFERED = [level.signed() for level in LEVELS.values()]


class Desk:
    """A member, whose process may die and be started anew, and what it has committed to send."""

    def __init__(self, folder: Path, address: str, patience: Callable[[], float]) -> None:
        level = next(one for one in LEVELS.values() if one.department.address == address)
        self.out: list[Parcel] = []
        self.at = 0.0
        self._url = f"sqlite:///{folder / f'{address}.db'}"
        self._patience = patience
        self._store = open_store(self._url, member=address)
        self._store.migrate()
        self.node = Node(
            identity=level.department,
            directory=seen_from(level, OFFERED),
            store=self._store,
            clock=SteppedClock(NOW),
            calendar=CALENDAR,
            new_id=new_id,
            hand_over=self.out.extend,
        )
        self._begin()

    def _begin(self) -> None:
        self.debts = Debts(self._patience, lambda: self.at)

    def restart(self) -> None:
        """Its process ends, and another one begins on its database."""
        self._store.close()
        self._store = open_store(self._url, member=self.node.address)
        self.node = replace(self.node, store=self._store)
        self._begin()

    def dying(self) -> Node:
        """The member in a process that dies before anything is committed."""
        return replace(self.node, store=DyingStore(self._store), hand_over=lambda parcels: None)

    def take(self, parcels: list[Parcel], *, dies: bool = False) -> None:
        """Takes copies in as one batch."""
        node = self.dying() if dies else self.node
        work = work_for((Role.DEPARTMENT,))
        receiver = Receiver(node, work.handlers, OwnTime(NOW, node.clock), work.on_signed, debts=self.debts)
        try:
            receiver.on_batch([_delivery(parcel) for parcel in parcels])
        except DatabaseUnavailable:
            assert dies

    def round(self, *, dies: bool = False) -> None:
        """A round of the ticker: learns what is owed, and signs it where it is time."""
        try:
            look_at_owed(self.node, self.debts)
            if self.debts.wait == 0.0:
                sign_owed(self.dying() if dies else self.node, self.debts)
        except DatabaseUnavailable:
            assert dies

    def close(self) -> None:
        self._store.close()


def _delivery(parcel: Parcel) -> Delivery:
    data = envelope_for(parcel.common, parcel.recipient)
    return Delivery(f"{parcel.addressee}.inbox", data, parcel.message_id, None, {}, False, None, False)


def document(serial: int) -> Document:
    return Document(
        number=DocumentNumber(agency="合规", year=2026, serial=serial),
        kind=DocumentKind.REPORT,
        issuer="县规划局",
        signatory="王某",
        addressees=("市规划局",),
        title="关于并联审批情况的报告",
        body="现将有关情况报告如下。",
        date=NOW.date(),
        purpose=Purpose.INFORMATION,
    )


class Exchange:
    """Both members, and what lies between them."""

    def __init__(self, folder: Path, patience: float = PATIENCE) -> None:
        self.patience = patience
        self.sender = Desk(folder, SENDER, lambda: 0.0)
        self.receiver = Desk(folder, RECEIVER, lambda: self.patience)
        self.sent: list[Parcel] = []

    def send(self, number: int) -> list[Parcel]:
        """Documents that go out in one step."""
        with self.sender.node.step() as step:
            for _ in range(number):
                step.send(document(len(self.sent) + 1), (RECEIVER,))
        new, self.sender.out[:] = list(self.sender.out), []
        self.sent += new
        return new

    def pass_time(self, seconds: float) -> None:
        self.receiver.at += seconds

    def settle(self) -> None:
        """All copies come again, time passes, and every receipt comes home, several times."""
        self.receiver.take(self.sent)
        for _ in range(3):
            self.receiver.round()
            self.pass_time(PATIENCE + 0.1)
        receipts, self.receiver.out[:] = list(self.receiver.out), []
        for _ in range(2):
            self.sender.take(receipts)

    def signed_for(self) -> Counter[str]:
        """How often each document is named in the batches of receipts that the receiver has signed."""
        found: Counter[str] = Counter()
        with self.receiver.node.store.reading() as tx:
            for one in tx[Documents].recent("sent", ReceiptBatch.KIND, 1000):
                verify_signed(one.signed, self.sender.node.directory)
                found.update(read_receipt(leaf).message_id for leaf in unpack_leaves(one.enclosures[0]))
        return found

    def check(self) -> None:
        """Every document has one receipt, which its sender has, and nothing is owed."""
        ids = {parcel.message_id for parcel in self.sent}
        assert self.signed_for() == Counter(ids)
        with self.sender.node.store.reading() as tx:
            assert tx[Outbox].counts() == ({OutboxState.DELIVERED.value: len(ids)} if ids else {})
            assert tx[Inbox].dead_letters() == []
        with self.receiver.node.store.reading() as tx:
            assert tx[OwedBatches].all() == {}
        assert self.receiver.debts.wait is None

    def close(self) -> None:
        self.sender.close()
        self.receiver.close()


@pytest.fixture
def exchange(tmp_path: Path) -> Iterator[Exchange]:
    found = Exchange(tmp_path)
    yield found
    found.close()


def batches(exchange: Exchange) -> int:
    """Batches of receipts that have gone out."""
    return len({parcel.message_id for parcel in exchange.receiver.out})


def check_rows(exchange: Exchange) -> None:
    """Nothing that the receiver has on record of what came is contradicted by what it has signed."""
    with exchange.receiver.node.store.reading() as tx:
        view = RowsView(RECEIVER, tx, exchange.receiver.node.directory, CALENDAR)
        rows = view.rows.newest(INBOXES.table, "recorded_at", 100)
        assert len(rows) == len(exchange.sent)
        assert [one for row in rows for one in INBOXES.check(view, INBOXES.at(RECEIVER, row), row)] == []


def test_the_first_receipt_goes_at_once_and_those_that_follow_soon_go_together(exchange: Exchange) -> None:
    exchange.receiver.take(exchange.send(1))
    assert batches(exchange) == 1
    for number in (1, 3, 2):
        exchange.pass_time(0.1)
        exchange.receiver.take(exchange.send(number))
    assert batches(exchange) == 1
    assert 0.0 < (exchange.receiver.debts.wait or 0.0) <= PATIENCE
    exchange.pass_time(PATIENCE)
    exchange.receiver.round()
    assert batches(exchange) == 2
    exchange.settle()
    exchange.check()


def test_who_has_time_owes_nothing(exchange: Exchange) -> None:
    exchange.patience = 0.0
    for number in range(1, 4):
        exchange.receiver.take(exchange.send(2))
        assert batches(exchange) == number
    exchange.settle()
    exchange.check()


def test_what_is_owed_is_given_with_the_next_once_it_is_old_enough(exchange: Exchange) -> None:
    for _ in range(2):
        exchange.receiver.take(exchange.send(1))
    exchange.pass_time(PATIENCE)
    exchange.receiver.take(exchange.send(1))
    assert batches(exchange) == 2
    exchange.settle()
    exchange.check()


def test_what_a_process_owed_that_is_gone_is_given_by_the_next_one(exchange: Exchange) -> None:
    for _ in range(3):
        exchange.receiver.take(exchange.send(1))
    assert batches(exchange) == 1
    exchange.receiver.restart()
    assert exchange.receiver.debts.wait is None
    exchange.receiver.round()
    exchange.pass_time(PATIENCE)
    exchange.receiver.round()
    assert batches(exchange) == 2
    exchange.settle()
    exchange.check()


@pytest.mark.parametrize("given", ["by a round", "with the next"])
def test_what_was_recorded_by_a_clock_that_was_ahead_is_signed_for_after_it_came(
    exchange: Exchange, given: str
) -> None:
    """Its sender takes no other receipt, and would be given the same one whenever it asks again."""
    exchange.receiver.take(exchange.send(1))
    right = exchange.receiver.node.clock
    exchange.receiver.node.clock = SteppedClock(NOW + timedelta(hours=20))
    exchange.receiver.take(exchange.send(2))
    assert batches(exchange) == 1, "the rest is owed"
    exchange.receiver.node.clock = right
    exchange.pass_time(PATIENCE)
    if given == "by a round":
        exchange.receiver.round()
    else:
        exchange.receiver.take(exchange.send(1))
    assert batches(exchange) == 2
    exchange.settle()
    exchange.check()
    check_rows(exchange)


@pytest.mark.parametrize("hours", [-20, 20])
def test_a_receipt_that_a_wrong_clock_has_dated_is_given_anew_once_the_clock_is_right(
    exchange: Exchange, hours: int
) -> None:
    exchange.receiver.take(exchange.send(1))
    right = exchange.receiver.node.clock
    wrong = SteppedClock(NOW + timedelta(hours=hours))
    taken_by, signed_by = (right, wrong) if hours < 0 else (wrong, right)
    exchange.receiver.node.clock = taken_by
    exchange.receiver.take(exchange.send(2))
    exchange.receiver.node.clock = signed_by
    exchange.pass_time(PATIENCE)
    exchange.receiver.round()
    receipts, exchange.receiver.out[:] = list(exchange.receiver.out), []
    exchange.sender.take(receipts)
    with exchange.sender.node.store.reading() as tx:
        waits = tx[Outbox].counts().get(OutboxState.SENT.value, 0) + tx[Outbox].counts().get("written", 0)
    assert waits == (2 if hours < 0 else 0), "dated before they were written"
    exchange.receiver.node.clock = right
    exchange.settle()
    with exchange.sender.node.store.reading() as tx:
        assert tx[Outbox].counts() == {OutboxState.DELIVERED.value: len(exchange.sent)}
        assert tx[Inbox].dead_letters() == []
    check_rows(exchange)


def test_what_comes_again_while_its_receipt_is_owed_is_signed_for_once(exchange: Exchange) -> None:
    exchange.receiver.take(exchange.send(1))
    again = exchange.send(2)
    for _ in range(3):
        exchange.receiver.take(again)
    assert batches(exchange) == 1
    exchange.settle()
    exchange.check()


def test_what_goes_back_is_told_at_once_with_all_that_is_owed(exchange: Exchange) -> None:
    exchange.receiver.take(exchange.send(1))
    exchange.receiver.take(exchange.send(1))
    assert batches(exchange) == 1
    with exchange.sender.node.step() as step:
        step.send(document(99).model_copy(update={"signatory": None}), (RECEIVER,))
    exchange.receiver.take(exchange.sender.out)
    assert batches(exchange) == 2
    with exchange.receiver.node.store.reading() as tx:
        assert tx[OwedBatches].all() == {}


_STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("send"), st.integers(1, 4)),
        st.tuples(st.just("again"), st.integers(0, 30)),
        st.tuples(st.just("die"), st.integers(0, 30)),
        st.tuples(st.just("time"), st.integers(0, 8)),
        st.tuples(st.just("round"), st.integers(0, 1)),
        st.tuples(st.just("patience"), st.integers(0, 2)),
        st.tuples(st.just("restart"), st.just(0)),
    ),
    max_size=25,
)


def _do(exchange: Exchange, what: str, value: int) -> None:
    receiver, sent = exchange.receiver, exchange.sent
    if what == "send":
        receiver.take(exchange.send(value))
    elif what == "again" and sent:
        receiver.take(sent[value % len(sent) :][:3])
    elif what == "die":
        before = sent[value % len(sent) :][:2] if sent else []
        receiver.take([*before, *exchange.send(1)], dies=True)
    elif what == "time":
        exchange.pass_time(value / 10)
    elif what == "round":
        receiver.round(dies=bool(value))
    elif what == "patience":
        exchange.patience = PATIENCE * value / 2
    elif what == "restart":
        receiver.restart()


@given(_STEPS)
def test_whatever_happens_every_document_has_one_receipt(steps: list[tuple[str, int]]) -> None:
    with TemporaryDirectory() as folder:
        exchange = Exchange(Path(folder))
        try:
            for what, value in steps:
                _do(exchange, what, value)
            exchange.settle()
            exchange.check()
        finally:
            exchange.close()
