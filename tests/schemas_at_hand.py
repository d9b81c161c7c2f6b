"""Schemas with all tables that go from test to test: to make and drop a hundred tables takes longer than most tests,
and leaves the server's catalogue with ever more rows to pass over."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field

import psycopg
from psycopg import sql

from exchange.store.engine import schema_of
from tests.postgres import libpq

_SHAPE = """
SELECT md5(coalesce(string_agg(line, chr(10) ORDER BY line), '')) FROM (
  SELECT concat_ws(' ', c.relname, c.relkind, c.relacl, a.attname, a.atttypid, a.attnotnull, a.attidentity, a.attacl,
                   pg_get_expr(d.adbin, d.adrelid)) AS line
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid LEFT JOIN pg_attrdef d ON d.adrelid = c.oid
   AND d.adnum = a.attnum WHERE c.relnamespace = %(schema)s::regnamespace AND a.attnum > 0
  UNION ALL SELECT concat_ws(' ', conname, contype, conrelid::regclass::text, convalidated)
  FROM pg_constraint WHERE connamespace = %(schema)s::regnamespace
  UNION ALL SELECT concat_ws(' ', t.tgname, t.tgenabled, c.relname)
  FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
  WHERE c.relnamespace = %(schema)s::regnamespace AND NOT t.tgisinternal
  UNION ALL SELECT concat_ws(' ', c.relname, i.indisvalid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
  WHERE c.relnamespace = %(schema)s::regnamespace
  UNION ALL SELECT concat_ws(' ', proname) FROM pg_proc WHERE pronamespace = %(schema)s::regnamespace
  UNION ALL SELECT concat_ws(' ', nspacl) FROM pg_namespace WHERE oid = %(schema)s::regnamespace
) AS lines
"""
"""What a schema is made of, without its name and without its rows."""

_EMPTY = """
DO $$ DECLARE one record; BEGIN
  FOR one IN SELECT t.oid::regclass AS name FROM pg_class t
    WHERE relnamespace = {schema}::regnamespace AND relkind = 'r' AND relname <> 'alembic_version' AND (
      pg_relation_size(t.oid) > 0
      OR EXISTS (SELECT FROM pg_index WHERE indrelid = t.oid AND pg_relation_size(indexrelid) > {page})) LOOP
    EXECUTE format('TRUNCATE %s RESTART IDENTITY CASCADE', one.name);
  END LOOP;
  UPDATE pg_class SET relpages = 1, reltuples = 0
    WHERE relnamespace = {schema}::regnamespace AND relkind = 'i' AND reltuples <> 0;
END $$
"""
"""Also tables whose rows a test has removed. A planner chooses by the pages that are left in an index, and takes one
that was emptied for another than one that was never filled: the last statement says what their making has said.
"""

_PAGE = 8192
"""Octets of an index that has never held anything: its first page, as this server is built."""


@dataclass
class SchemasAtHand:
    """Of one test process: empty schemas of nobody, all of one shape."""

    url: str
    _shape: str = ""
    _spare: list[str] = field(default_factory=list)

    def take(self, member: str) -> None:
        """Gives a member a schema that has its tables, if there is one."""
        if self._spare:
            with self._connected() as connection:
                self._rename(connection, self._spare.pop(), schema_of(member))

    def give_back(self, member: str) -> None:
        """Takes a member's schema for the next; one that a test has changed is dropped."""
        name = schema_of(member)
        with self._connected() as connection:
            if not connection.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", (name,)).fetchone():
                return
            if self._is_as_made(connection, name) and _emptied(connection, name):
                spare = f"spare_{uuid.uuid4().hex[:10]}"
                self._rename(connection, name, spare)
                self._spare.append(spare)
            else:
                connection.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(name)))

    def note_shape(self, member: str) -> None:
        """Notes what a schema is that has just been made by the migrations alone."""
        if not self._shape:
            with self._connected() as connection:
                self._shape = _shape_of(connection, schema_of(member))

    def close(self) -> None:
        """Drops them all."""
        with self._connected() as connection:
            for name in self._spare:
                connection.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(name)))
        self._spare.clear()

    def _is_as_made(self, connection: psycopg.Connection, name: str) -> bool:
        return bool(self._shape) and _shape_of(connection, name) == self._shape

    def _connected(self) -> psycopg.Connection:
        return psycopg.connect(libpq(self.url), autocommit=True)

    @staticmethod
    def _rename(connection: psycopg.Connection, old: str, new: str) -> None:
        connection.execute(sql.SQL("ALTER SCHEMA {} RENAME TO {}").format(sql.Identifier(old), sql.Identifier(new)))


def _emptied(connection: psycopg.Connection, name: str) -> bool:
    """Whether all rows could be removed: there are tables that let nobody do that."""
    try:
        connection.execute(sql.SQL(_EMPTY).format(schema=name, page=_PAGE))
    except psycopg.errors.RestrictViolation:
        return False
    return True


def _shape_of(connection: psycopg.Connection, name: str) -> str:
    # Names of tables are told without their schema where it is looked through.
    connection.execute(sql.SQL("SET search_path TO {}").format(sql.Identifier(name)))
    found = connection.execute(_SHAPE, {"schema": name}).fetchone()
    known = connection.execute("SELECT to_regclass('alembic_version') IS NOT NULL").fetchone()
    release = connection.execute("SELECT version_num FROM alembic_version").fetchall() if known == (True,) else []
    connection.execute("RESET search_path")
    return f"{found} {release}"
