"""All notices of a member that stand in one state, however many there are; the oldest first."""

from __future__ import annotations

from collections.abc import Iterator

from exchange.notices.records import NoticeRow
from exchange.notices.rules.states import NoticeSeat, NoticeState
from exchange.notices.store import Notices
from exchange.paging import Place, every
from exchange.store.transaction import Store, Transaction


def notices_in(tx: Transaction, seat: NoticeSeat, state: NoticeState) -> Iterator[NoticeRow]:
    """Yield the notices of one seat and state, as one transaction sees them."""
    return every(lambda after, limit: tx[Notices].page(seat, state, after, limit), lambda row: row.place)


def standing_notices(store: Store, seat: NoticeSeat, state: NoticeState) -> Iterator[NoticeRow]:
    """Read a page at a time, each in a transaction of its own, so that whoever works them off holds none open."""

    def fetch(after: Place | None, limit: int) -> list[NoticeRow]:
        with store.reading() as tx:
            return tx[Notices].page(seat, state, after, limit)

    return every(fetch, lambda row: row.place)
