"""Relay offices hand directories on until everybody knows everybody; what is not true is neither stored nor told."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from exchange.clock import SteppedClock
from exchange.envelope import envelope_for, peek
from exchange.levels.spread import AGAIN
from exchange.messaging.arrival import OwnTime
from exchange.messaging.inbox import Inbox
from exchange.messaging.node import Node
from exchange.messaging.outbox import Outbox
from exchange.messaging.ports import Delivery
from exchange.messaging.receive import Receiver
from exchange.messaging.records import OutboxState
from exchange.runtime.home import open_member
from exchange.runtime.profile_work import open_work
from exchange.schemas import DirectoryUpdate, OfferedDirectory
from exchange.setup.certify import certify
from tests.journeys.city import MONDAY
from tests.journeys.folders import Domain, add


class Relay:
    """A domain's relay office on its real database, without a broker between."""

    def __init__(self, domain: Domain) -> None:
        self.domain = domain
        self.address = f"{domain.name}.relay"
        opened = open_member(domain.settings, self.address)
        self.node: Node = opened.node
        work = open_work(opened.profile, opened.take)
        self.rounds = work.rounds
        self.receiver = Receiver(self.node, work.handlers, OwnTime(MONDAY, self.node.clock))

    def look(self) -> list[tuple[str, bytes]]:
        """One round of its periodic work, and what there is to go out, by addressee."""
        self.node.renew()
        for round_ in self.rounds.values():
            round_(self.node)
        now = self.node.clock.now()
        with self.node.store.transaction() as tx:
            parcels = tx[Outbox].due(now, 100, ())
            tx[Outbox].mark_sent([one.id for one in parcels], now, now + timedelta(days=300))
        return [(one.addressee, envelope_for(one.common, one.recipient)) for one in parcels]

    def receive(self, data: bytes) -> None:
        """Takes one envelope."""
        self.receiver.on_batch([Delivery(f"{self.address}.inbox", data, None, None, {}, False, None, False)])

    def refused(self) -> list[str]:
        """Reasons of its dead letters."""
        with self.node.store.reading() as tx:
            return [letter.reason for letter in tx[Inbox].dead_letters()]

    def returned(self) -> int:
        """How many of its messages came back."""
        with self.node.store.reading() as tx:
            return tx[Outbox].counts().get(OutboxState.RETURNED, 0)


class Tree:
    """Domains whose relay offices write to each other."""

    def __init__(self, *domains: Domain) -> None:
        self.relays = {f"{one.name}.relay": Relay(one) for one in domains}
        self.carried: list[tuple[str, str, str]] = []

    def settle(self, newest_first: bool = False) -> None:
        """Carries everything there is to carry until there is nothing."""
        waiting: deque[tuple[str, bytes]] = deque()
        for _ in range(200):
            for relay in self.relays.values():
                waiting.extend(relay.look())
            if not waiting:
                return
            to, data = waiting.pop() if newest_first else waiting.popleft()
            header = peek(data)
            self.carried.append((header.kind, header.sender, to))
            self.relays[to].receive(data)
        raise AssertionError("it does not come to an end")

    def updates(self) -> list[tuple[str, str]]:
        """Who has told whom."""
        return [(sender, to) for kind, sender, to in self.carried if kind == DirectoryUpdate.KIND]


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock(MONDAY)


def offered(data: bytes, domain: str, version: int) -> OfferedDirectory:
    return OfferedDirectory(domain=domain, version=version, digest=hashlib.sha256(data).hexdigest())


def send(relay: Relay, to: str, papers: Sequence[tuple[bytes, str, int]]) -> None:
    update = DirectoryUpdate(directories=tuple(offered(*paper) for paper in papers))
    with relay.node.step() as step:
        step.send(update, (to,), enclosures=[data for data, _, _ in papers])


def family(root: Path, clock: SteppedClock, *names: str) -> dict[str, Domain]:
    domains = {name: Domain(root, name, clock) for name in names}
    for name, lower in domains.items():
        if (upper := domains.get(name.rpartition(".")[0])) is not None:
            add(upper, lower)
    return domains


