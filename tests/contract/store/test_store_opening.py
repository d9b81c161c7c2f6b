"""Opening a database: made where it is missing, private, waited for, and refused with words that help."""

from __future__ import annotations

import importlib
import pkgutil
import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from structlog.testing import capture_logs

import exchange
from exchange.errors import DatabaseUnavailable
from exchange.messaging.outbox import Outbox
from exchange.store import Store, connect_with_patience, migrate, open_store
from exchange.store.engine import schema_of
from exchange.store.metadata import metadata
from tests.contract.processes import others
from tests.contract.rows import NOW, outgoing
from tests.postgres import PostgresServer

for _found in pkgutil.walk_packages(exchange.__path__, "exchange."):
    if _found.name.endswith(".tables"):
        importlib.import_module(_found.name)  # so that the one MetaData knows the tables of every room


def test_the_migrations_make_exactly_the_tables_that_the_store_uses(store: Store) -> None:
    with store._engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_what_is_made_by_record_is_what_the_migrations_made(
    database_url: str, member: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def made(store: Store) -> list[str]:
        with store._engine.connect() as connection:
            return sorted(connection.scalars(text(_MADE[store._engine.dialect.name])))

    monkeypatch.setattr(migrate, "_recorded", {})
    by_migrations = open_store(database_url, member=member)
    by_migrations.migrate()
    dialect = by_migrations._engine.dialect.name
    assert len(migrate._recorded[dialect]) > 100
    elsewhere = f"sqlite:///{tmp_path / 'another.db'}" if dialect == "sqlite" else database_url
    by_record = open_store(elsewhere, member=f"{member}.another")
    with monkeypatch.context() as patched:
        patched.setattr(migrate, "_upgrade", lambda engine: pytest.fail("migrated once more"))
        by_record.migrate()
    migrated, recorded = made(by_migrations), made(by_record)
    assert [one.replace(schema_of(f"{member}.another"), schema_of(member)) for one in recorded] == migrated
    assert any("audit_entry" in one for one in migrated)
    assert by_record.is_current()
    with by_record._engine.begin() as connection:
        metadata.drop_all(connection)
    for store in (by_migrations, by_record):
        store.close()


_MADE = {
    "sqlite": "SELECT name || ' ' || sql FROM sqlite_master WHERE sql IS NOT NULL",
    "postgresql": """
        SELECT concat_ws(' ', table_name, column_name, data_type, character_maximum_length, is_nullable, column_default)
        FROM information_schema.columns WHERE table_schema = current_schema()
        UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = current_schema()
        UNION ALL SELECT pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = current_schema()::regnamespace
        UNION ALL SELECT pg_get_triggerdef(pg_trigger.oid) FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
        WHERE NOT tgisinternal AND relnamespace = current_schema()::regnamespace
    """,
}
"""Everything in a member's database, as the database itself describes it."""


def test_the_migrations_make_the_same_partial_indexes_that_the_tables_describe(store: Store) -> None:
    def predicates() -> dict[str, str]:
        dialect, found = store._engine.dialect.name, {}
        for table in metadata.tables:
            for index in inspect(store._engine).get_indexes(table):
                where = index.get("dialect_options", {}).get(f"{dialect}_where")
                found[str(index["name"])] = str(where).replace("<>", "!=")
        return found

    migrated = predicates()
    with store._engine.begin() as connection:
        metadata.drop_all(connection)
        metadata.create_all(connection)
    assert predicates() == migrated
    assert sum(where != "None" for where in migrated.values()) >= 4


def test_the_newest_revision_is_the_one_that_opening_looks_for() -> None:
    folder = Path(migrate.__file__).parent / "migrations"
    assert ScriptDirectory(str(folder)).get_heads() == [migrate.HEAD]


def test_whether_the_tables_are_current_is_told_without_making_them(database_url: str, member: str) -> None:
    store = open_store(database_url, member=member)
    assert not store.is_current()
    assert not store.is_current()
    store.migrate()
    assert store.is_current()
    with store._engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DatabaseUnavailable, match="newer release"):
        store.is_current()
    store.close()


def test_migrating_again_changes_nothing(store: Store) -> None:
    with store.transaction() as tx:
        tx[Outbox].add([outgoing()], NOW)
    store.migrate()
    with store.reading() as tx:
        assert tx[Outbox].counts() == {"written": 1}


def test_processes_that_migrate_a_new_database_together_do_not_hinder_each_other(
    database_url: str, member: str
) -> None:
    with others(3, "migrate", database_url, member) as together:
        assert [other.hear() for other in together] == ["ready"] * 3
        for other in together:
            other.go_on()
        assert [other.hear() for other in together] == ["migrated"] * 3


def test_threads_that_migrate_new_databases_together_do_not_hinder_each_other(tmp_path: Path) -> None:
    stores = [open_store(f"sqlite:///{tmp_path / str(n)}.db", member=f"hefei.m{n}") for n in range(4)]
    barrier = threading.Barrier(len(stores))

    def bring_up(store: Store) -> None:
        barrier.wait(30)
        store.migrate()
        with store.transaction() as tx:
            tx.set_meta("key", "value")
        store.close()

    with ThreadPoolExecutor(len(stores)) as pool:
        list(pool.map(bring_up, stores))


