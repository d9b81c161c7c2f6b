"""Bringing a database up to date with Alembic; nothing is loaded or written when it is already."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, column, event, func, insert, inspect, literal_column, select, table, text

from exchange.errors import DatabaseUnavailable
from exchange.store.engine import writing

HEAD = "0087"
"""The newest revision; a test holds it to the migrations folder."""
_FOLDER = Path(__file__).parent / "migrations"
_ONE_AT_A_TIME = threading.Lock()
"""Alembic keeps what it is doing in globals."""


_READS = ("BEGIN", "PRAGMA", "SELECT")
_recorded: dict[str, list[str]] = {}
"""What makes the tables in the next empty database of a kind in this process, statement by statement: a process that
opens hundreds of members has the rest made by these at once."""

_SQLITE = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type <> 'table', rowid"
"""Everything in a database of SQLite in its own words, tables first: a third of what the migrations said."""


def migrate(engine: Engine, check_idle: Callable[[], None] = lambda: None) -> None:
    """Run what is missing, in one transaction; ``check_idle`` first raises where somebody works with the old tables.

    Raises DatabaseUnavailable for a newer release's database.
    """
    with engine.connect() as connection:
        if _version(connection) == HEAD:
            return
        is_empty = not inspect(connection).get_table_names()
    if not is_empty:
        check_idle()
        _upgrade(engine)
    elif not _make_alike(engine):
        with _recording(engine):
            _upgrade(engine)


def _make_alike(engine: Engine) -> bool:
    """Makes the tables as they were made elsewhere; False if there is no such record, or somebody has begun already."""
    statements = _recorded.get(engine.dialect.name)
    if statements is None:
        return False
    with writing(engine) as connection, connection.begin():
        if inspect(connection).get_table_names():
            return False
        for statement in statements:
            connection.exec_driver_sql(statement)
    return True


@contextmanager
def _recording(engine: Engine) -> Iterator[None]:
    """Keeps what makes the tables from nothing; not if somebody had begun meanwhile, nor should it depend on values."""
    said: list[tuple[str, Any]] = []

    def hear(connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        if not statement.lstrip().upper().startswith(_READS):
            said.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", hear)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", hear)
    from_nothing = bool(said) and "CREATE TABLE alembic_version" in said[0][0]
    if from_nothing and not any(parameters for _, parameters in said):
        statements = [statement for statement, _ in said]
        _recorded.setdefault(engine.dialect.name, _described(engine) or statements)


def _described(engine: Engine) -> list[str]:
    """What makes the same tables by the database's own description; nothing where it has none, or rows besides."""
    if engine.dialect.name != "sqlite":
        return []
    with engine.connect() as connection:
        made = [str(one) for one in connection.scalars(text(_SQLITE))]
        names = set(inspect(connection).get_table_names()) - {"alembic_version"}
        if any(connection.scalar(select(func.count()).select_from(table(name))) for name in names):
            return []
    stamp = insert(table("alembic_version", column("version_num"))).values(version_num=literal_column(f"'{HEAD}'"))
    return [*made, str(stamp)]


def _upgrade(engine: Engine) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    with _ONE_AT_A_TIME, writing(engine) as connection, connection.begin():
        _refuse_newer(_version(connection))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def is_current(engine: Engine) -> bool:
    """Return whether no migration is missing. Raises DatabaseUnavailable for a newer release's database."""
    with engine.connect() as connection:
        version = _version(connection)
    _refuse_newer(version)
    return version == HEAD


def is_new(engine: Engine) -> bool:
    """Return whether no migration was ever run there."""
    with engine.connect() as connection:
        return _version(connection) is None


def _refuse_newer(version: str | None) -> None:
    if version is not None and version > HEAD:
        raise DatabaseUnavailable(
            "the database is of a newer release ({version})", remedy="update this installation", version=version
        )


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    version: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return version
