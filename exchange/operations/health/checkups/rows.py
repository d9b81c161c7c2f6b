"""Holds the newest rows of every member's tables against what was signed; `exchange reconcile` holds all of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

from exchange.clock import monotonic
from exchange.errors import ExchangeError
from exchange.language import Text
from exchange.messaging.attested.contradiction import RowContradiction
from exchange.operations.audit.heads import open_as_it_is
from exchange.operations.domain_view import DomainView
from exchange.operations.health.checkups.findings import Finding
from exchange.operations.reconciliation.domain import rows_reading
from exchange.runtime.settings import Settings

CHECK = "rows"
_NEWEST = 20
"""Rows of each table that are looked at."""
_PATIENCE = 6.0
"""Seconds after which further members are left to `exchange reconcile`."""
_REMEDY = Text(
    "somebody has written that database by hand: keep it as it is, find out who can write it, and run "
    "`exchange reconcile`, which holds all rows against what was signed"
)


def rows(settings: Settings) -> Iterator[Finding]:
    """Yield each of the newest rows that a signed document contradicts, or how many were looked at."""
    until, looked, members, sound = monotonic() + _PATIENCE, 0, 0, True
    reading = rows_reading(settings)
    with DomainView(settings) as view:
        for address in view.profiles():
            if monotonic() > until:
                break
            try:
                store = open_as_it_is(view, address)
                if store is None:
                    continue
                with closing(store):
                    held = reading.newest(store, address, _NEWEST)
            except ExchangeError:  # a database that is away has findings of its own
                continue
            members, looked = members + 1, looked + held.rows
            for one in held.contradictions:
                sound = False
                yield Finding("bad", Text("rows of {address}", {"address": address}), _told(one), _REMEDY)
    if sound and looked:
        yield Finding("good", CHECK, Text("the newest {rows} rows of {members} members are as was signed",
                                          {"rows": looked, "members": members}))  # fmt: skip


def _told(one: RowContradiction) -> Text:
    named = {"table": one.table, "key": one.key, "column": one.column, "row": one.row, "signed": one.signed}
    if one.document is None:
        return Text("{table}, {key}, {column}: the row says {row}, and nothing that was signed does", named)
    facts = named | {"kind": one.document.kind, "id": one.document.message_id, "digest": one.document.digest}
    return Text("{table}, {key}, {column}: the row says {row}, and {kind} {id} (sha256 {digest}) says {signed}", facts)
