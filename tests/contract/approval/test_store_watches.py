"""Deadlines under watch: the window's newest word holds, each fires once, and only what is due is looked at."""

from __future__ import annotations

from datetime import timedelta

import pytest

from exchange.approval.monitor.records import WatchRow
from exchange.approval.monitor.store import Watches
from exchange.approval.rules.states import WatchState
from exchange.schemas import SentReminder
from exchange.store import Store
from tests.contract.rows import LATER, MUCH_LATER, NOW, PLANNING, TRANSPORT, new_id, watch_row

RUNNING, CLOSED, DEEMED = WatchState.RUNNING, WatchState.CLOSED, WatchState.DEEMED


def put(store: Store, *rows: WatchRow) -> int:
    with store.transaction() as tx:
        return tx[Watches].put(rows)


def board(store: Store) -> list[WatchRow]:
    with store.reading() as tx:
        return tx[Watches].board()


def numbers(rows: list[WatchRow]) -> list[str]:
    return [row.deadline.case_number for row in rows]


def finish(store: Store, revision: int = 1, after: WatchState = DEEMED) -> bool:
    with store.transaction() as tx:
        return tx[Watches].finish("HF-1", PLANNING, revision, after, LATER)


def counts(store: Store) -> dict[str, int]:
    with store.reading() as tx:
        return tx[Watches].counts()


def test_a_deadline_comes_back_as_it_was_put_under_watch(store: Store) -> None:
    row = watch_row(provisional=True)
    assert put(store, row) == 1
    assert board(store) == [row]
    assert put(store) == 0


def test_a_deadline_with_a_stopped_clock_is_watched_but_never_due(store: Store) -> None:
    stopped = watch_row(due_at=None, next_at=None)
    put(store, stopped)
    assert board(store) == [stopped]
    with store.reading() as tx:
        assert tx[Watches].due(MUCH_LATER, 10) == []
        assert tx[Watches].next_at() is None


@pytest.mark.parametrize(
    ("revision", "state", "took_effect"),
    [(1, RUNNING, 0), (2, RUNNING, 0), (2, CLOSED, 0), (3, RUNNING, 1), (3, CLOSED, 1)],
)
def test_a_running_deadline_is_replaced_by_a_higher_revision_only(
    store: Store, revision: int, state: WatchState, took_effect: int
) -> None:
    put(store, watch_row(revision=2))
    assert put(store, watch_row(revision=revision, state=state, due_at=LATER)) == took_effect
    assert counts(store) == {(state.value if took_effect else "running"): 1}


@pytest.mark.parametrize(("revision", "state", "took_effect"), [(1, RUNNING, 0), (2, CLOSED, 0), (2, RUNNING, 1)])
def test_what_this_monitor_finished_runs_again_only_if_the_window_says_so_at_a_higher_revision(
    store: Store, revision: int, state: WatchState, took_effect: int
) -> None:
    put(store, watch_row())
    assert finish(store)
    assert put(store, watch_row(revision=revision, state=state)) == took_effect
    assert counts(store) == {"running" if took_effect else "deemed": 1}


def test_another_window_cannot_take_over_or_close_a_deadline(store: Store) -> None:
    mine = watch_row()
    put(store, mine)
    assert put(store, watch_row(revision=9, state=CLOSED, window="hefei.other")) == 0
    assert put(store, watch_row(revision=9, window="hefei.other")) == 0
    assert board(store) == [mine]


def test_of_several_revisions_put_at_once_the_newest_holds_whatever_their_order(store: Store) -> None:
    newest = watch_row(revision=3, due_at=LATER)
    put(store, newest, watch_row(revision=1), watch_row(revision=2))
    assert board(store) == [newest]
    put(store, watch_row(revision=5, state=CLOSED), watch_row(revision=4))
    assert counts(store) == {"closed": 1}


def test_many_deadlines_are_put_at_once_and_those_that_took_effect_are_counted(store: Store) -> None:
    put(store, *(watch_row(f"HF-{n}", revision=2) for n in range(100)))
    again = [watch_row(f"HF-{n}", TRANSPORT if n >= 190 else PLANNING, revision=1 + n % 3) for n in range(50, 200)]
    # Fifty are known at revision 2 and a third of them comes with 3; a hundred are new.
    assert put(store, *again) == sum(n % 3 == 2 for n in range(50, 100)) + 100


