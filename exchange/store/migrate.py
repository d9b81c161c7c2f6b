"""Bringing a database up to date with Alembic; nothing is loaded or written when it is already."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from exchange.store.engine import writing

HEAD = "0001"
"""The newest revision; a test holds it to the migrations folder."""
_FOLDER = Path(__file__).parent / "migrations"


def migrate(engine: Engine) -> None:
    """Runs what is missing, in one transaction."""
    with engine.connect() as connection:
        if _version(connection) == HEAD:
            return
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    with writing(engine) as connection, connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    version: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return version
