"""Find: messages, cases and terms across the members' stores of a domain, a page at a time."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TypeVar

from exchange.approval.rules.states import CaseState
from exchange.errors import CallerError, NotFound
from exchange.messaging.records import OutboxState
from exchange.operations.records.lines import CaseLine, CopyLine, MessageHead
from exchange.operations.records.store import Search
from exchange.operations.search.rules import Found, Query, is_message_id, merge, written_number
from exchange.operations.search.streams import (
    Stream,
    fetch_copies,
    read_cases,
    read_copies,
    read_messages,
    read_numbered,
)
from exchange.operations.trace.trail import CaseMessage, messages_of_case
from exchange.page_key import Key
from exchange.schemas import ReceiptBatch
from exchange.store.transaction import Store, Transaction

_OPEN_STATES = frozenset(OutboxState) - {OutboxState.DELIVERED}
S = TypeVar("S", OutboxState, CaseState)
_PARTLY = 5
"""Cases whose messages are shown where a part of their numbers was asked for; that there are more is said."""


@dataclass(frozen=True)
class MessageLine:
    """A message in a list, with how its copies stand; of one found by a copy, whose copy it is."""

    head: MessageHead
    copies: Mapping[str, int]
    addressee: str = ""


def find_messages(stores: Mapping[str, Store], query: Query, start: Key | None = None) -> Found[MessageLine]:
    """Find messages, newest first. Raises NotFound for a number nobody has, CallerError for a state there is not."""
    if query.number:
        return _by_number(stores, query, start)
    state = _state(OutboxState, query.state)
    chosen = _chosen(stores, query.member)
    with ExitStack() as stack:
        reading = {address: stack.enter_context(store.reading()) for address, store in chosen.items()}
        if state in _OPEN_STATES:
            copies = merge([read_copies(address, tx, query, state) for address, tx in reading.items()], start)
            return Found(_by_copy(copies.rows), copies.next, copies.early)
        heads = merge([read_messages(address, tx, query, state) for address, tx in reading.items()], start)
        return Found(tuple(_lines(reading, heads.rows)), heads.next, heads.early)


def find_cases(windows: Mapping[str, Store], query: Query, start: Key | None = None) -> Found[CaseLine]:
    """Find cases, newest first; a number may be any part of one, and a department one that is consulted."""
    state = _state(CaseState, query.state)
    with ExitStack() as stack:
        reading = {address: stack.enter_context(store.reading()) for address, store in windows.items()}
        if query.number:
            exact = [one for address, tx in reading.items() if (one := tx[Search].case(address, query.number))]
            if exact:
                return Found(tuple(exact), None)
        return merge([read_cases(address, tx, query, state) for address, tx in reading.items()], start)


def unsigned(stores: Mapping[str, Store], member: str = "", start: Key | None = None) -> Found[CopyLine]:
    """Find copies without a receipt, the oldest first; those returned have one."""

    def wanted(rows: Sequence[CopyLine]) -> list[bool]:
        return [row.state != OutboxState.RETURNED and row.kind != ReceiptBatch.KIND for row in rows]

    with ExitStack() as stack:
        streams: list[Stream[CopyLine]] = []
        for address, store in _chosen(stores, member).items():
            tx = stack.enter_context(store.reading())
            streams += [(fetch_copies(address, tx, newest_first=False, ended=ended), wanted) for ended in (False, True)]
        return merge(streams, start, newest_first=False)


def _chosen(stores: Mapping[str, Store], member: str) -> dict[str, Store]:
    if member and member not in stores:
        raise CallerError(
            "{member} is no member of this domain",
            remedy="choose one of: {stores}",
            member=member,
            stores=", ".join(sorted(stores)),
        )
    return {address: store for address, store in stores.items() if member in ("", address)}


def _state(kind: type[S], text: str) -> S | None:
    if not text:
        return None
    try:
        return kind(text)
    except ValueError:
        choices = ", ".join(kind)
        raise CallerError(
            "state: {text!r} is none that there is", remedy="choose one of: {choices}", text=text, choices=choices
        ) from None


def _by_number(stores: Mapping[str, Store], query: Query, start: Key | None) -> Found[MessageLine]:
    """A message's id, wherever it is on record; or all messages of a case, or of the few whose number has this part,
    and then the documents whose own number has it."""
    if not is_message_id(query.number):
        documents = _numbered(stores, query, start)
        lines, more = _of_cases_lines(stores, query.number, documents) if start is None else ((), False)
        return Found((*lines, *documents.rows), documents.next, documents.early or more)
    with ExitStack() as stack:
        reading = {address: stack.enter_context(store.reading()) for address, store in stores.items()}
        heads = [head for address, tx in reading.items() for head in tx[Search].heads(address, [query.number])]
        return Found(tuple(_lines(reading, heads)), None)


def _numbered(stores: Mapping[str, Store], query: Query, start: Key | None) -> Found[MessageLine]:
    """Documents by a part of their number, notices and joint documents among them."""
    part = written_number(query.number)
    with ExitStack() as stack:
        reading = {address: stack.enter_context(store.reading()) for address, store in stores.items()}
        heads = merge([read_numbered(address, tx, query, part) for address, tx in reading.items()], start)
        return Found(tuple(_lines(reading, heads.rows)), heads.next, heads.early)


def _of_cases_lines(
    stores: Mapping[str, Store], number: str, documents: Found[MessageLine]
) -> tuple[Sequence[MessageLine], bool]:
    """And whether there are more cases. Raises NotFound where neither a case nor a document has it."""
    try:
        found, more = _of_cases(stores, number)
    except NotFound:
        if not documents.rows:
            raise
        return (), False
    return [MessageLine(one.head, Counter(copy.state for copy in one.copies)) for one in found], more


def _of_cases(stores: Mapping[str, Store], number: str) -> tuple[list[CaseMessage], bool]:
    """And whether more cases have this part. Raises NotFound where no case has this number, or one with it in it."""
    try:
        return messages_of_case(stores, number), False
    except NotFound:
        found = find_cases(stores, Query(number=number)).rows
        if not found:
            raise
    messages = [message for line in found[:_PARTLY] for message in messages_of_case(stores, line.number)]
    return messages, len(found) > _PARTLY


def _lines(reading: Mapping[str, Transaction], heads: Sequence[MessageHead]) -> list[MessageLine]:
    counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for address, tx in reading.items():
        ids = [head.message_id for head in heads if head.member == address and head.direction == "sent"]
        for copy in tx[Search].copies(ids):
            counts[address, copy.message_id][copy.state] += 1
    return [
        MessageLine(head, counts[head.member, head.message_id] if head.direction == "sent" else {}) for head in heads
    ]


def _by_copy(rows: Sequence[CopyLine]) -> tuple[MessageLine, ...]:
    return tuple(
        MessageLine(
            MessageHead(row.id, row.member, row.member, row.message_id, "", row.kind, "sent", "", row.written_at),
            {row.state: 1},
            row.addressee,
        )
        for row in rows
    )
