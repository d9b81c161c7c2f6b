"""A database role a member on PostgreSQL: it owns its member's schema, and can read and write no other's."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

from sqlalchemy import create_engine, make_url

from exchange.language import Text
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
_RIGHTS = """
SELECT rolsuper OR rolcreaterole, has_database_privilege(current_database(), 'CREATE')
  FROM pg_roles WHERE rolname = current_user
"""
_OWNERS = """
SELECT d.datname, pg_has_role(d.datdba, 'MEMBER'), coalesce(pg_has_role(n.nspowner, 'MEMBER'), false)
  FROM pg_database d LEFT JOIN pg_namespace n ON n.nspname = 'public' WHERE d.datname = current_database()
"""


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
    role, schema = role_of(make_url(url).database or "", member), schema_of(member)
    with _connected(url) as connection:
        _make(connection, role, schema, password)
    return role


def why_no_roles(url: str) -> Text | None:
    """Return why the account of a URL can give members no roles; None where it can. Raises DatabaseUnavailable."""
    with _connected(url) as connection:
        may, owns = connection.execute(_RIGHTS).fetchone() or (False, False)
    if not may:
        return Text("{account} may not make roles", {"account": make_url(url).username or "it"})
    if not owns:
        return Text("{account} may make no schemas in it", {"account": make_url(url).username or "it"})
    return None


def log_in(url: str) -> None:
    """Raise DatabaseUnavailable unless the account of a URL is let in."""
    with _connected(url) as connection:
        connection.execute("SELECT 1")


def revoke_public(url: str) -> bool:
    """Take from everybody what PostgreSQL gives everybody of a database, as far as the account of the URL owns it.

    Return whether it does. Members' roles have been granted theirs. Raises DatabaseUnavailable.
    """
    from psycopg import sql

    with _connected(url) as connection:
        database, owned, public = connection.execute(_OWNERS).fetchone() or ("", False, False)
        if owned:
            named = sql.Identifier(database)
            connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(named))
        if public:
            connection.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
    return bool(owned)


def rights_of_everybody(url: str) -> bool:
    """Return whether any account of the server may connect to a database. Raises DatabaseUnavailable."""
    with _connected(url) as connection:
        found = connection.execute("SELECT has_database_privilege('public', current_database(), 'CONNECT')").fetchone()
    return bool(found and found[0])


@contextmanager
def _connected(url: str) -> Iterator[psycopg.Connection]:
    """A connection, committed at the end."""
    check_database_url(url)
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"), hide_parameters=True)
    try:
        with translated(engine), engine.connect() as connection:
            yield cast("psycopg.Connection", connection.connection.driver_connection)
            connection.connection.commit()
    finally:
        engine.dispose()


def _make(connection: psycopg.Connection, role: str, schema: str, password: str) -> None:
    from psycopg import sql

    verifier = connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256").decode()
    names = {"role": sql.Identifier(role), "schema": sql.Identifier(schema), "verifier": sql.Literal(verifier)}
    found = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone()
    verb = "ALTER" if found else "CREATE"
    connection.execute(sql.SQL(verb + " ROLE {role} LOGIN PASSWORD {verifier}").format(**names))
    connection.execute(sql.SQL("GRANT {role} TO CURRENT_USER").format(**names))  # else it could not give it anything
    database = sql.Identifier(connection.info.dbname)
    connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {role}").format(database, **names))
    connection.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {schema} AUTHORIZATION {role}").format(**names))
    connection.execute(sql.SQL("ALTER SCHEMA {schema} OWNER TO {role}").format(**names))
    for (statement,) in connection.execute(_OWNED, {"role": role, "schema": schema}).fetchall():
        connection.execute(statement)
