"""Receipts that a served member owes: given in time, before it ends, and by the next process at the latest."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from exchange.broker.admin.node_info import NodeInfo
from exchange.clock import RealClock
from exchange.documents.send import send_document
from exchange.machine.debts import Debts
from exchange.messaging.outbox import Outbox
from exchange.messaging.owed.store import OwedBatches
from exchange.messaging.records import OutboxState
from exchange.runtime.member import RunningMember
from exchange.schemas import Document, DocumentKind, DocumentNumber, Role
from exchange.trials.local import LocalDomain, Seat
from tests.journeys.city import wait_until

pytestmark = pytest.mark.broker


class Owing(Debts):
    """A member under such load that its receipts wait as long as they may."""

    seconds = 60.0

    def __init__(self) -> None:
        super().__init__(lambda: self.seconds)


@pytest.fixture
def local(tmp_path: Path, broker: NodeInfo, domain: str) -> Iterator[LocalDomain]:
    """Two departments, none of them served yet."""
    seats = {f"{domain}.{name}": Seat((Role.DEPARTMENT,)) for name in "ab"}
    found = LocalDomain(tmp_path, domain, broker, RealClock(), seats)
    found.rest = 0.0
    found.prepare()
    yield found
    found.close()


@pytest.fixture
def receiver(local: LocalDomain, monkeypatch: pytest.MonkeyPatch) -> RunningMember:
    """The one that owes, served; and the other one, too."""
    monkeypatch.setattr("exchange.runtime.ticking.owing.Debts", lambda patience=None: Owing())
    local.start(f"{local.domain}.a")
    return local.start(f"{local.domain}.b")


def send(local: LocalDomain, serial: int) -> None:
    document = Document(
        number=DocumentNumber(agency="规函", year=2026, serial=serial),
        kind=DocumentKind.LETTER,
        issuer="规划局",
        title="关于管线的函",
        body="请提供资料。",
        date=RealClock().now().date(),
    )
    send_document(local.nodes[f"{local.domain}.a"], document, [f"{local.domain}.b"])
    local.members[f"{local.domain}.a"].wake()


def delivered(local: LocalDomain) -> int:
    with local.nodes[f"{local.domain}.a"].store.reading() as tx:
        return tx[Outbox].counts().get(OutboxState.DELIVERED.value, 0)


def owed(local: LocalDomain) -> int:
    with local.nodes[f"{local.domain}.b"].store.reading() as tx:
        return sum(batch.number for batch in tx[OwedBatches].all().values())


def let_it_owe(local: LocalDomain) -> None:
    """The first receipt goes at once; those of the next two are owed."""
    send(local, 1)
    wait_until(lambda: delivered(local) == 1, 30, "the first receipt")
    send(local, 2)
    send(local, 3)
    wait_until(lambda: owed(local) == 2, 30, "two that are owed")
    assert delivered(local) == 1


def test_what_is_owed_is_given_when_its_time_is_over(
    local: LocalDomain, receiver: RunningMember, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_it_owe(local)
    monkeypatch.setattr(Owing, "seconds", 0.1)
    receiver.wake()
    wait_until(lambda: delivered(local) == 3, 30, "the receipts that were owed")
    assert owed(local) == 0


def test_what_is_owed_goes_out_before_a_member_ends(local: LocalDomain, receiver: RunningMember) -> None:
    let_it_owe(local)
    local.stop(f"{local.domain}.b")
    wait_until(lambda: delivered(local) == 3, 30, "the receipts that were owed")


def test_what_a_process_owed_that_was_killed_is_given_by_the_next(
    local: LocalDomain, receiver: RunningMember, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_it_owe(local)
    monkeypatch.setattr(receiver._owing, "give_all", lambda: None)  # a killed process signs for nothing more
    local.stop(f"{local.domain}.b")
    assert owed(local) == 2
    monkeypatch.setattr(Owing, "seconds", 0.1)
    local.start(f"{local.domain}.b").wake()
    wait_until(lambda: delivered(local) == 3, 30, "the receipts that were owed")
