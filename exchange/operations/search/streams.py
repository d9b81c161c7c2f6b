"""How the rows of one member's store are read for a search, a page at a time, and which of them are wanted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TypeVar

from exchange.approval.rules.standing import BoardColumn, standing_of
from exchange.approval.rules.states import CaseState
from exchange.messaging.records import OutboxState
from exchange.operations.records.lines import CaseLine, CopyLine, MessageHead, PartLine
from exchange.operations.records.store import Search
from exchange.operations.search.rules import Fetch, Query, place_of
from exchange.page_key import Key
from exchange.schemas import ReceiptBatch
from exchange.store.transaction import Transaction

_ENDED_STATES = frozenset({OutboxState.RETURNED, OutboxState.FAILED})


T = TypeVar("T")


Stream = tuple[Fetch[T], Callable[[Sequence[T]], Sequence[bool]]]
"""How one store's rows are read, and which of them are wanted."""


UNDATED = datetime(1970, 1, 1, tzinfo=UTC)
"""The place in an order by due time of what has none."""


ALL_KINDS = "all"
"""Instead of a kind: receipts too, which are left out otherwise."""


def read_messages(address: str, tx: Transaction, query: Query, state: OutboxState | None) -> Stream[MessageHead]:
    """Read a member's messages, newest first, as the query wants them."""

    kind, direction = "" if query.kind == ALL_KINDS else query.kind, "received" if query.received else "sent"

    def fetch(after: Key | None, limit: int) -> list[tuple[Key, MessageHead]]:
        found = tx[Search].messages(address, direction, kind, query.until, after, limit)
        return [(Key(head.recorded_at, address, place_of(head.id)), head) for head in found if _since(head, query)]

    def wanted(heads: Sequence[MessageHead]) -> list[bool]:
        fits = [bool(query.kind) or head.kind != ReceiptBatch.KIND for head in heads]
        if state is None:
            return fits
        copies = defaultdict(set)
        for copy in tx[Search].copies([head.message_id for head, fit in zip(heads, fits, strict=True) if fit]):
            copies[copy.message_id].add(copy.state)
        return [fit and copies[head.message_id] == {state.value} for head, fit in zip(heads, fits, strict=True)]

    return fetch, wanted


def _since(head: MessageHead, query: Query) -> bool:
    return query.since is None or head.recorded_at >= query.since


def read_copies(address: str, tx: Transaction, query: Query, state: OutboxState | None) -> Stream[CopyLine]:
    """Read a member's copies in that state, newest first."""

    read = fetch_copies(address, tx, newest_first=True, ended=state in _ENDED_STATES)
    begin = Key(query.until, "", "0") if query.until is not None else None

    def fetch(after: Key | None, limit: int) -> list[tuple[Key, CopyLine]]:
        return [one for one in read(after or begin, limit) if query.since is None or one[0].at >= query.since]

    def wanted(rows: Sequence[CopyLine]) -> list[bool]:
        return [row.state == state and query.kind in ("", ALL_KINDS, row.kind) for row in rows]

    return fetch, wanted


def fetch_copies(address: str, tx: Transaction, *, newest_first: bool, ended: bool) -> Fetch[CopyLine]:
    """Return the function that fetches a member's copies: those that still wait, or those that have ``ended``."""

    def fetch(after: Key | None, limit: int) -> list[tuple[Key, CopyLine]]:
        rows = tx[Search].open_copies(address, after, limit, newest_first=newest_first, ended=ended)
        return [(Key(row.written_at, address, place_of(row.id)), row) for row in rows]

    return fetch


def read_cases(address: str, tx: Transaction, query: Query, state: CaseState | None) -> Stream[CaseLine]:
    """Read a window's cases, newest first, as the query wants them."""

    def fetch(after: Key | None, limit: int) -> list[tuple[Key, CaseLine]]:
        rows = tx[Search].cases(address, state, query.until, after, limit, query.number)
        since = query.since
        return [(Key(row.opened_at, address, row.number), row) for row in rows if not since or row.opened_at >= since]

    def wanted(rows: Sequence[CaseLine]) -> list[bool]:
        fits = [query.number.lower() in row.number.lower() for row in rows]
        if not query.member or query.member == address:
            return fits
        here = tx[Search].consulted(query.member, [row.number for row, fit in zip(rows, fits, strict=True) if fit])
        return [fit and row.number in here for row, fit in zip(rows, fits, strict=True)]

    return fetch, wanted


def read_parts(
    address: str, tx: Transaction, department: str, standing: BoardColumn, now: datetime
) -> Stream[PartLine]:
    """Read a window's parts of a department in that state, the earliest due first."""

    def fetch(after: Key | None, limit: int) -> list[tuple[Key, PartLine]]:
        rows = tx[Search].standing(address, department, standing, now, after, limit)
        return [(Key(row.due_at or UNDATED, address, f"{row.case_number} {row.department}"), row) for row in rows]

    def wanted(rows: Sequence[PartLine]) -> list[bool]:
        return [standing_of(row.state, row.started_at, row.due_at, now) is standing for row in rows]

    return fetch, wanted


def read_numbered(address: str, tx: Transaction, query: Query, part: str) -> Stream[MessageHead]:
    """Read a member's documents by a part of their number, newest first."""

    def fetch(after: Key | None, limit: int) -> list[tuple[Key, MessageHead]]:
        rows = tx[Search].numbered(address, part, query.until, after, limit)
        return [(Key(row.recorded_at, address, place_of(row.id)), row) for row in rows if _since(row, query)]

    return fetch, lambda rows: [True] * len(rows)
