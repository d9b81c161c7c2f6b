"""Holds the newest part of every member's journal against its log, and tells what the members have found themselves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

from exchange.errors import ExchangeError
from exchange.language import Text
from exchange.messaging.log.checking import check_log
from exchange.messaging.log.scrubbing import scrub_state
from exchange.operations.audit.heads import open_as_it_is
from exchange.operations.domain_view import DomainView
from exchange.operations.health.checkups.findings import Finding
from exchange.runtime.home import open_directory
from exchange.runtime.settings import Settings

CHECK = "logs"

_REMEDY = Text(
    "somebody has written that database by hand, or an older one was put back: keep it as it is, find out who can "
    "write it, and compare it with backups; `exchange log ADDRESS --check` looks at all rows"
)


def logs(settings: Settings) -> Iterator[Finding]:
    """Yield what is wrong with a journal, or that the newest rows of all are as they were sealed."""
    sealed, sound = 0, True
    with DomainView(settings) as view:
        directory = open_directory(view.home, settings)
        for address in view.profiles():
            try:
                store = open_as_it_is(view, address)
                if store is None:
                    continue
                with closing(store):
                    mark, broken = check_log(store, address, directory, whole=False)
                    with store.reading() as tx:
                        state = scrub_state(tx)
            except ExchangeError:  # a database that is away has findings of its own
                continue
            broken = broken or (state.broken if state is not None else None)
            sealed += mark.size
            if broken is not None:
                sound = False
                yield Finding("bad", Text("log of {address}", {"address": address}), broken.text, _REMEDY)
    if sound and sealed:
        yield Finding("good", CHECK, Text("{count} entries of journals are sealed, the newest as they were sealed",
                                          {"count": sealed}))  # fmt: skip
