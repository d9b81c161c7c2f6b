"""Lists of notices: what came, what was issued here, what was passed on, what is closed; newest first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import merge
from typing import Any

from exchange.desk.looking import CHUNK, having, key_of, looked_through, place_of
from exchange.desk.notices.waiting import notice_text_of
from exchange.desk.visit import DeskVisit
from exchange.errors import CallerError
from exchange.language import Words
from exchange.notices.records import NoticeRow
from exchange.notices.rules.lists import LISTED, NoticeList
from exchange.notices.rules.states import NoticeSeat, NoticeState
from exchange.notices.store import Notices
from exchange.paging import Place, every
from exchange.schemas import Role

LISTS: Mapping[str, Words] = {
    "came": ("收到", "Received"),
    "issued": ("发出", "Issued"),
    "passed": ("转发", "Passed on"),
    "closed": ("已了结", "Closed"),
}
"""The lists by their names in addresses."""


@dataclass(frozen=True)
class NoticesPage:
    """One page of a list."""

    lines: Sequence[NoticeRow]
    next: str = ""
    early: bool = False
    """Whether it ended because enough rows were looked through."""


def lists_of(visit: DeskVisit) -> list[str]:
    """Return the lists that this member has: a relay office passes on, others are told and issue."""
    relays = Role.RELAY in visit.face.roles
    return [name for name in LISTS if relays or name != "passed"]


def notices_page(visit: DeskVisit, which: str, words: str, after: str) -> NoticesPage:
    """Read a page of a list. Raises CallerError for one that is not there."""
    if which not in LISTS:
        raise CallerError("there is no list {which!r}", remedy="choose one above", which=which)
    with visit.node.store.reading() as tx:
        rows = merge(
            *(_newest(tx, seat, state, place_of(after)) for seat, state in LISTED[NoticeList(which)]),
            key=lambda row: row.place,
            reverse=True,
        )
        found, last, early = looked_through(rows, having(words, notice_text_of))
    return NoticesPage(found, key_of(last.place) if last is not None else "", early)


def _newest(tx: Any, seat: NoticeSeat, state: NoticeState, start: Place | None) -> Iterator[NoticeRow]:
    return every(lambda last, most: tx[Notices].newest(seat, state, last or start, most), lambda row: row.place, CHUNK)
