"""Cases and their parts move from state to state once; their ledgers only grow."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import select

from exchange.approval.records import CaseRow, PartRow
from exchange.approval.rules.states import CaseState, PartState
from exchange.approval.tables import part as table
from exchange.approval.window.deadlines import matter_key
from exchange.approval.window.store import Cases
from exchange.errors import Conflict
from exchange.schemas import DefaultMode, EntryKind, Verdict
from exchange.store import Store, migrate
from exchange.store.engine import writing
from tests.contract.rows import LATER, MUCH_LATER, NOW, PLANNING, TRANSPORT, case_row, ledger_entry, new_id, part_row
from tests.unit.facts import approver, matter

BEFORE_REFUSALS = "0036"
"""The revision before silence that is refusal had a state of its own."""


def open_case(store: Store, case: CaseRow, *parts: PartRow) -> None:
    with store.transaction() as tx:
        tx[Cases].open(case, parts or [part_row(PLANNING, case.number), part_row(TRANSPORT, case.number)])


def test_a_case_comes_back_as_it_was_opened(store: Store) -> None:
    case, parts = case_row(), [part_row(TRANSPORT, fixed_due=LATER), part_row(PLANNING)]
    open_case(store, case, *parts)
    with store.transaction() as tx:
        assert tx[Cases].get("HF-1") == case
    with store.reading() as tx:
        assert tx[Cases].get("HF-1") == case
        assert tx[Cases].parts("HF-1") == parts
        assert tx[Cases].part("HF-1", PLANNING) == parts[1]
        assert tx[Cases].get("HF-2") is None
        assert tx[Cases].part("HF-1", "hefei.nobody") is None


def test_an_instant_comes_back_exact_and_in_the_exchanges_own_zone(store: Store) -> None:
    exact = NOW + timedelta(microseconds=123_457)
    open_case(store, case_row(opened_at=exact))
    with store.reading() as tx:
        case = tx[Cases].get("HF-1")
    assert case is not None
    assert (case.opened_at, case.opened_at.utcoffset()) == (exact, timedelta(hours=8))


def test_parts_stand_by_stage_and_then_in_the_order_in_which_they_were_given(store: Store) -> None:
    names = ["hefei.z", "hefei.a", "hefei.m", "hefei.b"]
    stages = [2, 1, 1, 2]
    open_case(store, case_row(), *(part_row(name, stage=stage) for name, stage in zip(names, stages, strict=True)))
    with store.reading() as tx:
        assert [part.department for part in tx[Cases].parts("HF-1")] == ["hefei.a", "hefei.m", "hefei.z", "hefei.b"]


def test_a_case_number_is_given_once(store: Store) -> None:
    open_case(store, case_row())
    with pytest.raises(Conflict):
        open_case(store, case_row(project="another"))


def test_a_case_moves_only_from_the_states_that_were_named(store: Store) -> None:
    open_case(store, case_row())
    with store.transaction() as tx:
        assert not tx[Cases].move("HF-1", {CaseState.READY}, CaseState.DECIDED, decided_at=LATER)
        assert not tx[Cases].move("HF-9", {CaseState.OPEN}, CaseState.READY)
        assert tx[Cases].move("HF-1", {CaseState.OPEN, CaseState.READY}, CaseState.READY, ready_at=LATER)
        assert not tx[Cases].move("HF-1", {CaseState.OPEN}, CaseState.READY, ready_at=MUCH_LATER)
        assert tx[Cases].move("HF-1", {CaseState.READY}, CaseState.DECIDED, outcome="grant", decided_at=MUCH_LATER)
        case = tx[Cases].get("HF-1")
    assert case is not None
    assert (case.state, case.ready_at, case.decided_at, case.outcome) == (
        CaseState.DECIDED, LATER, MUCH_LATER, "grant",
    )  # fmt: skip


def test_every_change_of_a_part_counts_its_revision_and_a_refused_one_does_not(store: Store) -> None:
    open_case(store, case_row())
    issued: dict[str, Any] = {"consultation_id": new_id(), "issued_at": NOW}
    with store.transaction() as tx:
        assert tx[Cases].move_part("HF-1", PLANNING, {PartState.PLANNED}, PartState.ISSUED, **issued)
        assert not tx[Cases].move_part("HF-1", PLANNING, {PartState.PLANNED}, PartState.ISSUED, **issued)
        assert tx[Cases].move_part("HF-1", PLANNING, {PartState.ISSUED}, PartState.ISSUED, due_at=LATER)
        answered: dict[str, Any] = {
            "answered_at": LATER,
            "verdict": Verdict.AGREE_WITH_CONDITIONS,
            "conditions": "夜间施工",
        }
        assert tx[Cases].move_part("HF-1", PLANNING, {PartState.ISSUED}, PartState.ANSWERED, **answered)
        moved, other = tx[Cases].part("HF-1", PLANNING), tx[Cases].part("HF-1", TRANSPORT)
    expected = replace(
        part_row(), state=PartState.ANSWERED, revision=4, due_at=LATER, **issued, **answered
    )  # fmt: skip
    assert moved == expected
    assert other == part_row(TRANSPORT)


def test_parts_are_found_by_their_consultation_and_by_their_clearance(store: Store) -> None:
    consultation, clearance = new_id(), new_id()
    open_case(store, case_row())
    open_case(store, case_row("HF-2"))
    with store.transaction() as tx:
        for department in (PLANNING, TRANSPORT):
            tx[Cases].move_part(
                "HF-1", department, {PartState.PLANNED}, PartState.ISSUED, consultation_id=consultation
            )  # fmt: skip
        tx[Cases].move_part("HF-1", TRANSPORT, {PartState.ISSUED}, PartState.ISSUED, clearance_id=clearance)

        def found(message_id: str) -> list[str]:
            return [part.department for part in tx[Cases].parts_of_messages([message_id])]

        assert found(consultation) == [PLANNING, TRANSPORT]
        assert found(clearance) == [TRANSPORT]
        assert found(new_id()) == []


def test_a_ledger_grows_at_its_end_and_each_part_has_its_own(store: Store) -> None:
    open_case(store, case_row())
    start = ledger_entry()
    stop = ledger_entry(EntryKind.STOP, LATER, days=3, basis=("行政许可法第四十五条",), notice=new_id())
    resume = ledger_entry(EntryKind.RESUME, MUCH_LATER)
    with store.transaction() as tx:
        tx[Cases].add_entries("HF-1", PLANNING, [start])
        tx[Cases].add_entries("HF-1", PLANNING, [])
    with store.transaction() as tx:
        tx[Cases].add_entries("HF-1", PLANNING, [stop, resume])
        tx[Cases].add_entries("HF-1", TRANSPORT, [start])
        assert tx[Cases].ledger("HF-1", PLANNING) == [start, stop, resume]
        assert tx[Cases].ledger("HF-1", TRANSPORT) == [start]
        assert tx[Cases].ledger("HF-2", PLANNING) == []


def test_cases_are_listed_newest_first_and_by_state(store: Store) -> None:
    for number in range(3):
        open_case(store, case_row(f"HF-{number}", opened_at=NOW + timedelta(minutes=number)))
    with store.transaction() as tx:
        tx[Cases].move("HF-1", {CaseState.OPEN}, CaseState.READY, ready_at=LATER)
        assert [case.number for case in tx[Cases].recent()] == ["HF-2", "HF-1", "HF-0"]
        assert [case.number for case in tx[Cases].recent(CaseState.OPEN)] == ["HF-2", "HF-0"]
        assert [case.number for case in tx[Cases].recent(limit=1)] == ["HF-2"]


def test_parts_late_opinions_and_cases_are_counted(store: Store) -> None:
    open_case(store, case_row())
    with store.transaction() as tx:
        for before, after in pairwise((PartState.PLANNED, PartState.ISSUED, PartState.SIGNED, PartState.DEEMED)):
            tx[Cases].move_part("HF-1", PLANNING, {before}, after)
        tx[Cases].move_part(
            "HF-1", PLANNING, {PartState.DEEMED}, PartState.DEEMED, late_opinion_id=new_id(), late_at=LATER
        )  # fmt: skip
        counts = tx[Cases].counts()
    assert counts == {"deemed": 1, "planned": 1, "late": 1, "case-open": 1}


def test_text_that_people_wrote_is_kept_even_with_characters_a_database_cannot_hold(store: Store) -> None:
    open_case(store, case_row(applicant="公司\x00", project="路"))
    with store.transaction() as tx:
        tx[Cases].move_part("HF-1", PLANNING, {PartState.PLANNED}, PartState.ISSUED)
        moved = tx[Cases].move_part(
            "HF-1", PLANNING, {PartState.ISSUED}, PartState.ANSWERED, reasons="不同意\x00", verdict=Verdict.DISAGREE
        )  # fmt: skip
        assert moved
        part = tx[Cases].part("HF-1", PLANNING)
    assert part is not None
    assert part.reasons is not None
    assert part.reasons.startswith("不同意")


def test_what_was_deemed_where_silence_is_refusal_is_named_so_when_a_database_is_brought_up_to_date(
    store: Store,
) -> None:
    refusing = {"default": DefaultMode.REFUSAL, "default_basis": ("a rule",)}
    consenting = {"default": DefaultMode.CONSENT, "default_basis": ("a rule",)}
    of = matter(approver(PLANNING, **refusing), approver(TRANSPORT, **consenting), approver("hefei.us"))
    added = approver("hefei.added", **refusing).model_dump_json()
    case = case_row(matter=of.code, matter_version=of.version)
    silent = {"state": PartState.DEEMED}
    with store.transaction() as tx:
        tx.set_meta(matter_key(of.code, of.version), of.model_dump_json())
        tx[Cases].open(case, [
            part_row(PLANNING, state=PartState.REFUSED), part_row(TRANSPORT, **silent), part_row("hefei.us"),
            part_row("hefei.added", state=PartState.REFUSED, added=added),
        ])  # fmt: skip
        tx[Cases].open(case_row("HF-2", matter="lost"), [part_row(PLANNING, "HF-2", **silent)])
    with store.reading() as tx:
        before = [part.state for number in ("HF-1", "HF-2") for part in tx[Cases].parts(number)]
    config = Config()
    config.set_main_option("script_location", str(migrate._FOLDER))
    with writing(store._engine) as connection, connection.begin():
        config.attributes["connection"] = connection
        command.downgrade(config, BEFORE_REFUSALS)
    with store.reading() as tx:  # by its column alone: later ones are gone
        assert PartState.REFUSED not in set(tx._db.scalars(select(table.c.state).where(table.c.case_number == "HF-1")))
    store.migrate()
    with store.reading() as tx:
        assert [part.state for number in ("HF-1", "HF-2") for part in tx[Cases].parts(number)] == before
