"""Periodic work keeps its items apart: one that fails is put down, rests, is told of, and stops nobody."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from exchange.approval.monitor import lapse
from exchange.approval.monitor.store import Watches
from exchange.clock import SteppedClock
from exchange.envelope import Identity
from exchange.errors import CallerError, DatabaseUnavailable
from exchange.messaging.failing.apart import each_alone
from exchange.messaging.failing.store import FailingWork, patience
from exchange.messaging.node import Node, new_id
from exchange.messaging.outbox import Outbox
from exchange.notices import chase, counting, cover
from exchange.notices.daily import Daily
from exchange.notices.records import BranchRow, NoticeRow, ReaderRow
from exchange.notices.store import Notices
from exchange.runtime.failing import failing_in
from exchange.runtime.gathered import Gathered
from exchange.runtime.periodic import periodic_work
from exchange.schemas import ReaderState
from exchange.store import open_store
from exchange.store.types import micros
from tests.contract.rows import NOW as EARLIER
from tests.contract.rows import watch_row
from tests.property.seat import CALENDAR
from tests.unit.levels import NOW, Level, seen_from

RELAY = "a.relay"


@pytest.fixture(scope="module")
def level() -> Level:
    return Level("a")


@pytest.fixture
def relay(level: Level, tmp_path: Path) -> Iterator[Node]:
    yield from _node(level, level.relay, tmp_path)


@pytest.fixture
def office(level: Level, tmp_path: Path) -> Iterator[Node]:
    yield from _node(level, level.department, tmp_path)


def _node(level: Level, identity: Identity, folder: Path) -> Iterator[Node]:
    store = open_store(f"sqlite:///{folder / 'store.db'}", member=identity.address)
    store.migrate()
    yield Node(identity, seen_from(level, []), store, SteppedClock(NOW), CALENDAR, new_id)
    store.close()


def later(node: Node, **more: float) -> Node:
    return replace(node, clock=SteppedClock(node.clock.now() + timedelta(**more)))


def notice(seat: str = "relay", state: str = "open", **fields: object) -> NoticeRow:
    id = new_id()
    plain = NoticeRow(
        notice_id=id, seat=seat, state=state, origin="a.planning", source="a.planning", digest="0" * 64, title="通知",
        number="", treatment="办理", audience="all", forwarding_id=id, received_at=NOW, changed=seat == "relay",
    )  # fmt: skip
    return replace(plain, **fields)


def put(node: Node, rows: Sequence[NoticeRow], *readers: ReaderRow, branches: Sequence[BranchRow] = ()) -> None:
    with node.store.transaction() as tx:
        for row in rows:
            mine = [one for one in readers if one.notice_id == row.notice_id]
            tx[Notices].add(row, mine, [one for one in branches if one.notice_id == row.notice_id])


def untold(node: Node) -> set[str]:
    with node.store.reading() as tx:
        return {row.notice_id for row in tx[Notices].changed(1_000)}


def failing(node: Node) -> Gathered:
    with node.store.reading() as tx:
        return failing_in(tx)


def execute(node: Node, statement: str, **values: object) -> None:
    with node.store.transaction() as tx:
        tx._db.execute(text(statement), values)


@pytest.mark.parametrize("year", [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, tzinfo=UTC)])
def test_a_receipt_of_an_impossible_year_on_record_stops_no_tally(relay: Node, year: datetime) -> None:
    rows = [notice(), notice()]
    readers = [ReaderRow(row.notice_id, "a.planning", ReaderState.HAS, NOW, proof="1" * 64) for row in rows]
    put(relay, rows, *readers)
    execute(relay, "UPDATE notice_reader SET has_at = :at WHERE notice_id = :id", at=micros(year), id=rows[0].notice_id)
    assert counting.tell(relay) == 2
    assert untold(relay) == set()
    assert failing(relay) == Gathered()


def test_a_row_that_cannot_be_counted_stops_no_other_and_is_told_of(relay: Node) -> None:
    bad, good, another = notice(), notice(), notice()
    put(relay, [bad, good, another], branches=[BranchRow(bad.notice_id, "a.b", 1, "{")])
    assert counting.tell(relay) == 2
    assert untold(relay) == {bad.notice_id}
    found = failing(relay)
    assert (found.number, found.first, found.since) == (1, (f"tallies: {bad.notice_id}",), NOW)
    assert found.detail == "ValidationError"

    fresh = notice()
    put(relay, [fresh])
    assert counting.tell(later(relay, seconds=5)) == 1  # it rests, and does not turn the wheel
    with relay.store.reading() as tx:
        (row,) = tx[FailingWork].standing()
    assert row.attempts == 1

    assert counting.tell(later(relay, seconds=11)) == 0
    with relay.store.reading() as tx:
        (row,) = tx[FailingWork].standing()
    assert (row.attempts, row.since) == (2, NOW)

    execute(relay, "UPDATE notice_branch SET tally = NULL")
    assert counting.tell(later(relay, minutes=5)) == 1
    assert untold(relay) == set()
    assert failing(relay) == Gathered()


def test_more_bad_rows_than_a_round_takes_starve_nobody(relay: Node) -> None:
    bad = [notice(received_at=NOW - timedelta(days=1)) for _ in range(60)]
    good = [notice() for _ in range(3)]
    put(relay, [*bad, *good], branches=[BranchRow(one.notice_id, "a.b", 1, "{") for one in bad])
    for second in range(3):
        counting.tell(later(relay, seconds=second))
    assert untold(relay) == {one.notice_id for one in bad}
    assert failing(relay).number == len(bad)


def test_a_deadline_that_cannot_be_read_keeps_no_other_from_its_end(relay: Node) -> None:
    rows = [replace(watch_row(next_at=EARLIER), deadline=watch_row().deadline.model_copy(update={"case_number": one}))
            for one in ("HF-1", "HF-2", "HF-3")]  # fmt: skip
    with relay.store.transaction() as tx:
        tx[Watches].put(rows)
    execute(relay, "UPDATE watch SET deadline = replace(deadline, '2026-', '9999-') WHERE case_number = 'HF-2'")
    execute(relay, "UPDATE watch SET deadline = '{' WHERE case_number = 'HF-2'")
    swept = lapse.sweep(relay)
    assert swept.looked_at == 2
    assert failing(relay).first == (f"deadlines: HF-2 {rows[0].deadline.department}",)
    assert lapse.reproject(relay) == 2
    assert failing(relay).number == 2


def test_reminders_of_notices_go_on_behind_one_that_fails(office: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    act_by = (NOW + timedelta(days=10)).date().isoformat()
    bad, good = notice("origin", act_by="the day after"), notice("origin", act_by=act_by)
    put(office, [bad, good])
    round_ = Daily(chase.chase, chase.WORK)
    assert round_.look(later(office, days=9)) == 1
    assert failing(office).first == (f"{chase.WORK}: {bad.notice_id}",)
    assert round_.look(later(office, days=9, seconds=5)) == 0
    execute(office, "UPDATE notice SET act_by = :day WHERE notice_id = :id", day=act_by, id=bad.notice_id)
    assert round_.look(later(office, days=9, minutes=1)) == 1, "on the same day, once it is due again"
    assert failing(office) == Gathered()


def test_reminders_of_covers_go_on_behind_one_that_fails(relay: Node) -> None:
    bad, good = notice(state="waiting", act_by="9999"), notice(state="waiting", received_at=NOW - timedelta(days=30))
    put(relay, [bad, good])
    assert cover.remind_of_waiting(relay, NOW.date()) == 1
    assert failing(relay).first == (f"{cover.WORK}: {bad.notice_id}",)


def test_the_last_day_there_is_has_an_end(office: Node) -> None:
    put(office, [notice("origin", act_by="9999-12-31")])
    assert chase.chase(office, NOW.date()) == 0
    assert failing(office) == Gathered()


def test_a_round_that_fails_keeps_no_other_from_its_turn(relay: Node) -> None:
    done: list[str] = []

    def fails(node: Node) -> None:
        raise CallerError("no", code="broken", remedy="none")

    rounds = {"first": fails, "second": lambda node: done.append("second")}
    periodic_work(relay, further=rounds)
    assert done == ["second"]
    assert (failing(relay).first, failing(relay).detail) == (("rounds: first",), "broken")
    periodic_work(relay)  # a look without it forgets nothing
    assert failing(relay).number == 1
    periodic_work(later(relay, minutes=2), further={"first": lambda node: done.append("first")})
    assert done == ["second", "first"]
    assert failing(relay) == Gathered()


def test_a_database_that_takes_nothing_ends_the_round(relay: Node) -> None:
    def away(node: Node) -> None:
        raise DatabaseUnavailable("away")

    with pytest.raises(DatabaseUnavailable):
        periodic_work(relay, further={"first": away})


def test_what_is_not_there_any_more_is_forgotten(relay: Node) -> None:
    def fails(item: str) -> None:
        raise ValueError(item)

    assert each_alone(relay, "work", [("x" * 300, "x")], fails) == []
    assert failing(relay).number == 1
    assert each_alone(relay, "work", [], fails) == []
    assert failing(relay) == Gathered()


def test_patience_grows_up_to_an_hour() -> None:
    assert [patience(number).total_seconds() for number in (1, 2, 3, 20, 10_000)] == [10, 20, 40, 3_600, 3_600]


def test_what_was_told_is_in_the_outbox(relay: Node) -> None:
    put(relay, [notice()])
    counting.tell(relay)
    with relay.store.reading() as tx:
        assert sum(tx[Outbox].counts().values()) == 1
