"""Parts of names and numbers on SQLite and PostgreSQL: all that has them is found, page by page, with bounded work."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config

import exchange.store.migrate as migration
from exchange.envelope.document import sign_document
from exchange.licences.finding import store as finding
from exchange.licences.finding.store import LicenceSearch
from exchange.licences.kept import register_row
from exchange.licences.records import LicenceEntryRow, LicencePlace, LicenceRow
from exchange.licences.rules.entering import LicenceState
from exchange.licences.rules.parts import folded
from exchange.licences.store import Licences, ToldLicences
from exchange.messaging.outbox import Outbox
from exchange.schemas import LicenceAnswer, LicenceChange
from exchange.store import Store, open_store
from exchange.store.engine import open_engine, writing
from tests.contract.rows import NOW, outgoing
from tests.unit.examples import EXAMPLES
from tests.unit.facts import ID, OTHER_ID
from tests.unit.levels import family
from tests.unit.licences.licences import COMPANY, PERSON, licence

ROW = register_row(licence(), ID, "ab" * 32)
SECOND = timedelta(seconds=1)
WORDS = ("安徽", "建设", "工程", "77", "第7", "有限公司", "AB", "Co.", "路桥", "（中国）")


def signed_answer() -> bytes:
    """An answer that tells of one licence, as it is kept."""
    body = EXAMPLES[LicenceAnswer.KIND]
    assert isinstance(body, LicenceAnswer)
    header = outgoing(kind=LicenceAnswer.KIND, message_id=ID).header
    return sign_document(header.model_dump_json().encode(), body, family("a")["a"].department, [])


def numbered(number: int, name: str) -> LicenceRow:
    """A licence of an organisation; three are issued at a moment."""
    shown = {"number": f"C-{number:04d}", "case_number": f"C-{number}", "shown_code": f"{number:018d}"}
    return replace(ROW, shown_name=name, issued_at=ROW.issued_at + number // 3 * SECOND, **shown)


def found(store: Store, words: str, limit: int = 7) -> list[str]:
    """Names and numbers, all pages after one another."""
    rows: list[LicenceRow] = []
    after: LicencePlace | None = None
    with store.reading() as tx:
        while True:
            page = tx[LicenceSearch].page(words, after, limit)
            assert len(page.rows) <= limit
            rows, after = [*rows, *page.rows], page.after
            if after is None:
                return [row.number for row in rows]


def test_pages_have_all_that_has_the_words_and_nothing_else(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(11)
    rows = [numbered(number, "".join(chance.choices(WORDS, k=4))) for number in range(120)]
    with store.transaction() as tx:
        for row in chance.sample(rows, len(rows)):
            tx[Licences].add(row)
    newest = sorted(rows, key=lambda row: (row.issued_at, row.number), reverse=True)
    monkeypatch.setattr(finding, "_RARE", 3)
    for looked_at in (5_000, 9):
        monkeypatch.setattr(finding, "LOOKED_AT", looked_at)
        for _ in range(40):
            name = chance.choice(rows).shown_name
            first = chance.randrange(len(name) - 1)
            words = name[first : first + chance.randint(1, 6)].strip()
            having = [
                row for row in newest if any(folded(words) in folded(one) for one in (row.number, row.shown_name))
            ]
            assert found(store, words) == [row.number for row in having], words
    assert found(store, "安徽没有") == found(store, "ZZ") == found(store, "癸") == []


def test_a_page_looks_at_so_much_and_no_more(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "LOOKED_AT", 10)
    monkeypatch.setattr(finding, "_RARE", 2)
    with store.transaction() as tx:
        tx[Licences].add(numbered(0, "建设工程一处"))
        for number in range(3, 150):
            tx[Licences].add(numbered(number, "工程建设一处"))
    with store.reading() as tx:
        first = tx[LicenceSearch].page("建设工程一", None, 5)
        assert [row.number for row in first.rows] == ["C-0000"], "设工 is in no other name"
        first = tx[LicenceSearch].page("一处工程", None, 5)
        assert (first.rows, first.after) == ((), None)
        first = tx[LicenceSearch].page("一", None, 5)
        assert len(first.rows) == 5
        first = tx[LicenceSearch].page("单", None, 5)
        assert first.rows == ()
        assert first.after is not None, "one sign is looked for in the latest, and further back by the next page"
    assert found(store, "单") == []
    assert len(found(store, "处")) == 148


def test_a_holder_is_found_by_what_is_shown_now_alone(store: Store) -> None:
    person = register_row(licence(holder=PERSON, number="C-9999", case_number="C-9"), ID, "ef" * 32)
    with store.transaction() as tx:
        tx[Licences].add(ROW)
        tx[Licences].add(person)
        entry = LicenceEntryRow(ROW.issuer, ROW.number, 1, LicenceChange.CHANGED, OTHER_ID)
        assert tx[Licences].enter(ROW, LicenceState.IN_FORCE, entry, shown_name="庐州路桥有限公司")
    assert found(store, "路桥") == [ROW.number]
    assert found(store, COMPANY.name[2:4]) == [], "热电 was its name before"
    assert found(store, "张*") == ["C-9999"]
    for hidden in (PERSON.name, PERSON.name[1:], PERSON.identifier[4:10]):
        assert found(store, hidden) == []


def test_licences_and_answers_that_are_there_already_are_found_after_the_migration(
    database_url: str, member: str
) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migration.__file__).parent / "migrations"))
    store = open_store(database_url, member=member)
    store.migrate()
    with store.transaction() as tx:
        for number in range(7):
            tx[Licences].add(numbered(number, f"安徽第{number}建设Co"))
        tx[Outbox].add([replace(outgoing(kind=LicenceAnswer.KIND, message_id=ID), signed=signed_answer())], NOW)
    engine = open_engine(database_url, member)
    for way, revision in ((command.downgrade, "0054"), (command.upgrade, "head")):
        with writing(engine) as connection, connection.begin():
            config.attributes["connection"] = connection
            way(config, revision)
    engine.dispose()
    assert found(store, "第5") == ["C-0005"]
    with store.reading() as tx:
        assert tx[ToldLicences].of("HEFEI-ROAD-OCCUPATION-2026-00001", 5) == [ID]
        assert tx[ToldLicences].of("HEFEI-ROAD-OCCUPATION-2026-00002", 5) == []
    assert found(store, "CO") == found(store, "安徽", 2) == [f"C-{number:04d}" for number in range(6, -1, -1)]
    store.close()
