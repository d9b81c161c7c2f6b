"""What may be looked for, and how a page of results says where the next one begins.

Results of several stores are merged by time; a key names the last one shown: its moment, its store, and its place
there. A page looks through a bounded number of rows: where few of them fit it may end early, with a key to go on from.
"""

from __future__ import annotations

import heapq
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Generic, TypeVar
from unicodedata import normalize

from exchange.clock import CST
from exchange.errors import CallerError
from exchange.page_key import Key

PAGE = 50
"""Results a page."""
CHUNK = 60
"""Rows that are read from a store at once."""
BUDGET = 1_000
"""Rows of one store that are looked through for one page."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
T = TypeVar("T")


@dataclass(frozen=True)
class Found(Generic[T]):
    """One page of results."""

    rows: tuple[T, ...]
    next: Key | None
    """Where the next page begins; None at the end."""
    early: bool = False
    """Whether it ended because enough rows were looked through; there may be more further on."""


@dataclass(frozen=True)
class Query:
    """What is looked for; None and empty mean: whatever."""

    number: str = ""
    member: str = ""
    state: str = ""
    kind: str = ""
    received: bool = False
    """Messages as their receivers have them, rather than as they were sent."""
    since: datetime | None = None
    until: datetime | None = None
    """The first moment that is not wanted any more."""


def read_query(fields: Mapping[str, str]) -> Query:
    """Read a query from the fields of a form or a link; days are whole days in China. Raises CallerError naming the
    field.
    """
    until = _day(fields, "until")
    return Query(
        number=fields.get("number", "").strip(),
        member=fields.get("department", "").strip(),
        state=fields.get("state", "").strip(),
        kind=fields.get("kind", "").strip(),
        received=fields.get("direction", "") == "received",
        since=_day(fields, "since"),
        until=until + timedelta(days=1) if until is not None else None,
    )


def is_message_id(text: str) -> bool:
    """Return whether a number is a message's id; case numbers never look like one."""
    return _ID.fullmatch(text) is not None


_BRACKETS = str.maketrans("[]【】", "〔〕〔〕")


def written_number(text: str) -> str:
    """Write a part of a document's number as numbers are written: 〔2026〕 however brackets and digits were typed."""
    return normalize("NFKC", text).translate(_BRACKETS).replace(" ", "")


def write_key(key: Key) -> str:
    """Write a key as it may stand in an address."""
    return f"{(key.at - _EPOCH) // timedelta(microseconds=1)}~{key.store}~{key.place}"


def read_key(text: str) -> Key | None:
    """Read a key as `write_key` wrote it; None for an empty text. Raises CallerError."""
    if not text:
        return None
    parts = text.split("~", 2)
    try:
        at = _EPOCH + timedelta(microseconds=int(parts[0]))
        return Key(at, parts[1], parts[2])
    except (ValueError, IndexError, OverflowError):
        raise CallerError("the address names no place in a list", remedy="begin again at the first page") from None


def place_of(id: int) -> str:
    """Return a row's id as a place: texts of ids compare as the ids do."""
    return f"{id:016d}"


Fetch = Callable[[Key | None, int], Sequence[tuple[Key, T]]]
"""The next rows of a store behind a key, in order, so many at most."""


def merge(
    stores: Iterable[tuple[Fetch[T], Callable[[Sequence[T]], Sequence[bool]]]],
    start: Key | None,
    *,
    newest_first: bool = True,
    page: int = PAGE,
) -> Found[T]:
    """Merge several stores into one page, in the order of their keys; each may say which of its rows are wanted."""
    streams = []
    for fetch, wanted in stores:
        stream = _walk(fetch, wanted, start)
        streams.append(stream)
    rows: list[T] = []
    last: Key | None = None
    for key, row in heapq.merge(*streams, key=lambda one: one[0], reverse=newest_first):
        if row is None:
            return Found(tuple(rows), key, early=True)
        if len(rows) == page:
            return Found(tuple(rows), last)
        rows.append(row)
        last = key
    return Found(tuple(rows), None)


def _walk(
    fetch: Fetch[T], wanted: Callable[[Sequence[T]], Sequence[bool]], key: Key | None
) -> Iterator[tuple[Key, T | None]]:
    """Wanted rows of one store; a None with the key reached when the budget is used up."""
    looked = 0
    while True:
        found = fetch(key, CHUNK)
        for (at, row), is_wanted in zip(found, wanted([row for _, row in found]), strict=True):
            if is_wanted:
                yield at, row
        if len(found) < CHUNK:
            return
        key, looked = found[-1][0], looked + len(found)
        if looked >= BUDGET:
            yield key, None
            return


def _day(fields: Mapping[str, str], name: str) -> datetime | None:
    text = fields.get(name, "").strip()
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise CallerError("{name}: {text!r} is no day", remedy="write it as 2026-03-02", name=name, text=text) from None
    return datetime(day.year, day.month, day.day, tzinfo=CST)
