"""Reconcile: reads the stores of a domain's members side by side, and closes the books of the reconciliation.

All streams are in the order of message ids, so that they are merged and each message is judged when its facts are
together: memory does not grow with the number of messages. A domain at work changes meanwhile, and what is under way at
the moment of the look must not seem to differ: whatever does is looked at again by its id until it is well, or until it
has stayed so for the settling time.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from exchange.errors import BrokerError, DatabaseUnavailable
from exchange.operations.reconciliation.books import BROKER, Balance, Books, Unread
from exchange.operations.reconciliation.facts import Fact
from exchange.operations.reconciliation.laws import judge, written_since
from exchange.operations.reconciliation.records import FactStream
from exchange.operations.reconciliation.store import MessageFacts
from exchange.store.transaction import Store

PAGE = 500
"""Facts of one stream that are read at a time."""
AT_ONCE = 300
"""Messages that are looked at again in one query."""
SETTLING = 20.0
"""Seconds that something must stay otherwise before it is a difference. A broker's figures may be five seconds old, and
what a consumer has in hand is neither in a queue nor in an inbox."""
APART = 1.0
"""Seconds between two looks at the same."""

Depths = Callable[[], Mapping[str, int]]
"""What lies in each member's queues, by the broker. Raises BrokerError."""


@dataclass(frozen=True)
class RealTime:
    """Real time, handed in."""

    monotonic: Callable[[], float]
    sleep: Callable[[float], object]


@dataclass
class Reconciliation:
    """The books of the members whose stores are given; the broker's word comes by ``depths``.

    ``unread``: what could not be read from the beginning, as said to people. Then the books neither balance nor
    differs, whatever else is found.
    """

    stores: Mapping[str, Store]
    depths: Depths | None
    """None where it is known that the broker cannot be asked; ``unread`` says why."""
    watch: RealTime
    unread: list[Unread] = field(default_factory=list)
    settling: float = SETTLING

    def reconcile(self, since: datetime | None = None) -> Balance:
        """Reconcile everything once; ``since`` leaves out what was written before. Never raises what a member's store
        or the broker raises: those are named in the balance.
        """
        stores, books = dict(self.stores), Books()
        while True:
            try:
                books = self._count(stores, since)
                depths, trouble = self._settle(stores, books, since)
            except _Lost as lost:
                del stores[lost.member]
                self.unread.append(Unread(lost.member, str(lost)))
                continue
            return books.balance(depths, (*self.unread, *trouble))

    def _count(self, stores: Mapping[str, Store], since: datetime | None) -> Books:
        books = Books()
        streams = [_stream(store, member, kind) for member, store in stores.items() for kind in FactStream]
        for message_id, facts in groupby(heapq.merge(*streams, key=_id), key=_id):
            _enter(books, message_id, list(facts), stores, since)
        return books

    def _settle(
        self, stores: Mapping[str, Store], books: Books, since: datetime | None
    ) -> tuple[Mapping[str, int] | None, Sequence[Unread]]:
        """Looks again at what differs until nothing does or time is up; the broker's figures, or why there are none."""
        until = self.watch.monotonic() + self.settling
        while True:
            depths, trouble = self._ask_broker()
            open_ids = books.unsettled(depths)
            if not (open_ids or trouble) or self.watch.monotonic() >= until:
                return depths, trouble
            self.watch.sleep(APART)
            for ids in _lots(open_ids):
                again = _by_id(_read(store, member, ids) for member, store in stores.items())
                for message_id in ids:
                    _enter(books, message_id, again.get(message_id, []), stores, since)

    def _ask_broker(self) -> tuple[Mapping[str, int] | None, Sequence[Unread]]:
        if self.depths is None:
            return None, ()
        try:
            return self.depths(), ()
        except BrokerError as error:
            return None, (Unread(BROKER, str(error)),)


class _Lost(Exception):
    """A store that cannot be read any more."""

    def __init__(self, member: str, reason: DatabaseUnavailable) -> None:
        super().__init__(str(reason))
        self.member = member


def _id(fact: Fact) -> str:
    return fact.message_id


def _enter(
    books: Books, message_id: str, facts: Sequence[Fact], members: Mapping[str, Store], since: datetime | None
) -> None:
    if since is None or written_since(facts, since):
        books.enter(message_id, judge(facts, members))


def _stream(store: Store, member: str, kind: FactStream) -> Iterator[Fact]:
    """All facts of one kind, each page in a transaction of its own, so that no writer's log grows meanwhile."""
    after: tuple[str, str] | None = None
    while True:
        try:
            with store.reading() as tx:
                page = tx[MessageFacts].page(kind, member, after, PAGE)
        except DatabaseUnavailable as error:
            raise _Lost(member, error) from error
        yield from page.facts
        if page.after is None:
            return
        after = page.after


def _read(store: Store, member: str, ids: Sequence[str]) -> list[Fact]:
    try:
        with store.reading() as tx:
            return tx[MessageFacts].of(member, ids)
    except DatabaseUnavailable as error:
        raise _Lost(member, error) from error


def _by_id(found: Iterable[Sequence[Fact]]) -> dict[str, list[Fact]]:
    facts: dict[str, list[Fact]] = {}
    for one_store in found:
        for fact in one_store:
            facts.setdefault(fact.message_id, []).append(fact)
    return facts


def _lots(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    return (ids[begin : begin + AT_ONCE] for begin in range(0, len(ids), AT_ONCE))
