"""How a PostgreSQL server keeps what it has confirmed: whether a standby that is promoted has all of it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import make_url, text

from exchange.store.engine import open_engine
from exchange.store.faults import translated

_ASK = text(
    "SELECT current_setting('synchronous_commit'), current_setting('synchronous_standby_names'), "
    "(SELECT count(*) FROM pg_stat_replication WHERE application_name IS DISTINCT FROM 'pg_basebackup')"
)
_FLUSHED = ("on", "remote_apply")
"""Settings of synchronous_commit by which what is confirmed lies on a standby's disk."""


@dataclass(frozen=True)
class Replication:
    """What a server says of itself."""

    synchronous_commit: str
    standby_names: str
    """The standbys that confirm each commit; empty for none."""
    standbys: int
    """Standbys that follow the server at this moment, as far as it tells."""
    hosts: int
    """Servers that the URL names."""

    @property
    def confirmed_early(self) -> bool:
        """Whether a commit is confirmed before it lies on the server's own disk."""
        return self.synchronous_commit == "off"

    @property
    def may_fail_over(self) -> bool:
        """Whether another server is there to be promoted."""
        return self.hosts > 1 or self.standbys > 0

    @property
    def keeps_all(self) -> bool:
        """Whether a standby has all that was confirmed."""
        return bool(self.standby_names.strip()) and self.synchronous_commit in _FLUSHED


def ask_replication(url: str, member: str) -> Replication:
    """Ask the server that a member's records are on. Raises DatabaseUnavailable."""
    engine = open_engine(url, member)
    try:
        with translated(engine), engine.connect() as connection:
            commit, names, standbys = connection.execute(_ASK).one()
    finally:
        engine.dispose()
    return Replication(str(commit), str(names), int(standbys), hosts_of(url))


def hosts_of(url: str) -> int:
    """Return how many servers a URL names."""
    parsed = make_url(url)
    named = parsed.query.get("host") or parsed.host or ""
    return sum(len(one.split(",")) for one in ([named] if isinstance(named, str) else named))
