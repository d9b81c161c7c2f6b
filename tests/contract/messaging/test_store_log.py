"""The log of a journal over both databases: what is committed is sealed, once, in order, whoever writes meanwhile."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, insert, select

import exchange.store.migrate as migration
from exchange.audit.log.heads import SignedHead, read_log_head
from exchange.audit.log.leaves import LogEntry, read_leaf
from exchange.audit.log.receipts import consistency_receipt, inclusion_receipt, verify_consistency, verify_inclusion
from exchange.audit.merkle import tree_root
from exchange.clock import SteppedClock
from exchange.errors import BadKeys
from exchange.messaging.documents import Documents
from exchange.messaging.log.sealing import EVERY, Sealing, seal, seal_rest
from exchange.messaging.log.store import MemberLog
from exchange.messaging.log.tables import log_head
from exchange.messaging.node import Node, new_id
from exchange.schemas import ReceiptBatch, Role, Suite
from exchange.store import Store, open_store
from exchange.store.engine import open_engine, writing
from exchange.store.journal import JournalEntry
from exchange.store.tables import journal
from tests.contract.processes import others
from tests.corpus.kin import Kin
from tests.corpus.world import NOW
from tests.property.seat import CALENDAR

KIN = Kin("p", {"window": Role.WINDOW})
VIEW = KIN.view()
ALL = 10**9
OTHER, THIRD, TWICE = (f"{n}0000000-0000-4000-8000-000000000000" for n in range(1, 4))


def node_on(store: Store) -> Node:
    return Node(KIN["window"], VIEW, store, SteppedClock(NOW), CALENDAR, new_id)


@pytest.fixture
def node(store: Store) -> Node:
    return node_on(store)


def write(store: Store, count: int, event: str = "e") -> None:
    with store.transaction() as tx:
        tx.journal([JournalEntry(NOW, event, f"H-{number % 3}" if number % 2 else None) for number in range(count)])


def rows(store: Store) -> list[LogEntry]:
    with store.reading() as tx:
        return tx[MemberLog].entries_after(0, ALL)


def heads(store: Store) -> list[SignedHead]:
    with store.reading() as tx:
        kept = [bytes(row.signed) for row in tx._db.execute(select(log_head).order_by(log_head.c.size))]
    return [read_log_head(data, VIEW) for data in kept]


def check_whole(store: Store) -> int:
    """Every head is over the rows that there are, in their order; returns how many the newest has."""
    leaves, found = [entry.as_leaf() for entry in rows(store)], heads(store)
    assert [one.head.previous for one in found] == [None, *(one.digest for one in found[:-1])]
    for one in found:
        assert one.head.root == tree_root(leaves[: one.head.size]).hex()
    return found[-1].head.size


def test_what_is_sealed_is_proved_entry_by_entry_and_from_head_to_head(store: Store, node: Node) -> None:
    for count in (1, 255, 1, 2, 400):
        write(store, count)
        assert seal(node) == count
    assert seal(node) == 0
    assert check_whole(store) == 659
    sizes = [one.head.size for one in heads(store)]
    assert sizes == [1, 256, 257, 259, 659]
    leaves = [entry.as_leaf() for entry in rows(store)]
    x5t, roots = node.identity.x5t, {size: tree_root(leaves[:size]) for size in sizes}
    with store.reading() as tx:
        log = tx[MemberLog]
        newest = log.newest()
        assert newest is not None
        for index in (0, 255, 256, 658):
            path = log.tiles.inclusion(index, 659)
            data = inclusion_receipt(index, 659, path, x5t, newest.root_signature)
            assert verify_inclusion(data, leaves[index], VIEW).root == roots[659]
        for before in sizes[:-1]:
            path = log.tiles.consistency(before, 659)
            data = consistency_receipt(before, 659, path, x5t, newest.root_signature)
            assert verify_consistency(data, roots[before], roots[659], VIEW).size == 659


def test_a_line_about_a_message_says_of_which_bytes_it_is_where_they_are_at_hand(store: Store, node: Node) -> None:
    kin = Kin("p", {"window": Role.WINDOW, "fire": Role.DEPARTMENT})
    node = Node(kin["window"], kin.view(), store, SteppedClock(NOW), CALENDAR, new_id, suite=Suite.CLASSICAL)
    body = ReceiptBatch(root="0" * 64, size=1, receiver="p.window", sender="p.fire", at=NOW)
    with node.step() as step:
        own = step.send(body, ("p.fire",), needs_receipt=False)
        step.note("sent", "H-1", own)
        step.note("read", "H-1", OTHER)
        for message_id, digest in ((THIRD, "ab" * 32), (TWICE, "cd" * 32), (TWICE, "ef" * 32), (TWICE, "cd" * 32)):
            step.at_hand(message_id, digest)
            step.note("came", "H-1", message_id)
        step.note("rested")
    seal(node)
    with store.reading() as tx:
        signed = tx[Documents].get("p.window", own)
    assert signed is not None
    found = rows(store)
    assert [(one.event, one.message_digest) for one in found] == [
        ("sent", hashlib.sha256(signed.signed).digest()), ("read", None), ("came", b"\xab" * 32),
        ("came", None), ("came", None), ("came", None), ("rested", None),
    ]  # fmt: skip
    assert [read_leaf(one.as_leaf()) for one in found] == found


def test_a_round_seals_once_a_minute_or_what_is_much(store: Store, node: Node) -> None:
    now = [100.0]
    sealing = Sealing(lambda: now[0])
    assert sealing.look(node) == 0
    write(store, 3)
    assert sealing.look(node) == 0, "looked a moment ago"
    now[0] += 1
    assert sealing.look(node) == 3
    write(store, 999)
    now[0] += EVERY - 1
    assert sealing.look(node) == 0
    now[0] += 1
    assert sealing.look(node) == 999
    write(store, 1_000)
    now[0] += 1
    assert sealing.look(node) == 1_000
    write(store, 4_500)
    now[0] += 1
    assert [sealing.look(node) for _ in range(3)] == [2_000, 2_000, 0], "a long one goes part by part"
    seal_rest(node)
    assert check_whole(store) == 6_502


def test_a_key_that_is_away_leaves_nothing_behind_and_keeps_nobody_from_ending(store: Store, node: Node) -> None:
    class Away:
        def public_key(self) -> Any:
            raise BadKeys("the token is away")

        def sign(self, data: bytes, /) -> bytes:
            raise BadKeys("the token is away")

    write(store, 5)
    without = replace(node, identity=replace(node.identity, signing_key=Away()))
    with pytest.raises(BadKeys):
        seal(without)
    seal_rest(without)
    assert heads(store) == []
    assert seal(node) == 5
    assert check_whole(store) == 5


def test_a_process_that_is_killed_while_it_seals_leaves_the_log_as_it_was(
    store: Store, node: Node, database_url: str, member: str
) -> None:
    write(store, 300)
    seal(node)
    write(store, 300)
    with others(1, "half-sealed", database_url, member) as (other,):
        assert other.hear() == "half-sealed"
        other.kill()
    write(store, 1)
    assert seal(node) == 301
    assert check_whole(store) == 601


def before_the_log(engine: Engine) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migration.__file__).parent / "migrations"))
    with writing(engine) as connection, connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, "0075")
        old = [{"at": NOW, "event": "old", "case_number": None, "message_id": None, "detail": "{}"}] * 7
        connection.execute(insert(journal), old)


def test_entries_from_before_the_log_are_claimed_in_every_head(database_url: str, member: str) -> None:
    engine = open_engine(database_url, member)
    before_the_log(engine)
    engine.dispose()
    with open_store(database_url, member=member) as store:
        store.migrate()
        node = node_on(store)
        assert seal(node, 4) == 4
        write(store, 2)
        assert seal(node) == 5
        assert [(one.head.size, one.head.claimed) for one in heads(store)] == [(4, 7), (9, 7)]
        assert check_whole(store) == 9


@pytest.fixture
def on_a_server(request: pytest.FixtureRequest, member: str) -> Iterator[tuple[Store, str]]:
    at_hand = request.getfixturevalue("schemas_at_hand")
    at_hand.take(member)
    with open_store(at_hand.url, member=member) as store:
        store.migrate()
        at_hand.note_shape(member)
        yield store, at_hand.url
    at_hand.give_back(member)


def test_a_lower_number_that_is_not_committed_yet_is_waited_for(on_a_server: tuple[Store, str], member: str) -> None:
    """A writer that takes no turn, as a shell does: its row is older than one that is there already."""
    store, url = on_a_server
    node, engine = node_on(store), open_engine(url, member)
    row = {"at": NOW, "event": "by hand", "detail": "{}"}
    with engine.connect() as hand:
        transaction = hand.begin()
        hand.execute(insert(journal), row)
        write(store, 1)
        assert [entry.number for entry in rows(store)] == [2]
        assert seal(node) == 0
        transaction.commit()
    assert seal(node) == 2
    with engine.connect() as hand:
        transaction = hand.begin()
        hand.execute(insert(journal), row)
        transaction.rollback()
    write(store, 1)
    assert seal(node) == 1
    assert [entry.number for entry in rows(store)] == [1, 2, 4], "a number that was taken back is in no log"
    assert check_whole(store) == 3
    engine.dispose()


def test_nothing_is_left_out_or_out_of_order_while_processes_and_threads_write(
    on_a_server: tuple[Store, str], member: str
) -> None:
    store, url = on_a_server
    node, done = node_on(store), threading.Event()
    engine = open_engine(url, member)

    def by_hand(name: str) -> None:
        """Takes no turn; every fourth row is taken back."""
        for number in range(40):
            with engine.connect() as connection:
                transaction = connection.begin()
                connection.execute(
                    insert(journal), {"at": NOW + timedelta(seconds=number), "event": name, "detail": "{}"}
                )
                transaction.rollback() if number % 4 == 3 else transaction.commit()

    def in_turns(name: str) -> None:
        for number in range(40):
            write(store, 1 + number % 3, name)

    def sealing() -> list[int]:
        found = []
        while not done.is_set():
            found.append(seal(node, 25))
        return found

    with others(2, "journal", url, member) as writers, ThreadPoolExecutor(5) as pool:
        assert [writer.hear() for writer in writers] == ["ready", "ready"]
        sealed = pool.submit(sealing)
        own = [pool.submit(by_hand, "x"), pool.submit(by_hand, "y"), pool.submit(in_turns, "z")]
        for writer in writers:
            writer.go_on()
        assert [writer.hear() for writer in writers] == ["written", "written"]
        for one in own:
            one.result(60)
        done.set()
        assert sum(1 for one in sealed.result(60) if one) > 3, "it must have sealed meanwhile"
    while seal(node):
        pass
    expected = 2 * 30 + sum(1 + number % 3 for number in range(40)) + 2 * 40
    assert check_whole(store) == len(rows(store)) == expected
    engine.dispose()
