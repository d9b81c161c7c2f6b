"""A member's database held as it was at one moment, and what is looked for in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

Progress = Callable[[int, int], None]
"""Told how much is copied, of how much; in whatever unit."""


@dataclass(frozen=True)
class DatabaseFacts:
    """What a backup says of a member's database without anybody opening it."""

    revision: str
    """Of the tables, as the release that wrote them had it."""
    last_entry: int
    """The newest number in the journal."""
    head_size: int
    """Entries in the newest head of the member's log; 0 where none is signed."""
    head: bytes | None
    """That head, as signed."""


class DatabaseSnapshot(Protocol):
    """A member's database as it was at one moment."""

    def facts(self) -> DatabaseFacts:
        """Look into it. Raises DatabaseUnavailable."""

    def copy(self, to: Path, progress: Progress) -> None:
        """Write all of it to a new file. Raises DatabaseUnavailable or FileUnusable."""


def facts_by(ask: Callable[[str], Any], there: Callable[[str], bool]) -> DatabaseFacts:
    """Look by a driver's own means: ``ask`` returns the first row of a statement, ``there`` whether a table exists."""
    revision, head = ask("SELECT version_num FROM alembic_version"), None
    last = ask("SELECT coalesce(max(id), 0) FROM journal")
    if there("log_head"):
        head = ask("SELECT size, signed FROM log_head ORDER BY size DESC LIMIT 1")
    size, signed = (int(head[0]), bytes(head[1])) if head is not None else (0, None)
    return DatabaseFacts(str(revision[0]), int(last[0]), size, signed)
