"""How many connections are kept, whose, and for how long; and which host names are ours."""

from __future__ import annotations

import socket

import pytest

from exchange.machine.connections import BODY, HEAD, Connections, Peer
from exchange.machine.hosts import KnownHosts
from exchange.machine.sources import source_of

STRANGER, OFFICER = "203.0.113.9", "10.1.1.1"


class Door:
    """Connections with a clock that is set, and what was broken off."""

    def __init__(self, most: int = 4, of_one_source: int = 2) -> None:
        self.now, self.ended = 0.0, list[Peer]()
        self.connections = Connections(most, of_one_source, lambda: self.now)

    def come(self, host: str, port: int) -> bool:
        return self.connections.came((host, port), lambda: self.ended.append((host, port)))

    def pass_(self, seconds: float) -> None:
        self.now += seconds
        self.connections.sweep()


def test_a_source_has_so_many_and_its_longest_waiting_one_makes_room() -> None:
    door = Door()
    assert all(door.come(STRANGER, port) for port in (1, 2, 3))
    assert door.ended == [(STRANGER, 1)]
    assert door.come(OFFICER, 1)
    assert len(door.connections) == 3


def test_what_is_at_work_is_not_ended_for_another() -> None:
    door = Door()
    for port in (1, 2):
        door.come(STRANGER, port)
        door.connections.working((STRANGER, port))
    assert not door.come(STRANGER, 3)
    assert door.ended == []
    door.connections.gone((STRANGER, 1))
    assert door.come(STRANGER, 3)


def test_many_sources_together_have_so_many() -> None:
    door = Door(most=2)
    assert all(door.come(f"203.0.113.{number}", 1) for number in range(5))
    assert len(door.ended) == 3
    assert len(door.connections) == 2


def test_a_head_that_does_not_come_ends_the_connection_and_drops_of_it_do_not_prolong_it() -> None:
    door = Door()
    door.come(STRANGER, 1)
    door.pass_(HEAD - 1)
    assert door.ended == []
    door.pass_(1)
    assert door.ended == [(STRANGER, 1)]


def test_a_body_may_take_long_only_while_it_comes() -> None:
    door = Door()
    door.come(STRANGER, 1)
    door.connections.reading((STRANGER, 1))
    for _ in range(50):
        door.pass_(BODY / 2)
        door.connections.reading((STRANGER, 1), 1_000_000)
    assert door.ended == []
    for _ in range(50):
        door.pass_(BODY / 10)
        door.connections.reading((STRANGER, 1), 10)
    assert door.ended == [(STRANGER, 1)]


def test_an_answer_may_take_its_time_and_the_next_head_may_not() -> None:
    door = Door()
    door.come(OFFICER, 1)
    door.connections.working((OFFICER, 1))
    door.pass_(100 * HEAD)
    assert door.ended == []
    door.connections.waiting((OFFICER, 1))
    door.pass_(HEAD)
    assert door.ended == [(OFFICER, 1)]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8::1", "2001:db8::2", True),
        ("2001:db8:0:1::1", "2001:db8::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("fe80::1%eth0", "fe80::2", True),
        ("::1", "::2", False),
        ("testclient", "testclient", True),
    ],
)
def test_a_source_of_ipv6_is_a_subscribers_network(one: str, other: str, same: bool) -> None:
    assert (source_of(one) == source_of(other)) == same


@pytest.mark.parametrize(
    "host",
    ["localhost", "LOCALHOST:8480", "localhost.", "127.0.0.1:1", "[::1]:8480", "192.0.2.7", "console.example.org:443",
     "a.gov.example", socket.gethostname(), ""],
)  # fmt: skip
def test_own_names_and_addresses_are_known(host: str) -> None:
    assert KnownHosts(["console.example.org", "*.gov.example"]).knows(host)


@pytest.mark.parametrize(
    "host",
    ["evil.example", "localhost.evil.example", "console.example.org.evil.example", "gov.example", "a.b.gov.example",
     "127.0.0.1.nip.example", "localhost:8480@evil.example", "localhost evil", "[::1", "evil.example#localhost"],
)  # fmt: skip
def test_others_are_not(host: str) -> None:
    assert not KnownHosts(["console.example.org", "*.gov.example"]).knows(host)
