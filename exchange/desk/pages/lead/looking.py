"""Looking through rows that an index gives in order, for one page of a list: by words, and no further than a budget."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TypeVar
from unicodedata import normalize

from exchange.desk.basket import PAGE
from exchange.paging import Place

BUDGET = 1_000
"""Rows that are looked through for one page."""
CHUNK = 60
"""Rows that are read at once."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

T = TypeVar("T")


def looked_through(rows: Iterator[T], words: str, text: Callable[[T], str]) -> tuple[list[T], T | None, bool]:
    """Return the rows of a page that have all the words, the last one looked at where more follow, and whether the
    budget was over before the page was full.
    """
    found: list[T] = []
    wanted, last = plain(words).split(), None
    for row in islice(rows, BUDGET):
        if len(found) == PAGE:
            return found, last, False
        last = row
        if all(word in plain(text(row)) for word in wanted):
            found.append(row)
    more = next(rows, None) is not None
    return found, last if more else None, more and len(found) < PAGE


def plain(text: str) -> str:
    """Return a text as it is compared."""
    return normalize("NFKC", text).casefold()


def key_of(place: Place) -> str:
    """Return a place as it stands in an address."""
    return f"{(place[0] - _EPOCH) // _MICROSECOND}.{place[1]}"


def place_of(key: str) -> Place | None:
    """Return the place that a key names; None for the beginning, and for what is no key."""
    at, _, rest = key.partition(".")
    if not (at.isascii() and at.isdecimal() and len(at) < 17) or not rest:
        return None
    return _EPOCH + int(at) * _MICROSECOND, rest
