"""Drafts at a portal, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from exchange.portal.records import DraftFile, DraftRow
from exchange.portal.states import DraftState
from exchange.portal.store import Drafts
from exchange.store.transaction import Store
from exchange.transitions import ForbiddenTransition
from tests.unit.facts import at

ROW = DraftRow(
    number="2026-7KQ4-M2XD",
    state=DraftState.OPEN,
    matter="works",
    matter_version="2026.1",
    code_hash="$argon2id$",
    entered="{}",
    created_at=at("03-02"),
    changed_at=at("03-02"),
    ends_at=at("04-01"),
)


def test_of_two_who_save_at_once_the_second_is_told(store: Store) -> None:
    with store.transaction() as tx:
        tx[Drafts].add(ROW)
        assert tx[Drafts].save(ROW.number, 1, '{"project": "一"}', at("03-03"))
        assert not tx[Drafts].save(ROW.number, 1, '{"project": "二"}', at("03-03"))
        found = tx[Drafts].get(ROW.number)
        assert found == replace(ROW, entered='{"project": "一"}', changed_at=at("03-03"), revision=2)


def test_what_was_handed_in_is_not_saved_and_may_be_opened_again(store: Store) -> None:
    with store.transaction() as tx:
        tx[Drafts].add(ROW)
        assert tx[Drafts].move(ROW.number, DraftState.OPEN, DraftState.FILED, filing_id="f" * 36)
        assert not tx[Drafts].move(ROW.number, DraftState.OPEN, DraftState.FILED)
        assert not tx[Drafts].save(ROW.number, 2, "{}", at("03-03"))
        assert tx[Drafts].move(ROW.number, DraftState.FILED, DraftState.OPEN)
        with pytest.raises(ForbiddenTransition):
            tx[Drafts].move(ROW.number, DraftState.ENDED, DraftState.OPEN)


def test_files_keep_their_order_and_their_contents(store: Store) -> None:
    files = [DraftFile(f"{n}" * 36, "plan", f"{n}.pdf", "application/pdf", 1, "d" * 64, "") for n in range(3)]
    with store.transaction() as tx:
        tx[Drafts].add(ROW)
        for file in files:
            tx[Drafts].add_file(ROW.number, file, file.name.encode())
        assert tx[Drafts].remove_file(ROW.number, files[0].file_id)
        assert not tx[Drafts].remove_file("another", files[1].file_id)
        assert tx[Drafts].files(ROW.number) == tuple(files[1:])
        assert tx[Drafts].inline(ROW.number) == [b"1.pdf", b"2.pdf"]
        assert tx[Drafts].empty(ROW.number) == 2


def test_drafts_end_and_filings_do_not(store: Store) -> None:
    filed = replace(ROW, number="2026-FILED", filing_id="f" * 36)
    with store.transaction() as tx:
        tx[Drafts].add(ROW)
        tx[Drafts].add(filed)
        assert tx[Drafts].ending(ROW.ends_at, 10) == []
        assert tx[Drafts].ending(ROW.ends_at + timedelta(seconds=1), 10) == [ROW]
        assert tx[Drafts].counts() == {"draft-open": 2}
