"""Lists of documents: what came, what went, what was sent back, and which requests wait for an answer here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from heapq import merge
from itertools import takewhile
from typing import Any

from exchange.desk.looking import CHUNK, EPOCH, having, key_of, looked_through, place_of
from exchange.desk.visit import DeskVisit
from exchange.documents.records import RequestRow
from exchange.documents.rules.handling import DocumentHandling, HandlingState
from exchange.documents.rules.request_states import RequestSeat, RequestState
from exchange.documents.store import HANDLED, Handlings, Requests
from exchange.errors import CallerError
from exchange.language import Words
from exchange.messaging.outbox import Outbox
from exchange.messaging.outbox_statements import IN_OUTBOX
from exchange.messaging.records import OutboxView
from exchange.messaging.register.records import RegisterEntry, RegisterSide
from exchange.messaging.register.store import Register
from exchange.page_key import Key
from exchange.paging import pages
from exchange.schemas import Document, ForwardedRequest, JointDocument

_LOOKED_BACK = timedelta(days=365)
"""How far back it is told what was sent back."""
LISTS: Mapping[str, Words] = {
    "received": ("收文", "Received"),
    "asked": ("待答复的请示", "Requests to answer"),
    "sent": ("发文", "Sent"),
    "returned": ("被退回", "Sent back to us"),
    "filed": ("已归档", "Filed"),
}
"""The lists by their names in addresses."""
_FILED = HandlingState.FILED


@dataclass(frozen=True)
class ListedDocument:
    """One document of a list."""

    message_id: str
    title: str
    kind: str
    number: str
    who: Sequence[str]
    """Who wrote it, or to whom it went: addresses, or a notice's audience as it was written."""
    at: datetime
    entry: str = ""
    """Its place in the register."""
    why: str = ""
    """Why it was sent back."""
    filed: bool = False


@dataclass(frozen=True)
class DocumentsPage:
    """One page of a list, newest first; of requests, those that wait longest first."""

    lines: Sequence[ListedDocument]
    next: str = ""
    early: bool = False
    """Whether it ended because enough rows were looked through."""


def documents_page(visit: DeskVisit, which: str, words: str, after: str, *, unfiled: bool = False) -> DocumentsPage:
    """Read a page of a list, of what came or went perhaps only what is not filed yet.

    Raises CallerError for a list that is not there.
    """
    if which not in LISTS:
        raise CallerError("there is no list {which!r}", remedy="choose one above", which=which)
    with visit.node.store.reading() as tx:
        if which in _KEYED:
            return _looked_through(_KEYED[which](visit, tx, after), words)
        rows = _entered(visit, tx, RegisterSide(which), after)
        return _looked_through(rows, words, lambda line: not (unfiled and line.filed))


def open_requests(visit: DeskVisit, most: int) -> int:
    """Count the requests that wait for an answer here, up to a number."""
    with visit.node.store.reading() as tx:
        return len(tx[Requests].page(RequestSeat.ASKED, RequestState.OPEN, None, most))


def _looked_through(
    rows: Iterator[tuple[str, ListedDocument]], words: str, fits: Callable[[ListedDocument], bool] = lambda line: True
) -> DocumentsPage:
    has = having(words, _text)
    found, last, early = looked_through(rows, lambda keyed: has(keyed[1]) and fits(keyed[1]))
    return DocumentsPage([line for _, line in found], last[0] if last is not None else "", early)


def _entered(visit: DeskVisit, tx: Any, side: RegisterSide, after: str) -> Iterator[tuple[str, ListedDocument]]:
    start = _place(after) or (visit.now.year + 2, 0)
    some = pages(
        lambda last, most: tx[Register].below(side, last or start, most), lambda one: (one.year, one.number), CHUNK
    )
    for rows in some:
        done = tx[Handlings].among([(one.sender, one.message_id) for one in rows], visit.node.address)
        for one in rows:
            handled = done.get((one.sender, one.message_id))
            is_filed = handled is not None and handled.state is _FILED
            yield f"{one.year}.{one.number}", replace(_line(one), filed=is_filed)


def _line(one: RegisterEntry) -> ListedDocument:
    who = one.correspondents.split(", ")
    return ListedDocument(
        one.message_id, one.title, one.kind.value, one.document_number, who, one.at, f"{one.year}-{one.number}"
    )


def _filed(visit: DeskVisit, tx: Any, after: str) -> Iterator[tuple[str, ListedDocument]]:
    """What was filed here, the latest first."""
    for rows in _handled(tx, _FILED, after):
        entries = {
            **tx[Register].among(RegisterSide.RECEIVED, [row[:2] for row in rows if row[0] != visit.node.address]),
            **tx[Register].among(RegisterSide.SENT, [row[:2] for row in rows if row[0] == visit.node.address]),
        }
        for sender, message_id, done in rows:
            entry = entries.get((sender, message_id))
            if entry is not None:
                yield _key(HANDLED, done.handled_at, message_id), replace(_line(entry), filed=True)


