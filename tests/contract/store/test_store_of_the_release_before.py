"""Stores of the release before on PostgreSQL: the same rows, migrated there, become what they become on SQLite."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, MetaData, create_engine, insert, select, text

import exchange.store.migrate as migration
from exchange.store import open_store
from exchange.store.engine import open_engine, schema_of, writing
from tests.archives import unpack
from tests.corpus.make_domain_before import ARCHIVE, DOMAIN

CARRIED = ("request", "request_forward", "drain")


def tables_of(connection: Connection, schema: str | None) -> MetaData:
    """The tables that are there."""
    found = MetaData(schema=schema)
    found.reflect(connection)
    return found


def rows(url: str, member: str, schema: str | None) -> dict[str, list[Any]]:
    """What the newest migration has carried over."""
    engine = open_engine(url, member)
    with engine.connect() as connection:
        tables = {table.name: table for table in tables_of(connection, schema).sorted_tables}
        found = {name: sorted(map(tuple, connection.execute(select(tables[name])))) for name in CARRIED}
    engine.dispose()
    return found


def fill(url: str, member: str, file: Path) -> None:
    """Tables of the release before in the member's schema, with the rows of its file."""
    engine, source = open_engine(url, member), create_engine(f"sqlite:///{file}")
    config = Config()
    config.set_main_option("script_location", str(Path(migration.__file__).parent / "migrations"))
    with source.connect() as old, writing(engine) as connection, connection.begin():
        revision = str(old.scalar(text("SELECT version_num FROM alembic_version")))
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        tables = {table.name: table for table in tables_of(connection, schema_of(member)).sorted_tables}
        for table in tables_of(old, None).sorted_tables:
            kept = [dict(row) for row in old.execute(select(table)).mappings()]
            if kept and table.name != "alembic_version":
                connection.execute(insert(tables[table.name]), kept)
    source.dispose()
    engine.dispose()


@pytest.mark.parametrize("name", ["window", "planning", "archive"])
def test_rows_are_carried_over_on_postgresql_as_on_sqlite(
    tmp_path: Path, postgres_url: str, member: str, name: str
) -> None:
    unpack(ARCHIVE, tmp_path)
    file = tmp_path / "home" / "members" / f"{DOMAIN}.{name}" / "store.db"
    fill(postgres_url, member, file)
    for url in (postgres_url, f"sqlite:///{file}"):
        store = open_store(url, member=member)
        store.migrate()
        assert store.is_current()
        store.close()
    found = rows(postgres_url, member, schema_of(member))
    assert found == rows(f"sqlite:///{file}", member, None)
    assert any(found.values())
