"""Looking through rows that an index gives in order, for one page of a list: by words, and no further than a budget."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TypeVar
from unicodedata import normalize

from exchange.desk.basket import PAGE
from exchange.paging import Place

BUDGET = 600
"""Rows that are looked through for one page."""
CHUNK = 60
"""Rows that are read at once."""
SEARCHED = 250
"""The same where words are looked for, and most rows do not have them."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""What moments in keys are counted from."""
_MICROSECOND = timedelta(microseconds=1)

T = TypeVar("T")


def looked_through(rows: Iterator[T], fits: Callable[[T], bool]) -> tuple[list[T], T | None, bool]:
    """Return the rows of a page, the last one looked at where more follow, and whether the budget was over before the
    page was full.
    """
    found: list[T] = []
    last = None
    for row in islice(rows, BUDGET):
        if len(found) == PAGE:
            return found, last, False
        last = row
        if fits(row):
            found.append(row)
    more = next(rows, None) is not None
    return found, last if more else None, more and len(found) < PAGE


def having(words: str, text: Callable[[T], str]) -> Callable[[T], bool]:
    """Return what tells of a row whether its text has all the words."""
    wanted = plain(words).split()
    return lambda row: all(word in plain(text(row)) for word in wanted)


def plain(text: str) -> str:
    """Return a text as it is compared."""
    return normalize("NFKC", text).casefold()


def key_of(place: Place) -> str:
    """Return a place as it stands in an address."""
    return f"{(place[0] - EPOCH) // _MICROSECOND}.{place[1]}"


def place_of(key: str) -> Place | None:
    """Return the place that a key names; None for the beginning, and for what is no key."""
    at, _, rest = key.partition(".")
    if not (at.isascii() and at.isdecimal() and len(at) < 17) or not rest:
        return None
    return EPOCH + int(at) * _MICROSECOND, rest