def test_a_database_of_a_newer_release_is_refused_and_left_alone(store: Store) -> None:
    with store._engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DatabaseUnavailable, match="newer"):
        store.migrate()
    with store._engine.connect() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == "9999"


def test_tables_are_not_changed_under_a_process_that_serves_with_the_old_ones(
    store: Store, database_url: str, member: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    upgraded: list[object] = []
    with others(1, "claim", database_url, member) as [server]:
        assert server.hear() == "serving"
        monkeypatch.setattr(migrate, "HEAD", "9999")
        monkeypatch.setattr(migrate, "_upgrade", upgraded.append)
        with pytest.raises(DatabaseUnavailable, match="is served by an earlier release"):
            store.migrate(member)
        assert not upgraded
        server.kill()
        store.migrate(member)
        assert len(upgraded) == 1


def test_members_of_one_postgresql_database_do_not_see_each_other(postgres_url: str, member: str) -> None:
    one, two = (open_store(postgres_url, member=f"{member}{end}") for end in (".a-b", ".a.b"))
    for store in (one, two):
        store.migrate()
    with one.transaction() as tx:
        tx[Outbox].add([outgoing()], NOW)
        with two.transaction() as other:
            other.set_meta("key", "two members write at the same time")
    with two.reading() as tx:
        assert tx[Outbox].counts() == {}
    for store in (one, two):
        with store._engine.begin() as connection:
            connection.execute(text(f'DROP SCHEMA "{connection.scalar(text("SELECT current_schema()"))}" CASCADE'))
        store.close()


def test_a_schema_is_a_short_plain_name_and_no_two_members_share_one() -> None:
    long = "hefei." + "x" * 100
    members = ["hefei.planning", "hefei-planning", "hefei.a-b", "hefei.a.b", "hefei.a--b", long, long + "y"]
    names = [schema_of(member) for member in members]
    assert names[0] == "m_hefei_planning"
    assert len(set(names)) == len(names)
    assert all(len(name) <= 63 and name.isascii() and name.replace("_", "").isalnum() for name in names)


def test_a_database_file_and_its_companions_are_for_their_owner_only(sqlite_url: str, tmp_path: Path) -> None:
    store = open_store(sqlite_url, member="hefei.planning")
    store.migrate()
    with store.transaction() as tx:
        tx.set_meta("key", "value")
        files = list((tmp_path / "members").iterdir())
    assert {file.name for file in files} >= {"store.db", "store.db-wal", "store.db-shm"}
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    store.close()


def test_sqlite_is_opened_so_that_a_commit_survives_a_power_cut(sqlite_url: str) -> None:
    store = open_store(sqlite_url, member="hefei.planning")
    with store._engine.connect() as connection:
        found = [connection.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "synchronous", "foreign_keys")]
    assert found == ["wal", 2, 1]
    store.close()


def unusable(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "a-file").write_text("this is no database" * 100)
    return {
        "below a file": f"sqlite:///{tmp_path / 'a-file' / 'store.db'}",
        "not a database": f"sqlite:///{tmp_path / 'a-file'}",
        "a folder": f"sqlite:///{tmp_path}",
        "nobody there": f"postgresql://yizhan:s3cret-word@/exchange?host={tmp_path}",
        "another system": "mysql://yizhan:s3cret-word@localhost/exchange",
        "no URL at all": "s3cret-word",
    }


@pytest.mark.parametrize(
    "what", ["a folder", "another system", "below a file", "no URL at all", "nobody there", "not a database"]
)
def test_an_unusable_database_is_refused_with_what_to_do_and_without_the_password(tmp_path: Path, what: str) -> None:
    def use() -> None:
        store = open_store(unusable(tmp_path)[what], member="hefei.planning")
        store.migrate()

    with pytest.raises(DatabaseUnavailable) as caught:
        use()
    assert caught.value.remedy
    assert "s3cret-word" not in caught.value.diagnostics()


def test_a_server_that_is_not_there_is_waited_for_aloud_and_abandoned_in_the_end(tmp_path: Path) -> None:
    with capture_logs() as logs, pytest.raises(DatabaseUnavailable):
        connect_with_patience(
            f"postgresql://yizhan:s3cret-word@/exchange?host={tmp_path}", member="hefei.planning", patience=0.5
        )
    assert len(logs) >= 1
    assert all(line["log_level"] == "warning" and "failed" in line["reason"] for line in logs)
    assert "s3cret-word" not in str(logs)


def test_a_server_that_comes_late_goes_away_and_returns_is_used_whenever_it_is_there() -> None:
    server = PostgresServer()
    try:
        with ThreadPoolExecutor(1) as pool:
            connecting = pool.submit(connect_with_patience, server.url, member="hefei.planning", patience=60.0)
            server.start()
            store = connecting.result(60)
        store.migrate()
        server.stop()
        with pytest.raises(DatabaseUnavailable), store.transaction() as tx:
            tx.set_meta("key", "never")
        server.start()
        with store.transaction() as tx:
            assert tx.get_meta("key") is None
            tx.set_meta("key", "again")
        store.close()
    finally:
        server.remove()
