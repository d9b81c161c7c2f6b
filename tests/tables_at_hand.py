"""Empty stores in files are copies of one that was made first: to make all tables takes longer than most tests."""

from __future__ import annotations

import sqlite3
import threading
from typing import Any

from sqlalchemy import Engine, inspect

from exchange.store import migrate

_made: list[sqlite3.Connection] = []
_turn = threading.Lock()
_make_alike = migrate._make_alike


def use() -> None:
    """Have stores of this process made so from now on; it looks at nobody else's."""
    migrate._make_alike = _copied


def _copied(engine: Engine) -> bool:
    if engine.dialect.name != "sqlite":
        return _make_alike(engine)
    with _turn, engine.connect() as connection:
        file: Any = connection.connection.driver_connection
        if inspect(connection).get_table_names():
            return False
        connection.rollback()
        if _made and engine.dialect.name in migrate._recorded:  # else a test looks at how they are made
            _made[0].backup(file)
            return True
    if not _make_alike(engine):
        return False
    with _turn, engine.connect() as connection:
        file = connection.connection.driver_connection
        kept = sqlite3.connect(":memory:", check_same_thread=False)
        file.backup(kept)
        _made[:] = [kept]
    return True
