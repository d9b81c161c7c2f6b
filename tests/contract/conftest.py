"""Stores on both databases, each of a member of its own."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url

from exchange.store import SqlStore, open_store
from exchange.store.engine import schema_of
from tests.postgres import shared_server


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL server: the one that EXCHANGE_TEST_DATABASE_URL names, or one shared by all test processes."""
    given = os.environ.get("EXCHANGE_TEST_DATABASE_URL")
    if given:
        yield given
        return
    base = tmp_path_factory.getbasetemp()
    try:
        with shared_server(base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) as url:
            yield url
    except FileNotFoundError as error:
        pytest.fail(str(error))


@pytest.fixture
def member() -> str:
    """An address that no other test uses."""
    return f"t{uuid.uuid4().hex[:10]}.planning"


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A database file that does not exist yet."""
    return f"sqlite:///{tmp_path / 'members' / 'store.db'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, member: str) -> Iterator[str]:
    """Each of the two databases; the member's schema is dropped afterwards."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_url")
        return
    url: str = request.getfixturevalue("postgres_url")
    yield url
    with psycopg.connect(libpq(url), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(schema_of(member))))


@pytest.fixture
def store(database_url: str, member: str) -> Iterator[SqlStore]:
    """A migrated store."""
    store = open_store(database_url, member=member)
    store.migrate()
    yield store
    store.close()


def libpq(url: str) -> str:
    """A database URL as psycopg itself takes it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
