"""Hosts of a fault proof with real network namespaces: who reaches whom, how late, and that nothing is left behind."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from exchange.clock import monotonic
from exchange.trials.prove.broker import NotAllowed
from exchange.trials.prove.hosts import network as networks
from exchange.trials.prove.hosts.network import Network, address_of_host, network_of
from exchange.trials.prove.rules.faults import Fault, FaultKind

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="root alone makes network namespaces")

HOSTS = 3
"""Of nodes; 0 is the members'."""
PATIENCE = 1.0
"""Seconds after which a packet is lost."""
ASK = f"""
import socket, sys
from concurrent.futures import ThreadPoolExecutor

def ask(address):
    with socket.socket() as one:
        one.settimeout({PATIENCE})
        try:
            one.connect((address, 9))
        except ConnectionRefusedError:  # nobody listens: it was reached and has said so
            print(address + chr(10), end="")
        except TimeoutError:
            pass

with ThreadPoolExecutor() as pool:
    list(pool.map(ask, sys.argv[1:]))
"""


@pytest.fixture
def network() -> Iterator[Network]:
    with network_of(HOSTS) as made:
        if made.why:
            pytest.skip(made.why)
        yield made


def reached(network: Network, source: int) -> set[int]:
    """The hosts with which one can speak."""
    others = {address_of_host(number): number for number in range(HOSTS + 1) if number != source}
    enter = network.hosts[source - 1].enter if source else ()
    done = subprocess.run([*enter, sys.executable, "-c", ASK, *others], capture_output=True, text=True, check=True)
    return {others[line] for line in done.stdout.split()}


def fault(kind: FaultKind, amount: float = 0.0) -> Fault:
    return Fault(1, 0.0, kind, "node-1", 5.0, amount)


def network_now() -> str:
    return os.readlink("/proc/thread-self/ns/net")


@pytest.mark.parametrize(
    ("kind", "members", "first", "second"),
    [
        (FaultKind.PARTITION, {1, 2, 3}, {0}, {0, 3}),
        (FaultKind.ONE_WAY, {1, 2, 3}, {0}, {0, 3}),
        (FaultKind.CUT_OFF, {2, 3}, set(), {0, 3}),
    ],
)
def test_a_node_is_parted_from_whom_the_fault_says_and_all_is_whole_again_after_it(
    network: Network, kind: FaultKind, members: set[int], first: set[int], second: set[int]
) -> None:
    assert reached(network, 0) == {1, 2, 3}
    network.strike(fault(kind))
    assert [reached(network, source) for source in (0, 1, 2)] == [members, first, second]
    network.lift(fault(kind))
    assert [reached(network, source) for source in (0, 1, 2)] == [{1, 2, 3}, {0, 2, 3}, {0, 1, 3}]


def listener(network: Network, host: int) -> subprocess.Popen[str]:
    """Prints what comes by UDP, one word a line."""
    code = (
        f"import socket; one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); one.bind(('{address_of_host(host)}', "
        "9)); print('ready', flush=True)\nwhile True: print(one.recv(99).decode(), flush=True)"
    )
    command = [*network.hosts[host - 1].enter, sys.executable, "-c", code]
    heard = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert heard.stdout is not None
    assert heard.stdout.readline() == "ready\n"
    return heard


def send(network: Network, source: int, to: int, word: str) -> None:
    place = (address_of_host(to), 9)
    code = f"import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'{word}', {place})"
    subprocess.run([*network.hosts[source - 1].enter, sys.executable, "-c", code], check=True)


def test_a_one_way_partition_loses_what_the_node_says_and_nothing_that_it_is_told(network: Network) -> None:
    with listener(network, 1) as first, listener(network, 2) as second:
        assert first.stdout is not None
        assert second.stdout is not None
        network.strike(fault(FaultKind.ONE_WAY))
        send(network, 1, 2, "lost")
        send(network, 2, 1, "heard")
        assert first.stdout.readline() == "heard\n"
        network.lift(fault(FaultKind.ONE_WAY))
        send(network, 1, 2, "after")
        assert second.stdout.readline() == "after\n"
        first.kill()
        second.kill()


@pytest.mark.skipif(not Path("/dev/net/tun").exists(), reason="packets wait in a device of its own")
def test_packets_of_a_slow_node_are_late_whole_and_in_their_order(network: Network) -> None:
    late, much = 0.2, 2_000_000
    take = (
        f"import socket; server = socket.create_server(('{address_of_host(2)}', 9)); print('ready', flush=True)\n"
        "one, _ = server.accept(); print(len(b''.join(iter(lambda: one.recv(65536), b''))), flush=True)"
    )
    give = (
        f"import socket, sys; one = socket.create_connection(('{address_of_host(2)}', 9))\n"
        f"one.sendall(b'x' * {much}); one.shutdown(socket.SHUT_WR); one.recv(1)"
    )
    network.strike(fault(FaultKind.DELAY, late))
    taker = subprocess.Popen([*network.hosts[1].enter, sys.executable, "-c", take], stdout=subprocess.PIPE, text=True)
    assert taker.stdout is not None
    assert taker.stdout.readline() == "ready\n"
    began = monotonic()
    subprocess.run([*network.hosts[0].enter, sys.executable, "-c", give], check=True)
    assert monotonic() - began > 2 * late, "the handshake is late, and so is what comes after it"
    assert taker.communicate()[0] == f"{much}\n"


def test_nothing_is_left_of_the_hosts_and_this_thread_is_where_it_was() -> None:
    before = network_now()
    with network_of(HOSTS) as made:
        if made.why:
            pytest.skip(made.why)
        networks_then = {network_now(), *(os.readlink(host.network) for host in made.hosts)}
        paths = [host.network for host in made.hosts]
        assert len(networks_then | {before}) == HOSTS + 2
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(network_now).result() == network_now(), "what is started meanwhile is where this is"
    assert network_now() == before
    assert not any(os.path.exists(path) for path in paths)


HOLD = """
import sys
from exchange.trials.prove.hosts.network import network_of
with network_of(3) as made:
    print(made.why or " ".join(host.network.split("/")[2] for host in made.hosts), flush=True)
    sys.stdin.read()
"""


def test_the_hosts_of_a_prover_that_is_killed_are_gone_with_it() -> None:
    prover = subprocess.Popen([sys.executable, "-c", HOLD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert prover.stdout is not None
    told = prover.stdout.readline().split()
    if len(told) != HOSTS or not all(word.isdecimal() for word in told):
        prover.communicate()
        pytest.skip(" ".join(told))
    holders = [psutil.Process(int(word)) for word in told]
    prover.kill()
    prover.communicate()
    _, alive = psutil.wait_procs(holders, 10)
    assert alive == []


def test_where_they_cannot_be_made_nothing_changes_and_the_fault_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(networks, "_BRIDGE", "a-name-that-is-longer-than-interfaces-may-have")
    before = network_now()
    with network_of(HOSTS) as made:
        assert (network_now(), made.hosts) == (before, [])
        with pytest.raises(NotAllowed, match="no hosts of their own: ip: "):
            made.strike(fault(FaultKind.PARTITION))
