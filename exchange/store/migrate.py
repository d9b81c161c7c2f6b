"""Bringing a database up to date with Alembic; nothing is loaded or written when it is already."""

from __future__ import annotations

import threading
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from exchange.errors import DatabaseUnavailable
from exchange.store.engine import writing

HEAD = "0014"
"""The newest revision; a test holds it to the migrations folder."""
_FOLDER = Path(__file__).parent / "migrations"
_ONE_AT_A_TIME = threading.Lock()
"""Alembic keeps what it is doing in globals."""


def migrate(engine: Engine) -> None:
    """Runs what is missing, in one transaction. Raises DatabaseUnavailable for a newer release's database."""
    with engine.connect() as connection:
        if _version(connection) == HEAD:
            return
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    with _ONE_AT_A_TIME, writing(engine) as connection, connection.begin():
        _refuse_newer(_version(connection))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def is_current(engine: Engine) -> bool:
    """Whether nothing is missing. Raises DatabaseUnavailable for a newer release's database."""
    with engine.connect() as connection:
        version = _version(connection)
    _refuse_newer(version)
    return version == HEAD


def _refuse_newer(version: str | None) -> None:
    if version is not None and version > HEAD:
        raise DatabaseUnavailable(f"the database is of a newer release ({version})", mend="update this installation")


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    version: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return version
