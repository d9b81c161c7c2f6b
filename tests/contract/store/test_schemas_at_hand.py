"""A schema that goes from test to test is planned as one just made: else a plan would go by who had it before."""

from __future__ import annotations

import uuid

from sqlalchemy import text

from exchange.store import Store, open_store
from exchange.store.engine import schema_of
from tests.schemas_at_hand import SchemasAtHand

_KNOWN = """
SELECT relname, relpages, reltuples, pg_relation_size(oid) FROM pg_class
WHERE relnamespace = to_regnamespace(:schema) AND relkind IN ('r', 'i') AND relname NOT LIKE 'alembic%' ORDER BY relname
"""


def known(store: Store, member: str) -> list[object]:
    """What the server's planner goes by."""
    with store._engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(_KNOWN), {"schema": schema_of(member)})]


def test_what_was_filled_emptied_and_given_back_is_as_it_was_made(postgres_url: str) -> None:
    hand, members = SchemasAtHand(postgres_url), [f"t{uuid.uuid4().hex[:10]}.planning" for _ in range(2)]
    first = open_store(postgres_url, member=members[0])
    first.migrate()
    hand.note_shape(members[0])
    made = known(first, members[0])
    with first._engine.begin() as connection:
        rows = "INSERT INTO case_clock (case_number) SELECT 'HF-' || n FROM generate_series(1, 2000) n"
        connection.execute(text(rows))
        connection.execute(text("DELETE FROM case_clock"))
    assert known(first, members[0]) != made
    first.close()
    hand.give_back(members[0])
    hand.take(members[1])
    second = open_store(postgres_url, member=members[1])
    assert second.is_current(), "it is the one that was given back"
    assert known(second, members[1]) == made
    second.close()
    hand.give_back(members[1])
    hand.close()
