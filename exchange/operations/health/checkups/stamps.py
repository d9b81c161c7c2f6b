"""Tells of which members' logs no time-stamp is had, and that the others are stamped."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

from exchange.errors import ExchangeError
from exchange.language import Text
from exchange.messaging.rules.moments import moment_text
from exchange.messaging.stamping.store import LogStamps
from exchange.messaging.stamping.trouble import StampTrouble, stamp_trouble
from exchange.operations.audit.heads import open_as_it_is
from exchange.operations.domain_view import DomainView
from exchange.operations.health.checkups.findings import Finding
from exchange.runtime.settings import Settings

CHECK = "time-stamps"

_REMEDY = Text(
    "see whether this machine reaches it, and whether it answers others; name another one after it in "
    "EXCHANGE_TIME_STAMPS; work goes on meanwhile, and the next time-stamp is over all of it"
)


def stamps(settings: Settings) -> Iterator[Finding]:
    """Yield where no authority stamps, and how old the oldest of all newest time-stamps is; nothing where none is."""
    newest = []
    with DomainView(settings) as view:
        for address in view.profiles():
            try:
                store = open_as_it_is(view, address)
                if store is None:
                    continue
                with closing(store), store.reading() as tx:
                    trouble, stamp = stamp_trouble(tx), tx[LogStamps].newest()
            except ExchangeError:  # a database that is away has findings of its own
                continue
            newest += [stamp.stamped_at] if stamp is not None else []
            if trouble is not None:
                check = Text("time-stamps of {address}", {"address": address})
                yield Finding("bad", check, trouble_text(trouble), _REMEDY)
    if newest:
        named = {"count": len(newest), "moment": moment_text(min(newest))}
        yield Finding("good", CHECK, Text("{count} logs are time-stamped, each at {moment} or later", named))


def trouble_text(trouble: StampTrouble) -> Text:
    """Say why no time-stamp is had."""
    why = "; ".join(f"{authority}: {reason}" for authority, reason in trouble.reasons.items())
    return Text("no time-stamp since {moment}: {why}", {"moment": moment_text(trouble.since), "why": why})