@pytest.mark.parametrize("newest_first", [False, True])
def test_in_the_end_everybody_knows_everybody_and_it_ends(
    tmp_path: Path, clock: SteppedClock, newest_first: bool
) -> None:
    domains = family(tmp_path, clock, "a", "a.b", "a.d", "a.b.c")
    tree = Tree(*domains.values())
    tree.settle(newest_first)
    everybody = dict.fromkeys(sorted(domains), "current")
    assert {name: one.states() for name, one in domains.items()} == dict.fromkeys(domains, everybody)
    neighbours = {("a.relay", "a.b.relay"), ("a.relay", "a.d.relay"), ("a.b.relay", "a.b.c.relay")}
    assert {tuple(sorted(pair)) for pair in tree.updates()} == {tuple(sorted(pair)) for pair in neighbours}
    assert [relay.refused() for relay in tree.relays.values()] == [[]] * 4


def test_a_county_added_two_levels_down_becomes_known_to_all_and_only_what_is_new_is_told(
    tmp_path: Path, clock: SteppedClock
) -> None:
    domains = family(tmp_path, clock, "a", "a.b", "a.d")
    tree = Tree(*domains.values())
    tree.settle()
    tree.carried.clear()
    tree.settle()
    assert tree.updates() == []

    county = domains["a.b.n"] = Domain(tmp_path, "a.b.n", clock)
    add(domains["a.b"], county)
    tree.relays["a.b.n.relay"] = Relay(county)
    tree.settle()
    assert all(set(one.states()) == {"a", "a.b", "a.b.n", "a.d"} for one in domains.values())
    assert ("a.d.relay", "a.relay") not in tree.updates(), "never back to where it came from"
    assert domains["a.d"].view.member("a.b.n.planning").address == "a.b.n.planning"


def test_a_rotation_at_the_bottom_reaches_the_other_branch(tmp_path: Path, clock: SteppedClock) -> None:
    domains = family(tmp_path, clock, "a", "a.b", "a.d")
    tree = Tree(*domains.values())
    tree.settle()
    certify(domains["a.b"].settings, "a.b.planning", domains["a.b"].say)
    tree.settle()
    assert domains["a.d"].view.of("a.b").directory == domains["a.b"].directory


def test_a_neighbour_that_has_lost_everything_is_told_again_after_a_while(tmp_path: Path, clock: SteppedClock) -> None:
    domains = family(tmp_path, clock, "a", "a.b", "a.d")
    tree = Tree(*domains.values())
    tree.settle()
    (domains["a.d"].home.tree / "a.b.cose").unlink()
    assert domains["a.d"].states()["a.b"] == "missing"
    tree.settle()
    clock.step_to(MONDAY + AGAIN)
    tree.settle()
    assert domains["a.d"].states()["a.b"] == "current"


def test_what_does_not_hold_is_returned_and_not_stored_and_what_holds_beside_it_is(
    tmp_path: Path, clock: SteppedClock
) -> None:
    domains = family(tmp_path, clock, "a", "a.b", "a.d")
    tree = Tree(*domains.values())
    tree.settle()
    old = domains["a.b"].home.directory.read_bytes()
    certify(domains["a.b"].settings, "a.b.planning", domains["a.b"].say)
    new, forged = domains["a.b"].home.directory.read_bytes(), bytearray(old)
    forged[-1] ^= 1
    lower, upper = tree.relays["a.b.relay"], tree.relays["a.relay"]
    lower.rounds = {}

    send(lower, "a.relay", [(bytes(forged), "a.b", 3), (new, "a.b", 4)])
    tree.settle()
    assert domains["a"].view.of("a.b").version == 4
    send(lower, "a.relay", [(old, "a.b", 3)])
    tree.settle()
    assert domains["a"].view.of("a.b").version == 4
    assert lower.returned() == 1, "the mixed one was taken for what held in it"
    assert upper.refused() == []


def test_an_update_from_one_that_is_no_neighbour_is_returned(tmp_path: Path, clock: SteppedClock) -> None:
    domains = family(tmp_path, clock, "a", "a.b", "a.d")
    tree = Tree(*domains.values())
    tree.settle()
    data = domains["a.b"].home.directory.read_bytes()
    sibling = tree.relays["a.b.relay"]
    send(sibling, "a.d.relay", [(data, "a.b", 3)])
    tree.settle()
    assert sibling.returned() == 1
