"""Whether each member has a role of its own at the database server, and whether everybody else is kept out."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from exchange.language import Text
from exchange.operations.health.checkups.findings import Finding
from exchange.runtime.settings import Home, Settings
from exchange.setup.database_roles import REMEDY, without_role
from exchange.store.engine import is_server
from exchange.store.roles import rights_of_everybody

CHECK = "database roles"


def database_roles(settings: Settings, addresses: Collection[str]) -> Iterator[Finding]:
    """Name the members that share an account, by which each reads the others' records. Raises DatabaseUnavailable."""
    if not is_server(settings.database_url):
        return
    sharing = without_role(settings, addresses)
    if sharing:
        said = Text("these share one account, and each can read the others' records: {members}",
                    {"members": ", ".join(sharing)})  # fmt: skip
        yield Finding("note", CHECK, said, REMEDY)
        return
    if rights_of_everybody(Home(settings.home).database_url(next(iter(addresses)), settings.database_url)):
        yield Finding("note", CHECK, "every account of the server may connect to this database", REMEDY)
        return
    yield Finding("good", CHECK, "each member's role sees its own records alone")
