"""The reconciliation over processes that are killed at random, and over stores in which somebody has meddled."""

from __future__ import annotations

import json
import random
import signal
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select, update

from exchange.approval.window.store import Cases
from exchange.broker.admin.management import ManagementClient
from exchange.broker.admin.node_info import NodeInfo
from exchange.broker.private.node import PrivateNode
from exchange.messaging.tables import outbox_message
from exchange.operations.reconciliation.books import Balance, BalanceVerdict
from exchange.operations.reconciliation.domain import open_reconciliation
from exchange.operations.reconciliation.facts import BalanceTerm
from exchange.schemas import Document, DocumentKind, DocumentNumber
from tests.faults.runtime.test_killed_processes import assert_all_came_out_once, kill_broker
from tests.journeys.city import wait_until
from tests.processes import ProcessDomain
from tests.warm import run_warm

pytestmark = pytest.mark.broker

BROKER = "broker"


def look(city: ProcessDomain, settling: float = 20.0) -> Balance:
    """A reconciliation of a domain at work."""
    with open_reconciliation(city.settings, lambda: city.info, settling=settling) as books:
        return books.reconcile()


class Storm:
    """A domain on a broker of its own, under traffic, whose roles and broker are killed."""

    def __init__(self, folder: Path, domain: str) -> None:
        self.node = PrivateNode(folder / "node")
        self._folder = folder / "node"
        self.city = ProcessDomain(folder, domain, self.node.start(lambda text: None))
        self.city.serve_all()
        self.numbers: list[str] = []

    def strike(self, victim: str, cases: int) -> None:
        """Hands in cases, kills in the middle of them, and hands in more while the victim is away."""
        before = self.city.decided()
        self.numbers += self.city.submit(cases)
        wait_until(lambda: self.city.decided() > before, 120, "traffic")
        if victim == BROKER:
            kill_broker(self._folder)
        else:
            self.city.kill(victim)
        self.numbers += self.city.submit(1)
        if victim == BROKER:
            assert self.node.start(lambda text: None).url == self.city.info.url
        else:
            self.city.serve(victim)

    def assert_the_books_close(self) -> None:
        """When all is done nothing is under way, and every single thing is where it belongs."""
        total, wait = len(self.numbers), 60 + 2 * len(self.numbers)
        wait_until(lambda: self.city.decided() == total, wait, "all decisions")
        wait_until(lambda: self.city.undelivered() == 0, wait, "all receipts")
        balance = look(self.city, settling=60.0)
        assert balance.verdict is BalanceVerdict.BALANCED, (balance.differences[:20], balance.unread)
        counts = balance.counts
        asked = total * len(self.city.departments)
        assert counts[BalanceTerm.ISSUED] == counts[BalanceTerm.ANSWERED] == asked
        assert (counts.get(BalanceTerm.WAITING, 0), counts.get(BalanceTerm.DEAD, 0)) == (0, 0)
        assert_all_came_out_once(self.city, self.numbers)


@pytest.fixture
def storm(settling: None, tmp_path: Path, domain: str) -> Iterator[Storm]:
    storm = Storm(tmp_path, domain)
    try:
        with storm.city:
            yield storm
    finally:
        storm.node.stop()


@pytest.mark.drill
def test_the_ledger_balances_after_every_role_and_the_broker_were_killed_under_traffic(storm: Storm) -> None:
    victims = [*storm.city.names, BROKER]
    random.Random(1042).shuffle(victims)
    for victim in victims:
        storm.strike(victim, 2)
    assert storm.node.found() == storm.city.info, "as a command finds the private node of a domain that is up"
    storm.assert_the_books_close()


KILLS = 60
"""An hour's worth, at one a minute; a drill takes a few seconds for each."""


@pytest.mark.drill
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", [1042, 2012])
def test_the_ledger_balances_after_an_hours_worth_of_random_kills(storm: Storm, seed: int) -> None:
    chance = random.Random(seed)
    struck: Counter[str] = Counter()
    for _ in range(KILLS):
        victim = chance.choice([*storm.city.names, BROKER])
        storm.strike(victim, chance.randint(1, 4))
        struck[victim] += 1
        if victim != BROKER and chance.random() < 0.2:
            balance = look(storm.city, settling=60.0)
            assert balance.verdict is BalanceVerdict.BALANCED, f"under way: {balance.differences[:20]} {balance.unread}"
    assert set(struck) == {*storm.city.names, BROKER}
    storm.assert_the_books_close()


# --- done by hand -----------------------------------------------------------------------------------------------------


@pytest.fixture
def city(tmp_path: Path, broker: NodeInfo, domain: str) -> Iterator[ProcessDomain]:
    with ProcessDomain(tmp_path, domain, broker) as city:
        yield city


def told(city: ProcessDomain, code: int, *words: str, **environment: str) -> str:
    """What `exchange reconcile` prints, and that it ends with this code."""
    broker = {"EXCHANGE_BROKER_URL": city.info.url, "EXCHANGE_MANAGEMENT_URL": city.info.management_url or ""}
    done = run_warm(["reconcile", *words], {**city.environment(), **broker, **environment})
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


def ledger(city: ProcessDomain, code: int, *words: str, **environment: str) -> dict[str, Any]:
    """The same for machines."""
    found: dict[str, Any] = json.loads(told(city, code, "--json", *words, **environment))
    return found


