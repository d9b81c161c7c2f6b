"""Stores on both databases, each of a member of its own."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from exchange.store import Store, open_store
from tests.schemas_at_hand import SchemasAtHand


@pytest.fixture
def member() -> str:
    """An address that no other test uses."""
    return f"t{uuid.uuid4().hex[:10]}.planning"


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A database file that does not exist yet."""
    return f"sqlite:///{tmp_path / 'members' / 'store.db'}"


@pytest.fixture(scope="session")
def schemas_at_hand(postgres_url: str) -> Iterator[SchemasAtHand]:
    """Schemas that have their tables already."""
    found = SchemasAtHand(postgres_url)
    yield found
    found.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, member: str) -> Iterator[str]:
    """Each of the two databases, without anything of the member; nor is there anything of it afterwards."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_url")
        return
    at_hand: SchemasAtHand = request.getfixturevalue("schemas_at_hand")
    yield at_hand.url
    at_hand.give_back(member)


@pytest.fixture
def store(database_url: str, member: str, request: pytest.FixtureRequest) -> Iterator[Store]:
    """A migrated store."""
    at_hand = request.getfixturevalue("schemas_at_hand") if database_url.startswith("postgresql") else None
    if at_hand:
        at_hand.take(member)
    store = open_store(database_url, member=member)
    store.migrate()
    if at_hand:
        at_hand.note_shape(member)
    yield store
    store.close()
