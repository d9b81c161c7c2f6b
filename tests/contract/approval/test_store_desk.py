"""A department's desk: one row a case, of one window, answered once."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest

from exchange.approval.department.records import DeskRow
from exchange.approval.department.store import DepartmentDesk
from exchange.errors import Returned
from exchange.paging import every
from exchange.store import Store
from tests.contract.rows import LATER, NOW, desk_row, new_id


def put(store: Store, *rows: DeskRow) -> None:
    with store.transaction() as tx:
        tx[DepartmentDesk].put(rows)


def test_a_consultation_comes_back_as_it_was_put(store: Store) -> None:
    row = desk_row(due_at=LATER, cleared=False)
    put(store, row)
    with store.reading() as tx:
        assert tx[DepartmentDesk].get("HF-1") == row
        assert tx[DepartmentDesk].get("HF-2") is None


def test_a_row_is_answered_once_and_found_by_its_opinion(store: Store) -> None:
    put(store, desk_row())
    opinion = new_id()
    with store.transaction() as tx:
        assert tx[DepartmentDesk].move(
            "HF-1", {"waiting", "defaulted"}, "answered", opinion_id=opinion, answered_at=LATER
        )
        assert not tx[DepartmentDesk].move("HF-1", {"waiting"}, "answered", opinion_id=new_id())
        found = tx[DepartmentDesk].by_opinion(opinion)
        assert tx[DepartmentDesk].by_opinion(new_id()) is None
        assert tx[DepartmentDesk].page("waiting", None, 10) == []
    assert found is not None
    assert (found.state, found.opinion_id, found.answered_at) == ("answered", opinion, LATER)


def test_a_later_stage_of_the_same_window_puts_the_case_on_the_desk_anew(store: Store) -> None:
    put(store, desk_row())
    with store.transaction() as tx:
        tx[DepartmentDesk].move("HF-1", {"waiting"}, "answered", opinion_id=new_id(), answered_at=NOW)
    second = desk_row(received_at=LATER)
    put(store, second)
    with store.reading() as tx:
        assert tx[DepartmentDesk].get("HF-1") == second


def test_another_windows_case_of_the_same_number_is_sent_back_and_changes_nothing(store: Store) -> None:
    first = desk_row()
    put(store, first)
    with pytest.raises(Returned, match="another window") as caught:
        put(store, desk_row(window="hefei.other"))
    assert caught.value.code == "not-yours"
    with store.reading() as tx:
        assert tx[DepartmentDesk].get("HF-1") == first


def test_what_waits_is_listed_oldest_first_and_everything_newest_first(store: Store) -> None:
    put(store, *(desk_row(f"HF-{n}", received_at=NOW + timedelta(minutes=n)) for n in range(6)))
    with store.transaction() as tx:
        tx[DepartmentDesk].move("HF-1", {"waiting"}, "closed")
        assert [row.case_number for row in tx[DepartmentDesk].page("waiting", None, 2)] == ["HF-0", "HF-2"]
        waiting = every(partial(tx[DepartmentDesk].page, "waiting"), lambda row: row.place, 2)
        assert [row.case_number for row in waiting] == ["HF-0", "HF-2", "HF-3", "HF-4", "HF-5"]
        assert [row.case_number for row in tx[DepartmentDesk].recent(3)] == ["HF-5", "HF-4", "HF-3"]
        assert tx[DepartmentDesk].counts() == {"waiting": 5, "closed": 1}
