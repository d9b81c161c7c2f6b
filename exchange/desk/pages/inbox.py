"""The inbox: what waits for somebody here, list by list, the most urgent first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from urllib.parse import urlencode

from exchange.desk.basket import MOST_COUNTED, Basket, InboxPage, InboxWish
from exchange.desk.pages.views import views_of
from exchange.desk.section import DeskPage, DeskSection
from exchange.desk.standing_in import own_words
from exchange.desk.visit import DeskVisit
from exchange.errors import NotFound

_LONGEST = 80
"""Characters of what is looked for."""


def inbox_of(baskets: Sequence[Basket]) -> DeskSection:
    """Return the section of the inbox over the lists of all sections."""
    page = DeskPage("/", ("待办", "Inbox"), "inbox.html", partial(_inbox, baskets), in_menu=True, every=5)
    return DeskSection(pages=(page,), of_any_desk=True)


def _inbox(baskets: Sequence[Basket], visit: DeskVisit) -> Mapping[str, object]:
    own = [one for one in baskets if not one.roles or one.roles & visit.face.roles]
    query = visit.query
    wish = InboxWish(query.get("words", "").strip()[:_LONGEST], query.get("only", ""), query.get("after", ""))
    waiting = {one.key: one.waiting(visit) for one in own}
    shown = _chosen(own, query.get("list", "")) or _opened(own, waiting, wish)
    found = shown.page(visit, wish) if shown is not None else InboxPage(())
    key = shown.key if shown is not None else ""
    with visit.node.store.reading() as tx:
        standing = own_words(visit, tx)
    return {
        **({} if query.get("list") else {"live": f"/live{_link(key)}"}),
        "standing": standing,
        "lists": [
            {
                "path": _link(one.key),
                "title": visit.words(one.title),
                "waiting": _counted(waiting[one.key]),
                "here": one is shown,
            }
            for one in own
        ],
        "key": key,
        **views_of(visit, "inbox", key),
        "filters": [(word, visit.words(name)) for word, name in (shown.filters if shown else ())],
        "several": [
            (path, visit.words(name)) for path, name, action in (shown.several if shown else ()) if visit.may(action)
        ],
        "wish": wish,
        "whole": _link(key),
        "found": found,
        "next": _link(key, words=wish.words, only=wish.only, after=found.next) if found.next else "",
    }


def _chosen(own: Sequence[Basket], key: str) -> Basket | None:
    if not key:
        return None
    for one in own:
        if one.key == key:
            return one
    raise NotFound("there is no list {key!r} here", remedy="choose one above", key=key)


def _opened(own: Sequence[Basket], waiting: Mapping[str, int], wish: InboxWish) -> Basket | None:
    """The first list in which something waits; where something is looked for, and where nothing waits, the first."""
    anywhere = wish.words or wish.only or wish.after
    return next((one for one in own if waiting[one.key] and not anywhere), own[0] if own else None)


def _counted(number: int) -> str:
    return f"{number:,}" if number <= MOST_COUNTED else f"{MOST_COUNTED:,}+"


def _link(key: str, **more: str) -> str:
    wanted = {"list": key, **{name: value for name, value in more.items() if value}}
    return f"/?{urlencode(wanted)}" if key else "/"
