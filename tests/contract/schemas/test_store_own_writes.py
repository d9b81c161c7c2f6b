"""What a transaction has read follows its own writes, exactly as another transaction will read it."""

from __future__ import annotations

from datetime import UTC

import pytest

from exchange.approval.department.store import DepartmentDesk
from exchange.approval.rules.states import CaseState, PartState
from exchange.approval.window.store import Cases
from exchange.errors import Conflict
from exchange.schemas import EntryKind, Verdict
from exchange.store import Store
from tests.contract.rows import LATER, NOW, PLANNING, TRANSPORT, case_row, desk_row, ledger_entry, new_id, part_row

IN_UTC = LATER.astimezone(UTC)
UNPRINTABLE = "同意\0，但须夜间施工"


def exactly(value: object) -> str:
    """Everything of a value, an instant's zone too, which comparison would pass over."""
    return repr(value)


def test_a_case_and_its_parts_read_before_a_change_are_read_changed_after_it(store: Store) -> None:
    with store.transaction() as tx:
        tx[Cases].open(case_row(), [part_row(PLANNING, state=PartState.ISSUED), part_row(TRANSPORT)])
    with store.transaction() as tx:
        assert tx[Cases].get("HF-1") is not None
        assert len(tx[Cases].parts("HF-1")) == 2
        assert tx[Cases].move("HF-1", {CaseState.OPEN}, CaseState.READY, ready_at=IN_UTC)
        answer = {"answered_at": IN_UTC, "verdict": Verdict.AGREE_WITH_CONDITIONS, "conditions": UNPRINTABLE}
        assert tx[Cases].move_part("HF-1", PLANNING, {PartState.ISSUED}, PartState.ANSWERED, **answer)
        assert not tx[Cases].move_part("HF-1", TRANSPORT, {PartState.SIGNED}, PartState.ANSWERED, **answer)
        seen = exactly((tx[Cases].get("HF-1"), tx[Cases].parts("HF-1"), tx[Cases].part("HF-1", PLANNING)))
    with store.reading() as tx:
        assert exactly((tx[Cases].get("HF-1"), tx[Cases].parts("HF-1"), tx[Cases].part("HF-1", PLANNING))) == seen
        case, part = tx[Cases].get("HF-1"), tx[Cases].part("HF-1", PLANNING)
    assert case is not None
    assert case.state is CaseState.READY
    assert part is not None
    assert (part.state, part.revision, part.verdict) == (PartState.ANSWERED, 2, Verdict.AGREE_WITH_CONDITIONS)


def test_a_case_that_was_looked_for_before_it_was_opened_is_found_after_it(store: Store) -> None:
    with store.transaction() as tx:
        assert tx[Cases].get("HF-1") is None
        assert tx[Cases].parts("HF-1") == []
        tx[Cases].open(case_row(), [part_row(PLANNING)])
        assert tx[Cases].get("HF-1") is not None
        assert len(tx[Cases].parts("HF-1")) == 1


def test_a_ledger_read_before_an_entry_has_it_after(store: Store) -> None:
    with store.transaction() as tx:
        tx[Cases].open(case_row(), [part_row(PLANNING)])
        assert tx[Cases].ledger("HF-1", PLANNING) == []
        tx[Cases].add_entries("HF-1", PLANNING, [ledger_entry(EntryKind.START, IN_UTC)])
        tx[Cases].add_entries(
            "HF-1", PLANNING, [ledger_entry(EntryKind.STOP, LATER, days=2, basis=("行政许可法第四十五条",))]
        )
        seen = exactly(tx[Cases].ledger("HF-1", PLANNING))
    with store.reading() as tx:
        assert exactly(tx[Cases].ledger("HF-1", PLANNING)) == seen
        assert len(tx[Cases].ledger("HF-1", PLANNING)) == 2


def test_a_callers_list_is_its_own(store: Store) -> None:
    with store.transaction() as tx:
        tx[Cases].open(case_row(), [part_row(PLANNING)])
        tx[Cases].parts("HF-1").clear()
        tx[Cases].ledger("HF-1", PLANNING).append(ledger_entry())
        assert len(tx[Cases].parts("HF-1")) == 1
        assert tx[Cases].ledger("HF-1", PLANNING) == []


def test_a_desk_row_read_before_a_change_is_read_changed_after_it(store: Store) -> None:
    with store.transaction() as tx:
        assert tx[DepartmentDesk].get("HF-1") is None
        tx[DepartmentDesk].put([desk_row(title=UNPRINTABLE, received_at=NOW.astimezone(UTC))])
        assert tx[DepartmentDesk].get("HF-1") is not None
        assert tx[DepartmentDesk].move("HF-1", {"waiting"}, "answered", opinion_id=new_id(), answered_at=IN_UTC)
        assert not tx[DepartmentDesk].move("HF-1", {"waiting"}, "closed")
        seen = exactly(tx[DepartmentDesk].get("HF-1"))
    with store.reading() as tx:
        assert exactly(tx[DepartmentDesk].get("HF-1")) == seen
    assert "answered" in seen


def test_a_setting_read_before_it_was_set_is_read_as_set(store: Store) -> None:
    with store.transaction() as tx:
        assert tx.get_meta("serial") is None
        tx.set_meta("serial", "1")
        assert tx.get_meta("serial") == "1"
        tx.set_meta("serial", "2")
        assert tx.get_meta("serial") == "2"
    with store.reading() as tx:
        assert tx.get_meta("serial") == "2"


def open_twice(store: Store) -> None:
    with store.transaction() as tx:
        tx[Cases].open(case_row(), [part_row(PLANNING)])
        tx.set_meta("serial", "1")
        tx[Cases].open(case_row(), [part_row(PLANNING)])


def test_what_a_rolled_back_transaction_had_read_is_forgotten_with_it(store: Store) -> None:
    with pytest.raises(Conflict):
        open_twice(store)
    with store.transaction() as tx:
        assert tx[Cases].get("HF-1") is None
        assert tx.get_meta("serial") is None
