"""All notices of a member that stand in one state, however many there are; the oldest first."""

from __future__ import annotations

from collections.abc import Iterator

from exchange.flow.ports import NoticeRow, Store, Transaction
from exchange.rules.notice_states import NoticeSeat, NoticeState
from exchange.rules.paging import Place, every


def notices_in(tx: Transaction, seat: NoticeSeat, state: NoticeState) -> Iterator[NoticeRow]:
    """As one transaction sees them."""
    return every(lambda after, limit: tx.notices.page(seat, state, after, limit), lambda row: row.place)


def standing_notices(store: Store, seat: NoticeSeat, state: NoticeState) -> Iterator[NoticeRow]:
    """Read a page at a time, each in a transaction of its own, so that whoever works them off holds none open."""

    def fetch(after: Place | None, limit: int) -> list[NoticeRow]:
        with store.reading() as tx:
            return tx.notices.page(seat, state, after, limit)

    return every(fetch, lambda row: row.place)
