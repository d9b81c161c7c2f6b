"""Which line of its history a PostgreSQL server is on: one that was left behind is not gone back to.

A standby that is promoted begins a new line, with the next number. A server that was primary before knows nothing of
that: started again as it was, it takes connections and writes, and whatever is written there is in nobody's records.
With several hosts in a URL it may even be asked first. So a process remembers the highest line it has seen of a
database, and refuses connections that lead to a lower one.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from exchange.errors import DatabaseUnavailable

_WHICH = (
    "SELECT (SELECT system_identifier FROM pg_control_system()), CASE WHEN pg_is_in_recovery() THEN NULL ELSE "
    "('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int END"
)
"""The identity that a primary and its standbys share, and the line that is being written; none on a standby."""

_known: dict[str, int] = {}
_turn = threading.Lock()


def known_timelines() -> dict[str, int]:
    """Return the highest line seen of each database, by the identity of its servers."""
    with _turn:
        return dict(_known)


def remember(seen: Mapping[str, int]) -> None:
    """Take in what another process has seen."""
    with _turn:
        for system, line in seen.items():
            _known[system] = max(line, _known.get(system, 0))


def check_timeline(connection: Any) -> None:
    """Raise DatabaseUnavailable for a driver's connection that leads to a server which was left behind.

    Where the server does not tell, nothing is known.
    """
    found = None
    with suppress(Exception), connection.cursor() as cursor:  # a pool, or a service that hides it
        found = cursor.execute(_WHICH).fetchone()
    with suppress(Exception):
        connection.rollback()
    if found is None or found[1] is None:
        return
    system, line = str(found[0]), int(found[1])
    remember({system: line})
    newest = known_timelines()[system]
    if line < newest:
        raise DatabaseUnavailable(
            "this server was primary before another one was promoted (timeline {line}, and {newest} is in use)",
            remedy="stop it at once, and have it follow the new primary (pg_rewind, or a new base backup) before it is "
            "started again; compare both if anything was written there meanwhile",
            code="database-behind",
            line=line,
            newest=newest,
        )
