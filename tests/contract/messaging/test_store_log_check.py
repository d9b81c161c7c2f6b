"""What somebody does to a journal behind the member's back is found, and the first row it was done to is named."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from exchange.audit.log.comparing import LogBreak, LogFault
from exchange.audit.log.heads import sign_log_head
from exchange.audit.log.tiles import extended
from exchange.audit.merkle import leaf_hash
from exchange.clock import SteppedClock
from exchange.messaging.log.checking import check_log
from exchange.messaging.log.scrubbing import scrub, scrub_state
from exchange.messaging.log.sealing import seal
from exchange.messaging.log.store import MemberLog
from exchange.messaging.node import Node
from exchange.store import Store
from exchange.store.journal import JournalEntry
from tests.contract.messaging.test_store_log import KIN, VIEW, node_on, write
from tests.corpus.world import NOW

ORIGIN = "p.window"
_STEPS = (1, 300, 257, 42)
SIZE = sum(_STEPS)
OTHER = KIN.authority.certify(ORIGIN, NOW)
"""The same name under a certificate that no directory lists."""


@pytest.fixture
def copied(store: Store) -> Store:
    """A store with a sealed journal."""
    node = node_on(store)
    for count in _STEPS:
        with store.transaction() as tx:
            tx.journal([JournalEntry(NOW, "e", None, None, {"n": number}) for number in range(count)])
        seal(node)
    return store


def by_hand(store: Store, *statements: str) -> None:
    with store.transaction() as tx:
        for statement in statements:
            tx._db.execute(text(statement))


def found(store: Store, *, whole: bool = True) -> LogBreak | None:
    mark, broken = check_log(store, ORIGIN, VIEW, whole=whole)
    assert broken is not None or mark.size == SIZE
    return broken


SWAPPED = [
    f"UPDATE journal SET detail = '{detail}' WHERE id = {number}"
    for number, detail in ((400, '{"n": 99}'), (401, '{"n": 98}'))
]
ADD = "INSERT INTO journal (id, at, event, detail) VALUES ({}, 1, 'x', '{{}}')"
CASES: dict[str, tuple[list[str], LogFault, int, int | None]] = {
    "a row is changed": (["UPDATE journal SET event = 'f' WHERE id = 310"], LogFault.CHANGED, 309, 310),
    "its case is": (["UPDATE journal SET case_number = 'H' WHERE id = 1"], LogFault.CHANGED, 0, 1),
    "its instant is": (["UPDATE journal SET at = at + 1 WHERE id = 600"], LogFault.CHANGED, 599, 600),
    "a row is taken out": (["DELETE FROM journal WHERE id = 257"], LogFault.MISSING, 256, 258),
    "the first one is": (["DELETE FROM journal WHERE id = 1"], LogFault.MISSING, 0, 2),
    "the last of a head is": (["DELETE FROM journal WHERE id = 301"], LogFault.MISSING, 300, 302),
    "the end is cut off": (["DELETE FROM journal WHERE id > 590"], LogFault.CUT, 590, None),
    "all is cut off": (["DELETE FROM journal"], LogFault.CUT, 0, None),
    "a row is put before all": ([ADD.format(0)], LogFault.ADDED, 0, 0),
    "a row is put among others": (
        ["DELETE FROM journal WHERE id = 500", ADD.format(500)], LogFault.CHANGED, 499, 500,
    ),
    "rows are swapped": (SWAPPED, LogFault.MOVED, 399, 400),
    "a hash is changed": (
        ["UPDATE log_tile SET hashes = (SELECT hashes FROM log_tile WHERE level = 0 AND number = 1) "
         "WHERE level = 0 AND number = 0"], LogFault.HASHES, 0, None,
    ),
    "the hashes are taken away": (["DELETE FROM log_tile"], LogFault.HASHES, 0, None),
    "a head is taken out": (["DELETE FROM log_head WHERE size = 301"], LogFault.HEAD, 558, None),
    "heads change places": (
        ["UPDATE log_head SET signed = (SELECT signed FROM log_head WHERE size = 1) WHERE size = 301"],
        LogFault.HEAD, 301, None,
    ),
    "all heads are taken away": (["DELETE FROM log_head"], LogFault.HEAD, 0, None),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_what_was_done_to_a_sealed_journal_is_named(copied: Store, name: str) -> None:
    statements, fault, index, number = CASES[name]
    assert found(copied) is None
    by_hand(copied, *statements)
    broken = found(copied)
    assert broken is not None
    assert (broken.fault, broken.index, broken.number) == (fault, index, number), str(broken.text)


def test_a_row_that_was_put_in_where_a_number_was_free_is_named(store: Store) -> None:
    """Numbers that a server has left out are no gap to write in."""
    node = node_on(store)
    write(store, 5)
    by_hand(store, "DELETE FROM journal WHERE id = 3")
    seal(node)
    by_hand(store, ADD.format(3))
    _, broken = check_log(store, ORIGIN, VIEW, whole=True)
    assert broken is not None
    assert (broken.fault, broken.index, broken.number) == (LogFault.ADDED, 2, 3)


def rewritten(store: Store) -> None:
    """A row and the hashes over it, as somebody would who knows how they are made."""
    by_hand(store, "UPDATE journal SET event = 'f' WHERE id = 310")
    with store.transaction() as tx:
        log = tx[MemberLog]
        leaves = [leaf_hash(entry.as_leaf()) for entry in log.entries_after(0, 10_000)]
        log.keep_tiles(extended(log.tile, 0, leaves))


def test_hashes_rewritten_with_the_row_contradict_the_head(copied: Store) -> None:
    rewritten(copied)
    broken = found(copied)
    assert broken is not None
    assert (broken.fault, broken.index) == (LogFault.REWRITTEN, 301)


def test_a_head_by_another_key_does_not_hold(copied: Store) -> None:
    def signed_by_another(log: MemberLog) -> bytes:
        last = log.newest()
        assert last is not None
        before = log.head_within(SIZE - 1)
        assert before is not None
        return sign_log_head(OTHER, SIZE, log.tiles.root(SIZE), before.signed, NOW, 0)

    with copied.transaction() as tx:
        data = signed_by_another(tx[MemberLog])
        tx._db.execute(text("UPDATE log_head SET signed = :signed WHERE size = :size"), {"signed": data, "size": SIZE})
    broken = found(copied)
    assert broken is not None
    assert (broken.fault, broken.index) == (LogFault.HEAD, SIZE)


def test_the_newest_part_is_checked_alone_where_that_is_asked(copied: Store) -> None:
    assert found(copied, whole=False) is None
    by_hand(copied, "UPDATE journal SET event = 'f' WHERE id = 600")
    broken = found(copied, whole=False)
    assert broken is not None
    assert broken.number == 600


def test_a_member_finds_by_itself_what_was_done_and_that_it_was_put_right(copied: Store) -> None:
    node = node_on(copied)

    def later(days: float) -> Node:
        return Node(node.identity, VIEW, copied, SteppedClock(NOW + timedelta(days=days)), node.calendar, node.new_id)

    def state() -> tuple[int, LogFault | None]:
        with copied.reading() as tx:
            kept = scrub_state(tx)
        assert kept is not None
        return kept.mark.size, kept.broken.fault if kept.broken is not None else None

    assert (scrub(node), scrub(node)) == (SIZE, 0)
    assert state() == (SIZE, None)
    by_hand(copied, "UPDATE journal SET event = 'f' WHERE id = 310")
    scrub(later(0.5))
    assert state() == (SIZE, None), "that part has its turn with the next pass"
    scrub(later(1.1))
    scrub(later(1.1))
    assert state() == (301, LogFault.CHANGED)
    by_hand(copied, "UPDATE journal SET event = 'e' WHERE id = 310")
    scrub(later(1.2))
    assert state() == (SIZE, None)