def _handled(tx: Any, state: HandlingState, after: str) -> Iterator[Sequence[tuple[str, str, DocumentHandling]]]:
    start = _back_to(after)
    return pages(
        lambda last, most: tx[Handlings].latest(state, last or start, most),
        lambda row: Key(row[2].handled_at, HANDLED, row[1]),
        CHUNK,
    )


def _asked(visit: DeskVisit, tx: Any, after: str) -> Iterator[tuple[str, ListedDocument]]:
    start = place_of(after)
    some = pages(
        lambda last, most: tx[Requests].page(RequestSeat.ASKED, RequestState.OPEN, last or start, most),
        lambda row: (row.recorded_at, row.request_id),
        CHUNK,
    )
    for rows in some:
        came = tx[Register].among(RegisterSide.RECEIVED, [(row.source or "", row.message_id or "") for row in rows])
        for row in rows:
            entry = came.get((row.source or "", row.message_id or ""))
            yield key_of((row.recorded_at, row.request_id)), _request(row, entry)


def _request(row: RequestRow, came: RegisterEntry | None) -> ListedDocument:
    title = came.title if came is not None else row.request_id
    return ListedDocument(
        row.message_id or row.request_id, title, "请示", came.document_number if came is not None else "",
        [row.origin or "", *row.path], row.recorded_at, f"{came.year}-{came.number}" if came is not None else "",
    )  # fmt: skip


def _returned(visit: DeskVisit, tx: Any, after: str) -> Iterator[tuple[str, ListedDocument]]:
    """What came back within a year: by the receipt of a member that could not take it in, or by its officers."""
    since = visit.node.clock.now() - _LOOKED_BACK
    both = merge(_refused(visit, tx, after), _sent_back(visit, tx, after), key=lambda one: one[0], reverse=True)
    for key, line in takewhile(lambda one: one[1].at >= since, both):
        yield _key(key.store, key.at, key.place), line


def _sent_back(visit: DeskVisit, tx: Any, after: str) -> Iterator[tuple[Key, ListedDocument]]:
    own = visit.node.address
    for rows in _handled(tx, HandlingState.RETURNED, after):
        entries = tx[Register].among(RegisterSide.SENT, [row[:2] for row in rows if row[0] == own])
        for sender, message_id, done in rows:
            entry = entries.get((sender, message_id))
            if entry is not None:
                line = replace(_line(entry), who=[done.handled_by], at=done.handled_at, why=done.reason)
                yield Key(done.handled_at, HANDLED, message_id), line


def _refused(visit: DeskVisit, tx: Any, after: str) -> Iterator[tuple[Key, ListedDocument]]:
    kinds, own, start = {Document.KIND, ForwardedRequest.KIND, JointDocument.KIND}, visit.node.address, _back_to(after)
    some = pages(
        lambda last, most: tx[Outbox].sent_back(kinds, last or start, most), lambda row: _copy_key(*row), CHUNK
    )
    for rows in some:
        entries = tx[Register].among(RegisterSide.SENT, [(own, copy.message_id) for _, copy in rows])
        for number, copy in rows:
            entry = entries.get((own, copy.message_id))
            if entry is not None:
                key, why = _copy_key(number, copy), copy.last_error or ""
                yield key, replace(_line(entry), who=[copy.addressee], at=key.at, why=why)


def _copy_key(number: int, copy: OutboxView) -> Key:
    return Key(copy.returned_at or EPOCH, IN_OUTBOX, f"{number:018d}")


_KEYED = {"asked": _asked, "filed": _filed, "returned": _returned}
"""Lists whose rows come by moments, and not by their numbers in the register."""


def _key(store: str, at: datetime, place: str) -> str:
    return f"{store}.{key_of((at, place))}"


def _back_to(key: str) -> Key | None:
    """The place that a key names in a list of what came back, or was filed; the beginning for what is no key."""
    store, _, rest = key.partition(".")
    place = place_of(rest)
    if place is None or store not in (IN_OUTBOX, HANDLED) or (store == IN_OUTBOX and not _is_number(place[1])):
        return None
    return Key(place[0], store, place[1])


def _text(line: ListedDocument) -> str:
    return "\n".join((line.title, line.number, line.kind, *line.who))


def _place(key: str) -> tuple[int, int] | None:
    year, _, number = key.partition(".")
    return (int(year), int(number)) if _is_number(year) and _is_number(number) else None


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 17
