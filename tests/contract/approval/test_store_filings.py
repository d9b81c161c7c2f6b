"""Filings at a window, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from exchange.approval.filings.records import FilingRow
from exchange.approval.filings.states import FilingState
from exchange.approval.filings.store import Filings
from exchange.schemas import AcceptanceOutcome, FilingChannel
from exchange.store.transaction import Store
from exchange.transitions import ForbiddenTransition
from tests.unit.facts import at

ROW = FilingRow(
    portal="c.portal",
    number="2026-7KQ4-M2XD",
    state=FilingState.RECEIVED,
    matter="works",
    matter_version="2026.1",
    channel=FilingChannel.WEB,
    filing_id="f" * 36,
    last_id="f" * 36,
    applicant="热电公司",
    project="供热管道",
    received_at=at("03-02"),
    complete_at=at("03-02"),
    tell_by=at("03-10"),
)


def test_a_filing_moves_once_from_the_state_it_was_read_in(store: Store) -> None:
    with store.transaction() as tx:
        tx[Filings].add(ROW)
        fields = {"outcome": AcceptanceOutcome.ACCEPTED, "case_number": "C-1", "changed_at": at("03-03")}
        assert tx[Filings].move(ROW, FilingState.ACCEPTED, **fields)
        assert not tx[Filings].move(ROW, FilingState.WITHDRAWN)
    with store.reading() as tx:
        found = tx[Filings].of_case("C-1")
        assert found == replace(ROW, state=FilingState.ACCEPTED, **fields)
        assert tx[Filings].named(ROW.number) == [found]
        assert tx[Filings].counts() == {"filing-accepted": 1}
    with store.transaction() as tx, pytest.raises(ForbiddenTransition):
        tx[Filings].move(found, FilingState.RECEIVED)


def test_what_changed_is_told_once(store: Store) -> None:
    accepted = replace(ROW, state=FilingState.ACCEPTED, case_number="C-1")
    with store.transaction() as tx:
        tx[Filings].add(accepted)
        tx[Filings].cases_changed(["C-1", "C-2"], at("03-04"))
        tx[Filings].cases_changed(["C-1"], at("03-05"))
        (changed,) = tx[Filings].changed(10)
        assert changed.changed_at == at("03-04")
        tx[Filings].was_told(changed, 1, "d" * 64, None)
        assert tx[Filings].changed(10) == []
        tx[Filings].cases_changed(["C-1"], at("03-06"))
        assert [row.serial for row in tx[Filings].changed(10)] == [1]


def test_those_that_wait_longest_are_in_front_and_none_is_found_before_its_days_are_over(store: Store) -> None:
    later = replace(ROW, number="2026-LATE", received_at=at("03-05"), complete_at=at("03-05"))
    with store.transaction() as tx:
        for row in (later, ROW, replace(ROW, number="2026-DONE", state=FilingState.WITHDRAWN)):
            tx[Filings].add(row)
        assert [row.number for row in tx[Filings].to_accept(at("03-09"), 10)] == [ROW.number, later.number]
        assert tx[Filings].to_accept(ROW.complete_at, 10) == []
        assert tx[Filings].to_accept(ROW.complete_at + timedelta(seconds=1), 10) == [ROW]
        assert [row.number for row in tx[Filings].waiting(1)] == [ROW.number]
        assert [row.number for row in tx[Filings].recent(FilingState.RECEIVED)] == [later.number, ROW.number]


def test_pages_of_filings_follow_one_another_even_within_one_instant(store: Store) -> None:
    rows = [replace(ROW, number=f"2026-000{place}", portal=portal) for place in range(2) for portal in ("a.b", "a.c")]
    rows += [replace(ROW, number="2026-LATE", received_at=at("03-05"))]
    with store.transaction() as tx:
        for row in rows:
            tx[Filings].add(row)
        seen = tx[Filings].recent(limit=2)
        while more := tx[Filings].recent(limit=2, before=seen[-1].place):
            seen += more
        assert seen == tx[Filings].recent()
        assert [row.place for row in seen] == sorted((row.place for row in rows), reverse=True)
        assert tx[Filings].recent(FilingState.ACCEPTED, before=seen[0].place) == []
