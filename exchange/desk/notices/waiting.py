"""Notices that wait for somebody here: to be signed for, answered, or covered; the most urgent first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from heapq import merge
from typing import Any

from exchange.desk.basket import MOST_COUNTED, Basket, InboxLine, InboxPage, InboxWish
from exchange.desk.looking import CHUNK, having, key_of, looked_through, place_of
from exchange.desk.urgency import DeskUrgency, urgency_of
from exchange.desk.visit import DeskVisit
from exchange.errors import CallerError
from exchange.language import Words
from exchange.notices.cover import waiting
from exchange.notices.forms.store import Collections
from exchange.notices.records import NoticeRow
from exchange.notices.rules.states import NoticeSeat, NoticeState
from exchange.notices.store import DayPlace, Notices
from exchange.paging import every
from exchange.schemas import Role
from exchange.workdays import end_of_day

_FILTERS = (
    ("sign", ("待签收", "To sign for")),
    ("answer", ("待填报", "Forms to answer")),
    ("overdue", ("已逾期", "Overdue")),
)
_READER, _OPEN = NoticeSeat.READER, NoticeState.OPEN
Waits = tuple[str, str, NoticeRow]
"""A day, or nothing where none is named; a notice's id; the notice."""


def _page(visit: DeskVisit, wish: InboxWish) -> InboxPage:
    if wish.only not in {"", *(word for word, _ in _FILTERS)}:
        raise CallerError("there is no filter {only!r}", remedy="choose one of the list", only=wish.only)
    has_words: Callable[[Waits], bool] = having(wish.words, lambda waits: notice_text_of(waits[2]))
    with visit.node.store.reading() as tx:
        rows = _rows(tx, wish.only, visit.now.date(), wish.after)
        found, last, early = looked_through(rows, has_words)
        asking = {row.notice_id for _, _, row in found if tx[Collections].get(row.notice_id) is not None}
    lines = [_line(visit, day, row, row.notice_id in asking) for day, _, row in found]
    return InboxPage(lines, _key(last) if last is not None else "", early=early)


def notice_text_of(row: NoticeRow) -> str:
    """Return what a notice is found by."""
    return "\n".join((row.number, row.title, row.origin))


def _rows(tx: Any, only: str, today: date, after: str) -> Iterator[Waits]:
    """Those with a day first, the earliest in front; then those for information, in the order they came."""
    kind, _, rest = after.partition(".")
    behind = kind == "u"
    if not behind:
        day, _, notice_id = rest.partition(".")
        dated = _dated(tx, only, (day, notice_id) if kind == "d" else None)
        for waits in dated:
            if only == "overdue" and waits[0] >= today.isoformat():
                return
            yield waits
    if only in ("", "sign"):
        start = place_of(rest) if behind else None
        undated = every(
            lambda last, most: tx[Notices].undated(_READER, _OPEN, last or start, most), lambda row: row.place, CHUNK
        )
        yield from (("", row.notice_id, row) for row in undated)


def _dated(tx: Any, only: str, start: DayPlace | None) -> Iterator[Waits]:
    def to_sign(last: DayPlace | None, most: int) -> list[Waits]:
        rows = tx[Notices].by_day(_READER, _OPEN, last or start, most)
        return [(row.act_by or "", row.notice_id, row) for row in rows]

    def to_answer(last: DayPlace | None, most: int) -> list[Waits]:
        return [(day, row.notice_id, row) for day, row in tx[Notices].to_answer(last or start, most)]

    lists = [fetch for word, fetch in (("sign", to_sign), ("answer", to_answer)) if only in ("", "overdue", word)]
    return merge(*(every(fetch, lambda waits: waits[:2], CHUNK) for fetch in lists), key=lambda waits: waits[:2])


def _key(waits: Waits) -> str:
    day, notice_id, row = waits
    return f"d.{day}.{notice_id}" if day else f"u.{key_of(row.place)}"


def _line(visit: DeskVisit, day: str, row: NoticeRow, has_form: bool) -> InboxLine:
    due = end_of_day(date.fromisoformat(day)) if day else None
    to_sign = row.state is _OPEN
    tags = [("info", visit.say("待签收", "to sign for"))] if to_sign else []
    if has_form:
        tags.append(("info", visit.say("待填报", "form to answer")))
    return InboxLine(
        path=f"/notices/{row.notice_id}",
        number=row.number,
        title=row.title,
        matter=visit.words(origin_words(visit, row.origin)),
        urgency=urgency_of(due, visit.node.calendar, visit.now),
        due_at=due,
        since=row.received_at,
        tags=tags,
        told_as=visit.say("通知", "notice"),
    )


def origin_words(visit: DeskVisit, origin: str) -> Words:
    """Return whose notice it is."""
    return visit.face.names().get(origin, (origin, origin))


def _waiting(visit: DeskVisit) -> int:
    most = MOST_COUNTED + 1
    with visit.node.store.reading() as tx:
        number = tx[Notices].how_many(_READER, _OPEN, most) + tx[Notices].how_many_to_answer(most)
    return min(number, most)


def _covers(visit: DeskVisit, wish: InboxWish) -> InboxPage:
    """Notices that wait for this office's cover, the longest waiting first: they are to go on within the same days."""
    start = place_of(wish.after)
    with visit.node.store.reading() as tx:
        rows = every(
            lambda last, most: tx[Notices].page(NoticeSeat.RELAY, NoticeState.WAITING, last or start, most),
            lambda row: row.place,
            CHUNK,
        )
        found, last, early = looked_through(rows, having(wish.words, notice_text_of))
    lines = [_to_cover(visit, row) for row in found]
    return InboxPage(lines, key_of(last.place) if last is not None else "", early=early)


def _to_cover(visit: DeskVisit, row: NoticeRow) -> InboxLine:
    due, urgency, provisional = cover_urgency(visit, row)
    return InboxLine(
        path=f"/notices/{row.notice_id}",
        number=row.number,
        title=row.title,
        matter=visit.words(origin_words(visit, row.origin)),
        urgency=urgency,
        due_at=due,
        provisional=provisional,
        since=row.received_at,
        tags=[("warn", visit.say(f"已提醒（{row.reminded}%）", f"reminded at {row.reminded} %"))]
        if row.reminded
        else (),
        told_as=visit.say("通知", "notice"),
    )


def cover_urgency(visit: DeskVisit, row: NoticeRow) -> tuple[datetime, DeskUrgency, bool]:
    """Return until when a waiting notice is to go on, how urgent that is, and whether the moment is provisional."""
    waits = waiting(row, visit.node.calendar, visit.now.date())
    due = end_of_day(waits.due)
    return due, urgency_of(due, visit.node.calendar, visit.now), waits.provisional


def _to_be_covered(visit: DeskVisit) -> int:
    with visit.node.store.reading() as tx:
        return tx[Notices].how_many(NoticeSeat.RELAY, NoticeState.WAITING, MOST_COUNTED + 1)


BASKET = Basket(
    "notices", ("通知", "Notices"), _page, _waiting, _FILTERS, frozenset({Role.WINDOW, Role.DEPARTMENT}),
    {"sign": ("签收通知", "sign for the notice"), "answer": ("报送填报表", "answer the form")},
)  # fmt: skip
COVERS = Basket(
    "covers", ("待转发的通知", "Notices to pass on"), _covers, _to_be_covered, roles=frozenset({Role.RELAY}),
    dated={"": ("转发通知", "pass the notice on")},
)  # fmt: skip
