"""Lists of documents: what came, what went, what was sent back, and which requests wait for an answer here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from exchange.desk.looking import BUDGET, CHUNK, having, key_of, looked_through, place_of
from exchange.desk.visit import DeskVisit
from exchange.documents.records import RequestRow
from exchange.documents.rules.handling import HandlingState
from exchange.documents.rules.request_states import RequestSeat, RequestState
from exchange.documents.store import Handlings, Requests
from exchange.errors import CallerError
from exchange.language import Words
from exchange.messaging.outbox import Outbox
from exchange.messaging.register.records import RegisterEntry, RegisterSide
from exchange.messaging.register.store import Register
from exchange.paging import every
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
        if which == "returned":
            return DocumentsPage(list(filter(having(words, _text), _returned(visit, tx)))[:BUDGET])
        if which in ("asked", "filed"):
            return _looked_through(_asked(tx, after) if which == "asked" else _filed(visit, tx, after), words)
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
    rows = every(
        lambda last, most: tx[Register].below(side, last or start, most), lambda one: (one.year, one.number), CHUNK
    )
    for one in rows:
        done = tx[Handlings].get(one.sender, one.message_id, visit.node.address)
        yield f"{one.year}.{one.number}", replace(_line(one), filed=done is not None and done.state is _FILED)


def _line(one: RegisterEntry) -> ListedDocument:
    who = one.correspondents.split(", ")
    return ListedDocument(
        one.message_id, one.title, one.kind.value, one.document_number, who, one.at, f"{one.year}-{one.number}"
    )


def _filed(visit: DeskVisit, tx: Any, after: str) -> Iterator[tuple[str, ListedDocument]]:
    """What was filed here, the latest first."""
    start = place_of(after)
    rows = every(
        lambda last, most: tx[Handlings].page(_FILED, last or start, most),
        lambda row: (row[2].handled_at, row[1]),
        CHUNK,
    )
    for sender, message_id, done in rows:
        side = RegisterSide.SENT if sender == visit.node.address else RegisterSide.RECEIVED
        entry = tx[Register].of(side, sender, message_id)
        if entry is not None:
            yield key_of((done.handled_at, message_id)), replace(_line(entry), filed=True)


def _asked(tx: Any, after: str) -> Iterator[tuple[str, ListedDocument]]:
    start = place_of(after)
    rows = every(
        lambda last, most: tx[Requests].page(RequestSeat.ASKED, RequestState.OPEN, last or start, most),
        lambda row: (row.recorded_at, row.request_id),
        CHUNK,
    )
    for row in rows:
        yield key_of((row.recorded_at, row.request_id)), _request(tx, row)


def _request(tx: Any, row: RequestRow) -> ListedDocument:
    came = tx[Register].of(RegisterSide.RECEIVED, row.source or "", row.message_id or "")
    title = came.title if came is not None else row.request_id
    return ListedDocument(
        row.message_id or row.request_id, title, "请示", came.document_number if came is not None else "",
        [row.origin or "", *row.path], row.recorded_at, f"{came.year}-{came.number}" if came is not None else "",
    )  # fmt: skip


def _returned(visit: DeskVisit, tx: Any) -> list[ListedDocument]:
    """What came back within a year: by the receipt of a member that could not take it in, or by its officers."""
    found = [*_refused(visit, tx), *_sent_back(visit, tx)]
    return sorted(found, key=lambda line: line.at, reverse=True)


def _sent_back(visit: DeskVisit, tx: Any) -> Iterator[ListedDocument]:
    own, since = visit.node.address, visit.node.clock.now() - _LOOKED_BACK
    for sender, message_id, done in tx[Handlings].page(HandlingState.RETURNED, None, BUDGET):
        entry = tx[Register].of(RegisterSide.SENT, own, message_id) if sender == own else None
        if entry is not None and done.handled_at >= since:
            yield replace(_line(entry), who=[done.handled_by], at=done.handled_at, why=done.reason)


def _refused(visit: DeskVisit, tx: Any) -> Iterator[ListedDocument]:
    kinds = {Document.KIND, ForwardedRequest.KIND, JointDocument.KIND}
    for copy in tx[Outbox].returned(visit.node.clock.now() - _LOOKED_BACK, kinds):
        entry = tx[Register].of(RegisterSide.SENT, visit.node.address, copy.message_id)
        if entry is not None:
            yield ListedDocument(
                copy.message_id, entry.title, entry.kind.value, entry.document_number, [copy.addressee],
                copy.returned_at or entry.at, f"{entry.year}-{entry.number}", copy.last_error or "",
            )  # fmt: skip


def _text(line: ListedDocument) -> str:
    return "\n".join((line.title, line.number, line.kind, *line.who))


def _place(key: str) -> tuple[int, int] | None:
    year, _, number = key.partition(".")
    return (int(year), int(number)) if _is_number(year) and _is_number(number) else None


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 17
