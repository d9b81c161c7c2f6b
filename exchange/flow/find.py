"""Find: messages, cases and terms across the members' stores of a domain, a page at a time."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from exchange.errors import CallerError, NotFound
from exchange.flow.holding import held_back
from exchange.flow.ports import OutboxState, Store, Transaction, WatchRow
from exchange.flow.ports.sight import CaseLine, CopyLine, Head, PartLine
from exchange.flow.trail import CaseMessage, messages_of_case
from exchange.rules.calendar import WorkingCalendar
from exchange.rules.deadline import project
from exchange.rules.forecast import Forecast, foresee
from exchange.rules.search import PAGE, Fetch, Found, Key, Query, is_message_id, merge, place_of, written_number
from exchange.rules.standing import Standing, standing_of
from exchange.rules.states import CaseState
from exchange.schemas import ReceiptBatch

_ENDED_STATES = frozenset({OutboxState.RETURNED, OutboxState.FAILED})
_OPEN_STATES = frozenset(OutboxState) - {OutboxState.DELIVERED}
S = TypeVar("S", OutboxState, CaseState)
T = TypeVar("T")
Stream = tuple[Fetch[T], Callable[[Sequence[T]], Sequence[bool]]]
"""How one store's rows are read, and which of them are wanted."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PARTLY = 5
"""Cases whose messages are shown where a part of their numbers was asked for."""
ALL_KINDS = "all"
"""Instead of a kind: receipts too, which are left out otherwise."""


@dataclass(frozen=True)
class MessageLine:
    """A message in a list, with how its copies stand; of one found by a copy, whose copy it is."""

    head: Head
    copies: Mapping[str, int]
    addressee: str = ""


@dataclass(frozen=True)
class Upcoming:
    """A deadline under watch that will be over soon, and what silence will come to."""

    row: WatchRow
    forecast: Forecast


def find_messages(stores: Mapping[str, Store], query: Query, start: Key | None = None) -> Found[MessageLine]:
    """Messages, newest first. Raises NotFound for a number that nobody has, CallerError for a state there is not."""
    if query.number:
        return _by_number(stores, query, start)
    state = _state(OutboxState, query.state)
    chosen = _chosen(stores, query.member)
    with ExitStack() as stack:
        reading = {address: stack.enter_context(store.reading()) for address, store in chosen.items()}
        if state in _OPEN_STATES:
            copies = merge([_copies(address, tx, query, state) for address, tx in reading.items()], start)
            return Found(_by_copy(copies.rows), copies.next, copies.early)
        heads = merge([_heads(address, tx, query, state) for address, tx in reading.items()], start)
        return Found(tuple(_lines(reading, heads.rows)), heads.next, heads.early)


def find_cases(windows: Mapping[str, Store], query: Query, start: Key | None = None) -> Found[CaseLine]:
    """Cases, newest first; a number may be any part of one, and a department one that is consulted."""
    state = _state(CaseState, query.state)
    with ExitStack() as stack:
        reading = {address: stack.enter_context(store.reading()) for address, store in windows.items()}
        if query.number:
            exact = [one for address, tx in reading.items() if (one := tx.sight.case(address, query.number))]
            if exact:
                return Found(tuple(exact), None)
        return merge([_cases(address, tx, query, state) for address, tx in reading.items()], start)


def find_parts(
    windows: Mapping[str, Store],
    departments: Collection[str],
    standing: Standing,
    now: datetime,
    start: Key | None = None,
) -> Found[PartLine]:
    """Parts that stand so, the earliest due first."""
    with ExitStack() as stack:
        reading = {address: stack.enter_context(store.reading()) for address, store in windows.items()}
        streams = [
            _parts(address, tx, department, standing, now)
            for address, tx in reading.items()
            for department in departments
        ]
        return merge(streams, start, newest_first=False)


def board(windows: Mapping[str, Store], departments: Collection[str], now: datetime) -> dict[str, dict[Standing, int]]:
    """How many parts stand where, by department, over all windows."""
    total: dict[str, Counter[Standing]] = defaultdict(Counter)
    for store in windows.values():
        with store.reading() as tx:
            for department, numbers in tx.sight.standings(now, departments).items():
                total[department].update(numbers)
    return {department: dict(numbers) for department, numbers in sorted(total.items())}


