"""Stores on both databases, each of a member of its own."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from exchange.store import Store, open_store
from exchange.store.engine import schema_of
from tests.postgres import libpq


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
def store(database_url: str, member: str) -> Iterator[Store]:
    """A migrated store."""
    store = open_store(database_url, member=member)
    store.migrate()
    yield store
    store.close()
