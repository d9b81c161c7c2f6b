"""What the doctor looks at in revoked members: whether every way by which they came in is closed."""

from __future__ import annotations

from collections.abc import Iterator

from exchange.errors import BrokerUnavailable, DatabaseLost
from exchange.language import Text, joined
from exchange.operations.health.checkups.findings import Finding
from exchange.operations.systems.store import Tokens, WebhookRecords
from exchange.runtime.settings import Home, Settings
from exchange.setup.broker_accounts import accounts_of, revoked_members
from exchange.setup.init import CONSOLE
from exchange.store import open_store


def revoked(settings: Settings) -> Iterator[Finding]:
    """Check that no revoked member has an account at the broker, an API token or a webhook; nothing without any."""
    members = revoked_members(settings)
    if not members:
        return
    still: dict[str, list[Text]] = {address: [] for address in sorted(members)}
    for member, door in _at_the_console(settings):
        if member in members:
            still[member].append(door)
    known = True
    try:
        for address in accounts_of(settings, members):
            still[address].append(Text("its account at the broker"))
    except BrokerUnavailable as error:
        known = False
        unknown = Text("whether revoked members still have accounts is not known: {error}", {"error": error.text})
        yield Finding("note", "revoked", unknown, error.remedy_text)
    for address, doors in still.items():
        if doors:
            remedy = Text("exchange revoke {address} --reason ... closes it", {"address": address})
            said = Text("still open: {doors}", {"doors": joined(doors, ", ")})
            yield Finding("bad", Text("revoked {address}", {"address": address}), said, remedy)
    if known and not any(still.values()):
        yield Finding("good", "revoked", Text("{count} revoked members come in by nothing", {"count": len(still)}))


def _at_the_console(settings: Settings) -> Iterator[tuple[str, Text]]:
    """Valid API tokens and enabled webhooks, by member."""
    try:
        url = Home(settings.home).kept_database_url(CONSOLE, settings.database_url)
    except DatabaseLost:  # there was never a console
        return
    store = open_store(url, member=CONSOLE)
    try:
        if store.is_new():
            return
        with store.reading() as tx:
            tokens, hooks = tx[Tokens].every(), tx[WebhookRecords].enabled()
    finally:
        store.close()
    yield from ((one.member, Text("API token {id}", {"id": one.token_id})) for one in tokens if one.revoked_at is None)
    yield from ((one.member, Text("a webhook")) for one in hooks)