def upcoming(
    monitors: Mapping[str, Store],
    calendar: WorkingCalendar,
    now: datetime,
    within: timedelta,
    start: Key | None = None,
    page: int = PAGE,
) -> Found[Upcoming]:
    """What will be over within a time, the earliest first, with what silence will come to; each deadline once."""
    found: dict[tuple[str, str], Upcoming] = {}
    for store in monitors.values():
        with store.reading() as tx:
            rows = tx.sight.due_between(now, now + within, start, page + 1)
            reminded = tx.sight.reminders({row.deadline.case_number for row in rows})
            for row in rows:
                key = (row.deadline.case_number, row.deadline.department)
                if key not in found or found[key].row.deadline.revision < row.deadline.revision:
                    sent = reminded.get(key, [])
                    projection = project(row.deadline, calendar)
                    held = held_back(tx, row.deadline, projection, now)
                    found[key] = Upcoming(row, foresee(row.deadline, projection, sent, now, held))
    ordered = sorted(found.values(), key=_upcoming_key)
    more = len(ordered) > page
    return Found(tuple(ordered[:page]), _upcoming_key(ordered[page - 1]) if more else None)


def unsigned(stores: Mapping[str, Store], member: str = "", start: Key | None = None) -> Found[CopyLine]:
    """Copies without a receipt, the oldest first; those returned have one."""

    def wanted(rows: Sequence[CopyLine]) -> list[bool]:
        return [row.state != OutboxState.RETURNED and row.kind != ReceiptBatch.KIND for row in rows]

    with ExitStack() as stack:
        streams: list[Stream[CopyLine]] = []
        for address, store in _chosen(stores, member).items():
            tx = stack.enter_context(store.reading())
            streams += [(_copy_fetch(address, tx, newest_first=False, ended=ended), wanted) for ended in (False, True)]
        return merge(streams, start, newest_first=False)


def _upcoming_key(one: Upcoming) -> Key:
    deadline = one.row.deadline
    return Key(one.row.due_at or _EPOCH, "", f"{deadline.case_number} {deadline.department}")


def _chosen(stores: Mapping[str, Store], member: str) -> dict[str, Store]:
    if member and member not in stores:
        raise CallerError(
            "{member} is no member of this domain",
            mend="choose one of: {stores}",
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
            "state: {text!r} is none that there is", mend="choose one of: {choices}", text=text, choices=choices
        ) from None


def _heads(address: str, tx: Transaction, query: Query, state: OutboxState | None) -> Stream[Head]:
    kind, direction = "" if query.kind == ALL_KINDS else query.kind, "received" if query.received else "sent"

    def fetch(after: Key | None, limit: int) -> list[tuple[Key, Head]]:
        found = tx.sight.messages(address, direction, kind, query.until, after, limit)
        return [(Key(head.recorded_at, address, place_of(head.id)), head) for head in found if _since(head, query)]

    def wanted(heads: Sequence[Head]) -> list[bool]:
        fits = [bool(query.kind) or head.kind != ReceiptBatch.KIND for head in heads]
        if state is None:
            return fits
        copies = defaultdict(set)
        for copy in tx.sight.copies([head.message_id for head, fit in zip(heads, fits, strict=True) if fit]):
            copies[copy.message_id].add(copy.state)
        return [fit and copies[head.message_id] == {state.value} for head, fit in zip(heads, fits, strict=True)]

    return fetch, wanted


def _since(head: Head, query: Query) -> bool:
    return query.since is None or head.recorded_at >= query.since


def _copies(address: str, tx: Transaction, query: Query, state: OutboxState | None) -> Stream[CopyLine]:
    read = _copy_fetch(address, tx, newest_first=True, ended=state in _ENDED_STATES)
    begin = Key(query.until, "", "0") if query.until is not None else None

    def fetch(after: Key | None, limit: int) -> list[tuple[Key, CopyLine]]:
        return [one for one in read(after or begin, limit) if query.since is None or one[0].at >= query.since]

    def wanted(rows: Sequence[CopyLine]) -> list[bool]:
        return [row.state == state and query.kind in ("", ALL_KINDS, row.kind) for row in rows]

    return fetch, wanted


def _copy_fetch(address: str, tx: Transaction, *, newest_first: bool, ended: bool) -> Fetch[CopyLine]:
    def fetch(after: Key | None, limit: int) -> list[tuple[Key, CopyLine]]:
        rows = tx.sight.open_copies(address, after, limit, newest_first=newest_first, ended=ended)
        return [(Key(row.written_at, address, place_of(row.id)), row) for row in rows]

    return fetch


