"""Deadlines of somebody at the desk, from the lists of the inbox: what they deal with, also for whom they stand in,
and what nobody has taken."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from exchange.desk.basket import Basket, InboxLine, InboxWish
from exchange.desk.visit import DeskVisit
from exchange.language import Words
from exchange.web.telling.deadlines import OpenDeadline

MOST = 200
"""Deadlines that are told of one list; a calendar of more is of no use to anybody."""
_PAGES = 20
"""Pages of a list that are looked through for them."""


def open_deadlines(visit: DeskVisit, baskets: Sequence[Basket]) -> list[OpenDeadline]:
    """Return what is open and has a due moment, the earliest first."""
    found = [one for basket in baskets for only, task in basket.dated.items() for one in _of(visit, basket, only, task)]
    return sorted(found, key=lambda one: (one.due_at, one.key))


def _of(visit: DeskVisit, basket: Basket, only: str, task: Words) -> list[OpenDeadline]:
    found: list[OpenDeadline] = []
    for line in _lines(visit, basket, only):
        if line.due_at is not None and not line.anothers:
            key, called = f"{basket.key}/{only}/{line.path}", line.told_as or line.number
            found.append(
                OpenDeadline(key, line.number, called, visit.words(task), line.due_at, line.provisional, line.path)
            )
        if len(found) == MOST:
            break
    return found


def _lines(visit: DeskVisit, basket: Basket, only: str) -> Iterator[InboxLine]:
    after = ""
    for _ in range(_PAGES):
        page = basket.page(visit, InboxWish(only=only, after=after))
        yield from page.lines
        after = page.next
        if not after:
            return