def test_due_rows_come_earliest_first_and_only_when_their_moment_has_come(store: Store) -> None:
    for n in (3, 1, 2):
        put(store, watch_row(f"HF-{n}", next_at=NOW + timedelta(minutes=n)))
    with store.reading() as tx:
        assert tx[Watches].next_at() == NOW + timedelta(minutes=1)
        assert numbers([one.read() for one in tx[Watches].due(NOW, 10)]) == []
        assert numbers([one.read() for one in tx[Watches].due(NOW + timedelta(minutes=2), 10)]) == ["HF-1", "HF-2"]
        assert numbers([one.read() for one in tx[Watches].due(MUCH_LATER, 2)]) == ["HF-1", "HF-2"]


def test_a_postponed_row_is_due_at_its_new_moment_unless_a_newer_revision_came_between(store: Store) -> None:
    put(store, watch_row(revision=2, next_at=NOW))
    with store.transaction() as tx:
        tx[Watches].postpone("HF-1", PLANNING, 1, MUCH_LATER)
        assert numbers([one.read() for one in tx[Watches].due(NOW, 1)]) == ["HF-1"]
        tx[Watches].postpone("HF-1", PLANNING, 2, LATER)
        assert tx[Watches].due(NOW, 1) == []
        assert tx[Watches].next_at() == LATER
        tx[Watches].postpone("HF-1", PLANNING, 2, None)
        assert tx[Watches].next_at() is None


def test_a_deadline_is_finished_once_and_at_its_own_revision(store: Store) -> None:
    put(store, watch_row(revision=2, next_at=NOW))
    assert not finish(store, revision=1)
    assert finish(store, revision=2)
    assert not finish(store, revision=2, after=WatchState.ESCALATED)
    assert counts(store) == {"deemed": 1}
    with store.transaction() as tx:
        tx[Watches].postpone("HF-1", PLANNING, 2, NOW)
        assert tx[Watches].due(MUCH_LATER, 10) == []
        assert tx[Watches].board() == []


def test_a_reminder_goes_out_once_under_its_id_and_all_are_kept(store: Store) -> None:
    put(store, watch_row())
    half, most = (SentReminder(message_id=new_id(), stage=stage, at=NOW) for stage in (50, 90))
    again = SentReminder(message_id=new_id(), stage=50, at=LATER)
    with store.transaction() as tx:
        assert tx[Watches].add_reminder("HF-1", PLANNING, half, NOW)
        assert not tx[Watches].add_reminder("HF-1", PLANNING, half.model_copy(update={"at": LATER}), NOW)
        assert tx[Watches].add_reminder("HF-1", TRANSPORT, half, NOW)
        assert tx[Watches].reminders("HF-1", PLANNING) == [half]
        assert tx[Watches].reminders("HF-2", PLANNING) == []
        assert tx[Watches].add_reminder("HF-1", PLANNING, again, LATER), "the due moment has moved since"
        assert tx[Watches].add_reminder("HF-1", PLANNING, most.model_copy(update={"at": MUCH_LATER}), LATER)
        found = tx[Watches].reminders("HF-1", PLANNING)
    assert [(one.stage, one.at) for one in found] == [(50, NOW), (50, LATER), (90, MUCH_LATER)]


def test_only_running_rows_of_another_calendar_are_outdated(store: Store) -> None:
    put(store, watch_row("HF-1", calendar="calendar 0"), watch_row("HF-2"), watch_row("HF-3", calendar="calendar 2"))
    put(store, watch_row("HF-4", calendar="calendar 0", state=CLOSED))
    with store.reading() as tx:
        assert sorted(numbers([one.read() for one in tx[Watches].outdated("calendar 1", 10)])) == ["HF-1", "HF-3"]
        assert len(tx[Watches].outdated("calendar 1", 1)) == 1
        assert numbers([one.read() for one in tx[Watches].outdated("calendar 3", 10)]) == ["HF-1", "HF-2", "HF-3"]


def test_a_new_projection_is_taken_over_while_the_deadline_runs_at_that_revision(store: Store) -> None:
    put(store, watch_row(revision=2, provisional=True))
    fresh = watch_row(revision=2, due_at=LATER, next_at=NOW, calendar="calendar 2")
    with store.transaction() as tx:
        assert not tx[Watches].reproject(watch_row(revision=1, due_at=NOW))
        assert tx[Watches].reproject(fresh)
    assert board(store) == [fresh]
    assert finish(store, revision=2)
    with store.transaction() as tx:
        assert not tx[Watches].reproject(fresh)


def test_the_board_shows_what_ends_first_and_stopped_clocks_last(store: Store) -> None:
    put(store, watch_row("HF-0", due_at=None, next_at=None))
    for n in (3, 1, 2):
        put(store, watch_row(f"HF-{n}", due_at=NOW + timedelta(days=n)))
    assert numbers(board(store)) == ["HF-1", "HF-2", "HF-3", "HF-0"]
    with store.reading() as tx:
        assert numbers(tx[Watches].board(2)) == ["HF-1", "HF-2"]
