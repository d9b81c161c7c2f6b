"""Lists of the inbox: what waits for somebody here, the most urgent first, page by page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from exchange.desk.permissions import DeskAction
from exchange.desk.urgency import DeskUrgency
from exchange.desk.visit import DeskVisit
from exchange.language import Words
from exchange.schemas import Role

PAGE = 25
"""Lines of a page."""
MOST_COUNTED = 200
"""A list is counted so far, on every page of the inbox; of more it says that there are more."""


@dataclass(frozen=True)
class InboxLine:
    """One thing that waits."""

    path: str
    """Where it is read and dealt with."""
    number: str
    """Its number or id, as people quote it."""
    title: str
    matter: str = ""
    """What it is about, in the visitor's language."""
    urgency: DeskUrgency = field(default_factory=DeskUrgency)
    due_at: datetime | None = None
    provisional: bool = False
    since: datetime | None = None
    tags: Sequence[tuple[str, str]] = ()
    """Tone and word of what else is to be known: "2 of 5 in", "the rule failed"."""
    holder: str = ""
    """The account that has taken it; empty where nobody has."""
    anothers: bool = False
    """Whether another account deals with it, for whom the visitor does not stand in."""
    told_as: str = ""
    """What the matter is called, and nothing of anybody's: calendars and mails leave the house with it."""


@dataclass(frozen=True)
class InboxWish:
    """What is looked for in a list; empty means: whatever."""

    words: str = ""
    """Of number or title."""
    only: str = ""
    """One of the list's own filters."""
    after: str = ""
    """The key behind which the page begins, as `InboxPage.next` gave it."""


@dataclass(frozen=True)
class InboxPage:
    """One page of a list."""

    lines: Sequence[InboxLine]
    next: str = ""
    """The key of the next page; empty at the end."""
    early: bool = False
    """Whether it ended because enough rows were looked through; there may be more further on."""


@dataclass(frozen=True)
class Basket:
    """One list of the inbox. Its questions are answered by indexes, however much lies in the store."""

    key: str
    """In addresses: ``/?list=KEY``."""
    title: Words
    page: Callable[[DeskVisit, InboxWish], InboxPage]
    waiting: Callable[[DeskVisit], int]
    """How many wait for somebody, counted up to ``MOST_COUNTED`` + 1."""
    filters: Sequence[tuple[str, Words]] = ()
    """Further filters: the word in the address, and its name."""
    roles: frozenset[Role] = frozenset()
    """Members that have it; empty: all that have its section."""
    dated: Mapping[str, Words] = field(default_factory=dict)
    """Those of its filters, the empty one too, whose due moments are deadlines of the office's, and what is to be done
    by then: for calendars and mails."""
    several: Sequence[tuple[str, Words, DeskAction]] = ()
    """Pages on which something is done to several of its lines: the path, what it is called, and what must be
    allowed."""