def _cases(address: str, tx: Transaction, query: Query, state: CaseState | None) -> Stream[CaseLine]:
    def fetch(after: Key | None, limit: int) -> list[tuple[Key, CaseLine]]:
        rows = tx.sight.cases(address, state, query.until, after, limit, query.number)
        since = query.since
        return [(Key(row.opened_at, address, row.number), row) for row in rows if not since or row.opened_at >= since]

    def wanted(rows: Sequence[CaseLine]) -> list[bool]:
        fits = [query.number.lower() in row.number.lower() for row in rows]
        if not query.member or query.member == address:
            return fits
        here = tx.sight.consulted(query.member, [row.number for row, fit in zip(rows, fits, strict=True) if fit])
        return [fit and row.number in here for row, fit in zip(rows, fits, strict=True)]

    return fetch, wanted


def _parts(address: str, tx: Transaction, department: str, standing: Standing, now: datetime) -> Stream[PartLine]:
    def fetch(after: Key | None, limit: int) -> list[tuple[Key, PartLine]]:
        rows = tx.sight.standing(address, department, standing, now, after, limit)
        return [(Key(row.due_at or _EPOCH, address, f"{row.case_number} {row.department}"), row) for row in rows]

    def wanted(rows: Sequence[PartLine]) -> list[bool]:
        return [standing_of(row.state, row.started_at, row.due_at, now) is standing for row in rows]

    return fetch, wanted


def _by_number(stores: Mapping[str, Store], query: Query, start: Key | None) -> Found[MessageLine]:
    """A message's id, wherever it is on record; or all messages of a case, or of the few whose number has this part,
    and then the documents whose own number has it."""
    if not is_message_id(query.number):
        documents = _numbered(stores, query, start)
        lines = tuple(_of_cases_lines(stores, query.number, documents)) if start is None else ()
        return Found((*lines, *documents.rows), documents.next, documents.early)
    with ExitStack() as stack:
        reading = {address: stack.enter_context(store.reading()) for address, store in stores.items()}
        heads = [head for address, tx in reading.items() for head in tx.sight.heads(address, [query.number])]
        return Found(tuple(_lines(reading, heads)), None)


def _numbered(stores: Mapping[str, Store], query: Query, start: Key | None) -> Found[MessageLine]:
    """Documents by a part of their number, notices and joint documents among them."""
    part = written_number(query.number)
    with ExitStack() as stack:
        reading = {address: stack.enter_context(store.reading()) for address, store in stores.items()}
        heads = merge([_by_part(address, tx, query, part) for address, tx in reading.items()], start)
        return Found(tuple(_lines(reading, heads.rows)), heads.next, heads.early)


def _by_part(address: str, tx: Transaction, query: Query, part: str) -> Stream[Head]:
    def fetch(after: Key | None, limit: int) -> list[tuple[Key, Head]]:
        rows = tx.sight.numbered(address, part, query.until, after, limit)
        return [(Key(row.recorded_at, address, place_of(row.id)), row) for row in rows if _since(row, query)]

    return fetch, lambda rows: [True] * len(rows)


def _of_cases_lines(stores: Mapping[str, Store], number: str, documents: Found[MessageLine]) -> Sequence[MessageLine]:
    """Raises NotFound where neither a case nor a document has it."""
    try:
        found = _of_cases(stores, number)
    except NotFound:
        if not documents.rows:
            raise
        return ()
    return [MessageLine(one.head, Counter(copy.state for copy in one.copies)) for one in found]


def _of_cases(stores: Mapping[str, Store], number: str) -> list[CaseMessage]:
    """Raises NotFound where no case has this number, or one with this part in it."""
    try:
        return messages_of_case(stores, number)
    except NotFound:
        found = find_cases(stores, Query(number=number)).rows[:_PARTLY]
        if not found:
            raise
    return [message for line in found for message in messages_of_case(stores, line.number)]


def _lines(reading: Mapping[str, Transaction], heads: Sequence[Head]) -> list[MessageLine]:
    counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for address, tx in reading.items():
        ids = [head.message_id for head in heads if head.member == address and head.direction == "sent"]
        for copy in tx.sight.copies(ids):
            counts[address, copy.message_id][copy.state] += 1
    return [
        MessageLine(head, counts[head.member, head.message_id] if head.direction == "sent" else {}) for head in heads
    ]


def _by_copy(rows: Sequence[CopyLine]) -> tuple[MessageLine, ...]:
    return tuple(
        MessageLine(
            Head(row.id, row.member, row.member, row.message_id, "", row.kind, "sent", "", row.written_at),
            {row.state: 1},
            row.addressee,
        )
        for row in rows
    )
