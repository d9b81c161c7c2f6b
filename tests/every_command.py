"""Imported ahead by the fork server of `tests.warm`: what commands and members import only when they need it.

A store has been made as well, so that those of a command's members are made at once, and not migration by migration.
"""

from __future__ import annotations

import gc
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

import typer

from exchange.cli import app
from exchange.store import open_store

for late in (
    "alembic.command",
    "cryptography.hazmat.backends.openssl.backend",
    "exchange.console.serve",
    "exchange.desk.serve",
    "exchange.operations.health.checkups.doctor",
    "exchange.setup.init",
    "exchange.window.serve",
    "greenlet",
    "rich.markdown",
    "rich.syntax",
    "rich.traceback",
    "structlog.dev",
):
    import_module(late)

COMMANDS = tuple(typer.main.get_command(app).commands.values())  # type: ignore[attr-defined]


def _make_a_store() -> None:
    with TemporaryDirectory(prefix="yizhan-shape-") as folder:
        store = open_store(f"sqlite:///{Path(folder) / 'shape.db'}", member="shape.window")
        store.migrate()
        store.close()


_make_a_store()
gc.collect()
gc.freeze()  # a child that looks for garbage would copy all of this
