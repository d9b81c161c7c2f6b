"""A process that makes many SQLite files: those after the first are made like it, without running every migration."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from exchange.store import open_store


def _dump(path: Path) -> list[str]:
    with sqlite3.connect(path) as connection:
        return sorted(connection.iterdump())


def test_every_file_after_the_first_is_like_it_rows_included(tmp_path: Path) -> None:
    dumps = []
    for name in ("first", "second"):
        store = open_store(f"sqlite:///{tmp_path / name}.db", member="a.b")
        store.migrate()
        assert store.is_current()
        store.close()
        dumps.append(_dump(tmp_path / f"{name}.db"))
    assert dumps[0] == dumps[1]
    assert len(dumps[0]) > 40