def by_hand(city: ProcessDomain, name: str, statement: str, *values: str) -> None:
    """What somebody does with a database tool, beside a member that is being served."""
    file = city.settings.home / "members" / city.address(name) / "store.db"
    with closing(sqlite3.connect(file, timeout=15)) as connection, connection:
        assert connection.execute(statement, values).rowcount == 1


def faults(found: Mapping[str, Any]) -> set[tuple[str, str]]:
    return {(one["fault"], one["message_id"]) for one in found["differences"]}


def consultations(city: ProcessDomain, numbers: list[str]) -> list[str]:
    """Message ids of the consultations of these cases."""
    window = city.open("window")
    with window.store.reading() as tx:
        found = [tx[Cases].parts(number)[0].consultation_id or "" for number in numbers]
    window.store.close()
    return found


class Bytes:
    """Of what is to go out, as somebody with a database tool sees them."""

    def __init__(self, connection: Connection, /) -> None:
        self._connection = connection

    def alter(self, message_id: str) -> None:
        row = outbox_message.c.message_id == message_id
        common = self._connection.execute(select(outbox_message.c.common).where(row)).scalar_one()
        altered = common[:-2] + bytes([common[-2] ^ 1]) + common[-1:]
        self._connection.execute(update(outbox_message).where(row).values(common=altered))


def send_what_nobody_there_can_open(city: ProcessDomain) -> str:
    """A message that becomes a dead letter at planning: its sealed bytes were changed before it went out."""
    window = city.open("window")
    number = DocumentNumber(agency="函", year=2026, serial=1)
    letter = Document(number=number, kind=DocumentKind.LETTER, issuer="甲", title="函", body="文", date=None)
    with window.node.step() as step:
        message_id = step.send(letter, (city.address("planning"),))
        step.flush()
        step.tx[Bytes].alter(message_id)
    window.store.close()
    return message_id


def depth(city: ProcessDomain, name: str) -> int | None:
    """How much lies in a member's queues by the broker's figures, which come some seconds late."""
    assert city.info.management_url is not None
    with ManagementClient(city.info.management_url, city.info.url) as management:
        found = [queue.messages for queue in management.queues() if queue.name.startswith(f"{city.address(name)}.")]
    return None if None in found else sum(number or 0 for number in found)


def test_what_was_done_by_hand_is_found_and_named(city: ProcessDomain) -> None:
    city.serve_all()
    one, other, _ = consultations(city, city.submit(3))
    dead = send_what_nobody_there_can_open(city)
    wait_until(lambda: city.decided() == 3, 60, "three decisions")
    wait_until(lambda: city.undelivered() == 1, 60, "all receipts but that of the dead letter")
    # They would send again what is missing, and set it aside again. They end in good order: what a killed one has not
    # acknowledged lies in its queue again, and may be what is missing for all that the broker's figures tell.
    # The window ends first: on a busy machine it repeats the dead letter meanwhile, and that is to be taken in, too.
    for name in sorted(city.names, key=lambda name: name != "window"):
        city.served[name].send_signal(signal.SIGTERM)
        assert city.served[name].wait(60) == 0
        wait_until(lambda: depth(city, "planning") == 0, 60, "the broker's figures")
    before = ledger(city, 0)
    assert before["verdict"] == "balanced"
    issued, _, dispatched = before["laws"]
    assert issued["total"] == 6
    assert dispatched["terms"]["dead"] == 1

    planning = city.address("planning")
    by_hand(city, "planning", "DELETE FROM inbox WHERE message_id = ?", one)
    settled = "UPDATE outbox_copy SET receipt_id = NULL WHERE message_id = ? AND addressee = ?"
    by_hand(city, "window", settled, other, planning)
    by_hand(city, "planning", "DELETE FROM dead_letter WHERE message_id = ?", dead)

    after = ledger(city, 8, "--settle", "0")
    assert faults(after) == {("not-taken", one), ("unproven", other), ("nowhere", dead)}
    assert {one["member"] for one in after["differences"]} == {planning}
    shown = told(city, 8, "--settle", "0")
    assert all(id in shown for id in (one, other, dead))
    assert "signed for, but not in the inbox" in shown
    assert "the books do not balance" in shown
    later = ledger(city, 0, "--since", "2100-01-01", "--no-rows")  # rows without a moment are held whatever they say
    assert later["laws"][1]["total"] == 0, "all this was written before"
    assert ledger(city, 2, "--since", "yesterday")["error"] == "caller"


def test_what_cannot_be_read_is_neither_balanced_nor_unbalanced(city: ProcessDomain) -> None:
    city.submit(1)
    away = {"EXCHANGE_MANAGEMENT_URL": "http://127.0.0.1:1"}
    assert [one["name"] for one in ledger(city, 7, "--settle", "0", **away)["unread"]] == ["broker"]
    assert ledger(city, 7, "--settle", "0", EXCHANGE_BROKER_URL="")["verdict"] == "unknown", "no node of its own runs"
    (city.settings.home / "members" / city.address("planning") / "store.db").unlink()
    found = ledger(city, 6, "--settle", "0")
    assert city.address("planning") in [one["name"] for one in found["unread"]]
    assert found["verdict"] == "unknown"
    assert not (city.settings.home / "members" / city.address("planning") / "store.db").exists(), "nothing is made"
