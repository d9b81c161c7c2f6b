"""Whether nothing that was confirmed is lost when the database server fails over to a standby."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from exchange.language import Text
from exchange.operations.health.checkups.findings import Finding, Level
from exchange.runtime.settings import Home, Settings
from exchange.store.engine import is_server
from exchange.store.replication import ask_replication

CHECK = "replication"

_EARLY = Text("the server confirms commits before they are on its disk: a crash loses what was signed for")
_EARLY_REMEDY = Text("set synchronous_commit = on, at the server and for the exchange's roles")
_LOSES = Text("a standby that is promoted may lack what was confirmed: commits do not wait for any")
_LOSES_REMEDY = Text(
    "set synchronous_standby_names (with two standbys or more: ANY 1 (…)) and synchronous_commit = on or "
    "remote_apply; until then, after each failover: `exchange reconcile`, and `exchange log --check`"
)


def replication(settings: Settings, addresses: Collection[str]) -> Iterator[Finding]:
    """Yield what a failover would lose; nothing where there is no standby. Raises DatabaseUnavailable."""
    if not is_server(settings.database_url):
        return
    member = next(iter(addresses))
    found = ask_replication(Home(settings.home).database_url(member, settings.database_url), member)
    if found.confirmed_early:
        yield Finding("bad", CHECK, _EARLY, _EARLY_REMEDY)
    elif found.may_fail_over and found.keeps_all:
        yield Finding("good", CHECK, "commits wait for a standby: what was confirmed outlives a failover")
    elif found.may_fail_over:
        level: Level = "bad" if found.hosts > 1 else "note"
        yield Finding(level, CHECK, _LOSES, _LOSES_REMEDY)
