"""`exchange log` and doctor tell who has countersigned a log, and of two histories, until people settle that."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import delete

from exchange.clock import RealClock
from exchange.messaging.log.sealing import seal
from exchange.messaging.log.tables import log_head, log_tile
from exchange.messaging.log.witnesses import Witnesses
from exchange.messaging.log.witnessing import Witnessing
from exchange.messaging.ports import Delivery
from exchange.operations.health.checkups.witnesses import witnesses
from exchange.runtime.home import OpenedMember
from exchange.schemas import ReceiptBatch
from exchange.store.journal import JournalEntry
from exchange.store.tables import journal
from tests.warm import run_warm
from tests.web.town import Town

PLANNING, TRANSPORT = "hefei.planning", "hefei.transport"


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """Planning writes to transport, which has countersigned three rows; the next two it has not seen."""
    town = Town(tmp_path_factory.mktemp("town"))
    with town.member("planning") as planning, town.member("transport") as transport:
        now = RealClock().now()
        body = ReceiptBatch(root="0" * 64, size=1, receiver=PLANNING, sender=TRANSPORT, at=now)
        with planning.node.step() as step:
            step.send(body, (TRANSPORT,), needs_receipt=False)
        grow(planning, 3)
        a_turn(planning, transport)
        grow(planning, 2)
    yield town
    town.view.close()


def grow(member: OpenedMember, count: int, event: str = "noted") -> None:
    with member.store.transaction() as tx:
        tx.journal([JournalEntry(RealClock().now(), event, None, None, {"n": number}) for number in range(count)])
    seal(member.node)


def a_turn(one: OpenedMember, other: OpenedMember) -> None:
    """A message goes to the other and one comes back."""
    mine, theirs = Witnessing(), Witnessing()
    for here, there, look in ((one, other, mine), (other, one, theirs)):
        look.look(here.node)
        beside = here.node.beside.headers(there.node.address)
        there.node.beside.hear([Delivery("q", b"", None, None, beside, False, None, False)])
    mine.look(one.node)


def run(town: Town, *words: str, code: int = 0) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "EXCHANGE_HOME": str(town.settings.home), "EXCHANGE_LANGUAGE": "en"}
    done = run_warm(("log", *words), environment)
    assert done.returncode == code, done.stdout + done.stderr
    return done


def looked_at(town: Town, *words: str, code: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = {one["member"]: one for one in json.loads(run(town, *words, "--json", code=code).stdout)}
    return found


def test_who_has_seen_how_much_is_told(town: Town) -> None:
    [one] = looked_at(town, "--check")[PLANNING]["witnesses"]
    assert (one["witness"], one["size"], one["behind"], one["unanswered_seconds"]) == (TRANSPORT, 3, 2, 0)
    shown = run(town, PLANNING).stdout
    assert TRANSPORT in shown
    assert "no witnesses yet" in run(town, TRANSPORT).stdout
    assert [(one.level, one.finding[:2]) for one in witnesses(town.settings)] == [("good", "1 ")]
    assert "who is to let it rest" in run(town, "--settle", PLANNING, code=2).stderr


def test_two_histories_are_told_until_they_are_settled(town: Town) -> None:
    with town.member("planning") as planning, town.member("transport") as transport:
        with planning.store.transaction() as tx:
            for table in (journal, log_head, log_tile):
                tx._db.execute(delete(table))
        grow(planning, 7, "other")
        assert [one.level for one in witnesses(town.settings)] == ["bad"]
        [found] = looked_at(town, PLANNING, "--check", code=8)[PLANNING]["disputes"]
        assert (found["standing"], found["origin"], found["witness"]) == ("forked", PLANNING, TRANSPORT)
        a_turn(planning, transport)
        assert "two histories" in run(town, TRANSPORT, code=8).stdout
        assert "two histories" in run(town, PLANNING, code=8).stdout
        for member in (TRANSPORT, PLANNING):
            assert "1 disputes" in run(town, member, "--settle", PLANNING).stdout
        grow(planning, 1, "other")
        a_turn(planning, transport)
        with transport.store.reading() as tx:
            held = tx[Witnesses].held(PLANNING)
    assert held is not None
    assert held.size > 7
    assert looked_at(town, "--check")[PLANNING]["disputes"] == []
