"""Tells which members take in no new business, and whose messages they keep out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

from exchange.errors import ExchangeError
from exchange.language import Text
from exchange.language.names import BREACHES, coded
from exchange.messaging.quotas.breakers import BreakerRow, Breakers
from exchange.messaging.quotas.intake import WHY, facts_of, free_octets
from exchange.messaging.quotas.settings import Quotas
from exchange.messaging.rules.breaker import BreakerState
from exchange.messaging.rules.intake import Stopped, stopped_by
from exchange.operations.audit.heads import open_as_it_is
from exchange.operations.domain_view import DomainView
from exchange.operations.health.checkups.findings import Finding
from exchange.runtime.settings import Settings

CHECK = "quotas"

_REMEDIES = {
    Stopped.OUTBOX: Text("it opens by itself; where it lasts, see how busy broker and member are: `exchange top`"),
    Stopped.DISK: Text("make room on it, or change EXCHANGE_DISK_RESERVE; it opens by itself then"),
    Stopped.BROKER: Text("give the broker room: `rabbitmq-diagnostics alarms`"),
}
_ASK = Text("ask whose account it is; it ends by itself, or by `exchange breakers MEMBER --close ACCOUNT`")


def quotas(settings: Settings) -> Iterator[Finding]:
    """Yield what is stopped or kept out, by member; or that nothing is."""
    found, limits = 0, Quotas.read().intake
    with DomainView(settings) as view:
        free = free_octets(view.home.root)
        for address in view.profiles():
            try:
                store = open_as_it_is(view, address)
                if store is None:
                    continue
                with closing(store), store.reading() as tx:
                    stopped = stopped_by(facts_of(tx, settings.clock, free), limits)
                    stand = [one for one in tx[Breakers].standing() if one.state is BreakerState.OPEN]
            except ExchangeError:  # a database that is away has findings of its own
                continue
            found += len(stand) + (stopped is not None)
            if stopped is not None:
                yield Finding("bad", CHECK, Text(WHY[stopped], {"address": address}), _REMEDIES[stopped])
            yield from (_kept_out(address, one) for one in stand)
    if not found:
        yield Finding("good", CHECK, "every member takes in new business, and nobody is kept out")


def _kept_out(address: str, row: BreakerRow) -> Finding:
    facts = {"member": address, "source": row.source, "why": coded(BREACHES, row.breach.value), "shed": row.shed}
    said = Text("{member} does not open what {source} sends: {why}; {shed} messages kept out", facts)
    return Finding("note", CHECK, said, _ASK)
