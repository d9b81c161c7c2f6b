"""Goes through a list page by page, by the key of the last row seen: whole, however long it is, and never all at once.

A row whose key lies behind that of the last one is seen, one that moves in front of it is not seen again; so a list may
be worked off while it is gone through.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import TypeVar

PAGE = 200
"""Rows read at once."""

T = TypeVar("T")
K = TypeVar("K")
Place = tuple[datetime, str]
"""A row's place in a list by time: its moment, and its id among those of the same moment."""


def every(fetch: Callable[[K | None, int], Sequence[T]], key: Callable[[T], K], size: int = PAGE) -> Iterator[T]:
    """All rows of a list. ``fetch`` reads at most so many rows behind a key, in order; the first ones for None."""
    for rows in pages(fetch, key, size):
        yield from rows


def pages(
    fetch: Callable[[K | None, int], Sequence[T]], key: Callable[[T], K], size: int = PAGE
) -> Iterator[Sequence[T]]:
    """The same, as it is read: page by page, for what looks up something of all rows of a page at once."""
    last: K | None = None
    while True:
        rows = fetch(last, size)
        if rows:
            yield rows
        if len(rows) < size:
            return
        last = key(rows[-1])
