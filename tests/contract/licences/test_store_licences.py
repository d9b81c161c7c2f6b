"""The register of licences on SQLite and PostgreSQL: found, paged, moved once; entries are only appended."""

from __future__ import annotations

from dataclasses import replace

import pytest

from exchange.errors import Conflict
from exchange.licences.finding.store import LicenceSearch
from exchange.licences.kept import register_row
from exchange.licences.records import LicenceEntryRow
from exchange.licences.rules.entering import LicenceState
from exchange.licences.store import Licences
from exchange.schemas import LicenceChange
from exchange.store.transaction import Store
from exchange.transitions import ForbiddenTransition
from tests.unit.facts import ID, OTHER_ID, at
from tests.unit.licences.licences import COMPANY, PERSON, licence

ROW = register_row(licence(), ID, "ab" * 32)
REVOKED = LicenceEntryRow(ROW.issuer, ROW.number, 1, LicenceChange.REVOKED, OTHER_ID)


def numbered(number: int, **fields: object):  # type: ignore[no-untyped-def]
    body = licence(number=f"C-WORKS-2026-{number:05d}", case_number=f"C-{number}", **fields)
    return register_row(body, ID, f"{number:064x}")


def test_a_licence_is_found_by_number_case_signed_bytes_and_holder(store: Store) -> None:
    with store.transaction() as tx:
        tx[Licences].add(ROW)
        tx[Licences].add(replace(ROW, issuer="c.other", digest="cd" * 32))
        tx[Licences].add(numbered(2, holder=PERSON))
    with store.reading() as tx:
        register = tx[Licences]
        assert register.get("c.window", ROW.number) == ROW
        assert register.get("c.window", "C-WORKS-2026-00009") is None
        assert register.of_case("c.window", "C-1") == ROW
        assert register.of_case("c.window", "C-9") is None
        assert register.by_digest("ab" * 32) == ROW
        assert [row.issuer for row in register.named(ROW.number)] == ["c.other", "c.window"]
        assert len(register.held_by(COMPANY.identifier, 10)) == 2
        assert len(register.held_by(COMPANY.identifier, 1)) == 1
        assert [row.shown_name for row in register.held_by("11010519491231002X", 10)] == ["张**"]
        assert register.counts() == {"licence-in-force": 3}


def test_of_a_case_there_is_one_licence_and_of_a_number_too(store: Store) -> None:
    with store.transaction() as tx:
        tx[Licences].add(ROW)
    for second in (replace(ROW, number="C-WORKS-2026-00002"), replace(ROW, case_number="C-2")):
        with pytest.raises(Conflict), store.transaction() as tx:
            tx[Licences].add(second)


def test_an_entry_moves_the_licence_that_was_read_and_no_other(store: Store) -> None:
    with store.transaction() as tx:
        tx[Licences].add(ROW)
        assert tx[Licences].enter(ROW, LicenceState.REVOKED, REVOKED)
        assert not tx[Licences].enter(ROW, LicenceState.CANCELLED, replace(REVOKED, position=2)), "read before"
        now = tx[Licences].get(ROW.issuer, ROW.number)
        assert now == replace(ROW, state=LicenceState.REVOKED, entries=1)
        with pytest.raises(ForbiddenTransition):
            tx[Licences].enter(now, LicenceState.IN_FORCE, replace(REVOKED, position=2))
        named = {"shown_name": "张**", "shown_code": "**", "identifier": "E1"}
        cancelled = replace(REVOKED, position=2, change=LicenceChange.CANCELLED)
        assert tx[Licences].enter(now, LicenceState.CANCELLED, cancelled, **named)
    with store.reading() as tx:
        assert tx[Licences].entries(ROW.issuer, ROW.number) == [REVOKED, cancelled]
        assert tx[Licences].get(ROW.issuer, ROW.number) == replace(
            ROW, state=LicenceState.CANCELLED, entries=2, **named
        )
        assert tx[Licences].held_by(COMPANY.identifier, 10) == []


def test_an_entry_may_come_before_its_licence_and_no_place_is_taken_twice(store: Store) -> None:
    with store.transaction() as tx:
        tx[Licences].keep(REVOKED)
    with pytest.raises(Conflict), store.transaction() as tx:
        tx[Licences].keep(replace(REVOKED, change=LicenceChange.CANCELLED))
    with store.reading() as tx:
        assert tx[Licences].entries(ROW.issuer, ROW.number) == [REVOKED]


def test_the_register_is_gone_through_in_pages_newest_first(store: Store) -> None:
    with store.transaction() as tx:
        for number in range(1, 6):
            tx[Licences].add(numbered(number, at=at(f"03-{10 + (number + 1) // 2}")))
    with store.reading() as tx:
        first = tx[LicenceSearch].page("", None, 2)
        second = tx[LicenceSearch].page("", first.after, 2)
        third = tx[LicenceSearch].page("", second.after, 2)
    assert [row.number[-1] for row in (*first.rows, *second.rows, *third.rows)] == ["5", "4", "3", "2", "1"]
    assert third.after is None


def test_persons_are_not_found_by_what_is_masked_and_no_sign_is_a_wild_card(store: Store) -> None:
    with store.transaction() as tx:
        tx[Licences].add(ROW)
        tx[Licences].add(numbered(2, holder=PERSON))

    def found(words: str) -> list[str]:
        with store.reading() as tx:
            return [row.number[-1] for row in tx[LicenceSearch].page(words, None, 10).rows]

    assert found("热电") == ["1"]
    assert found("91340100ma2rtlcw7x") == ["1"]
    assert found("works-2026-00002") == ["2"]
    for words in ("小明", "11010519491231002X", "19491231", "%", "_"):
        assert found(words) == []


def test_a_whole_number_or_code_is_found_by_an_index_and_nothing_beside_it(store: Store) -> None:
    with store.transaction() as tx:
        for number in (1, 2, 3):
            tx[Licences].add(numbered(number, at=at(f"03-{10 + number}")))
        tx[Licences].add(replace(numbered(9), number="C-WORKS-2026-000012", case_number="C-12"))
    with store.reading() as tx:
        page = tx[LicenceSearch].page
        assert [row.number for row in page("c-works-2026-00001", None, 10).rows] == ["C-WORKS-2026-00001"]
        assert len(page("c-works-2026-0000", None, 10).rows) == 4, "a part of it finds all that have it"
        first = page(ROW.shown_code.lower(), None, 2)
        rest = page(ROW.shown_code, first.after, 9)
        assert [row.number[-1] for row in (*first.rows, *rest.rows)][:2] == ["3", "2"]
        assert len({*first.rows, *rest.rows}) == 4
