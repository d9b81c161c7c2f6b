"""A database role a member on PostgreSQL: it owns its member's schema, and can read and write no other's."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, cast

from sqlalchemy import create_engine, make_url

from exchange.store.engine import check_database_url, schema_of
from exchange.store.faults import translated

if TYPE_CHECKING:
    import psycopg

_OWNED = """
SELECT format('ALTER TABLE %%I.%%I OWNER TO %%I', n.nspname, c.relname, %(role)s::text)
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = %(schema)s AND c.relkind IN ('r', 'p', 'v', 'm')
UNION ALL
SELECT format('ALTER ROUTINE %%s OWNER TO %%I', p.oid::regprocedure, %(role)s::text)
  FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
 WHERE n.nspname = %(schema)s
"""
"""What hands over what an administrator has made in a schema; sequences go with their tables."""


def role_of(database: str, member: str) -> str:
    """Return the name of a member's role: roles belong to the whole server, so the database's name is in it."""
    name = f"{database}_{schema_of(member)}"
    return name if len(name) <= 60 else f"{name[:50]}_{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def with_account(url: str, user: str, password: str) -> str:
    """Return the URL of the same database under another account."""
    return make_url(url).set(username=user, password=password).render_as_string(hide_password=False)


def without_account(url: str) -> str:
    """Return the URL of the same database without an account."""
    return make_url(url)._replace(username=None, password=None).render_as_string(hide_password=False)


def make_role(url: str, member: str, password: str) -> str:
    """Give a member its role with this password, and the role the member's schema; return the role's name.

    ``url`` is that of an account that may make roles and schemas. What is there already is kept, what the schema holds
    goes over to the role. The password itself never leaves this process: the server gets its SCRAM verifier.
    Raises DatabaseUnavailable.
    """
    check_database_url(url)
    parsed = make_url(url).set(drivername="postgresql+psycopg")
    role, schema = role_of(parsed.database or "", member), schema_of(member)
    engine = create_engine(parsed, hide_parameters=True)
    try:
        with translated(engine), engine.connect() as connection:
            _make(cast("psycopg.Connection", connection.connection.driver_connection), role, schema, password)
            connection.connection.commit()
    finally:
        engine.dispose()
    return role


def _make(connection: psycopg.Connection, role: str, schema: str, password: str) -> None:
    from psycopg import sql

    verifier = connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256").decode()
    names = {"role": sql.Identifier(role), "schema": sql.Identifier(schema), "verifier": sql.Literal(verifier)}
    found = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone()
    verb = "ALTER" if found else "CREATE"
    connection.execute(sql.SQL(verb + " ROLE {role} LOGIN PASSWORD {verifier}").format(**names))
    connection.execute(sql.SQL("GRANT {role} TO CURRENT_USER").format(**names))  # else it could not give it anything
    connection.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {schema} AUTHORIZATION {role}").format(**names))
    connection.execute(sql.SQL("ALTER SCHEMA {schema} OWNER TO {role}").format(**names))
    for (statement,) in connection.execute(_OWNED, {"role": role, "schema": schema}).fetchall():
        connection.execute(statement)
