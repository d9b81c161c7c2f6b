"""However many notices stand open, the oldest of them is reminded of too, and is listed among what waits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from exchange.clock import SteppedClock
from exchange.envelope import Identity
from exchange.joint.records import JointRow
from exchange.joint.store import JointDocuments
from exchange.messaging.node import Node, new_id
from exchange.notices.chase import chase
from exchange.notices.cover import remind_of_waiting
from exchange.notices.daily import Daily
from exchange.notices.records import BranchRow, NoticeRow
from exchange.notices.store import Notices
from exchange.operations.tasks.duties import DutyKind, duties_here
from exchange.store import open_store
from tests.property.seat import CALENDAR
from tests.unit.levels import NOW, Level, seen_from

DOMAIN = "a"
MANY = 1_001
"""More than any page holds, and than what was once read at most."""


@pytest.fixture(scope="module")
def level() -> Level:
    return Level(DOMAIN)


@pytest.fixture
def office(level: Level, tmp_path: Path) -> Iterator[Node]:
    yield from node_of(level, level.department, tmp_path)


@pytest.fixture
def relay(level: Level, tmp_path: Path) -> Iterator[Node]:
    yield from node_of(level, level.relay, tmp_path)


def node_of(level: Level, identity: Identity, folder: Path) -> Iterator[Node]:
    store = open_store(f"sqlite:///{folder / 'store.db'}", member=identity.address)
    store.migrate()
    yield Node(identity, seen_from(level, []), store, SteppedClock(NOW), CALENDAR, new_id)
    store.close()


def row(seat: str, state: str, day: int = 0, **fields: object) -> NoticeRow:
    id = new_id()
    plain = NoticeRow(
        notice_id=id, seat=seat, state=state, origin="a.planning", source="a.relay", digest="", title="关于检查的通知",
        number="", treatment="转发", audience="all", forwarding_id=id, received_at=NOW + timedelta(days=day),
    )  # fmt: skip
    return replace(plain, **fields)


def put(node: Node, rows: Sequence[NoticeRow]) -> None:
    with node.store.transaction() as tx:
        for one in rows:
            tx[Notices].add(one, (), [BranchRow(one.notice_id, DOMAIN)])


def later(node: Node, days: int) -> Node:
    return replace(node, clock=SteppedClock(NOW + timedelta(days=days)))


def test_the_oldest_of_many_open_notices_is_reminded_of(office: Node) -> None:
    oldest = row("origin", "open", act_by=(NOW + timedelta(days=10)).date().isoformat())
    put(office, [oldest, *(row("origin", "open", 1) for _ in range(MANY))])
    assert Daily(chase).look(later(office, 9)) == 1
    with office.store.reading() as tx:
        found = tx[Notices].get(oldest.notice_id)
    assert found is not None
    assert found.reminded == 50
    assert Daily(chase).look(later(office, 9)) == 0, "at each stage once"


def test_the_oldest_of_many_notices_that_wait_for_a_cover_is_reminded_of(relay: Node) -> None:
    oldest = row("relay", "waiting")
    put(relay, [oldest, *(row("relay", "waiting", 30) for _ in range(MANY))])
    assert Daily(remind_of_waiting).look(later(relay, 30)) == 1
    with relay.store.reading() as tx:
        found = tx[Notices].get(oldest.notice_id)
    assert found is not None
    assert found.reminded == 90


def test_the_oldest_of_many_notices_waits_for_a_signature(office: Node) -> None:
    oldest = row("reader", "open")
    put(office, [oldest, *(row("reader", "open", 1) for _ in range(MANY))])
    found = [duty.id for duty in duties_here(office) if duty.kind is DutyKind.SIGN_NOTICE]
    assert oldest.notice_id in found
    assert len(found) == MANY + 1


def test_the_oldest_joint_document_waits_for_a_signature_behind_any_number_that_are_over(office: Node) -> None:
    oldest = JointRow(new_id(), "signer", "open", "a.health", "", "关于路网的报告", "", NOW)
    with office.store.transaction() as tx:
        for one in (oldest, *(replace(oldest, joint_id=new_id(), state="issued", received_at=NOW + timedelta(days=1))
                              for _ in range(MANY))):  # fmt: skip
            tx[JointDocuments].open(one)
    assert [duty.id for duty in duties_here(office)] == [oldest.joint_id]
