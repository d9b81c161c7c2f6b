"""The network of a run: a host for the members and one for each node, each a network namespace, on one bridge.

Every host knows the hardware address of every other for good. A way is cut by an address that nobody has, and slowed
down by that of the slow lane, which lets frames wait before they go on: each way by itself, and nobody is told.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress

from exchange.broker.private.hosts import NodeHost
from exchange.trials.prove.broker import NotAllowed
from exchange.trials.prove.hosts.namespaces import HeldNetwork, own_network, tell
from exchange.trials.prove.hosts.slow_lane import SlowLane
from exchange.trials.prove.rules.faults import Fault
from exchange.trials.prove.rules.ways import LOST, MEMBERS, Way, all_ways

_BRIDGE, _LANE = "hosts", "slow"
_NOBODY, _SLOW = 254, 253
"""Last octets of hardware addresses: that of nobody, and that of the slow lane."""


def address_of_host(number: int) -> str:
    """Return the IPv4 address of a host; no other network sees it."""
    return f"192.0.2.{10 + number}"


def hardware(number: int) -> str:
    """Return a hardware address that is given by hand."""
    return f"02:00:5e:00:02:{number:02x}"


class Network:
    """Hosts for so many nodes, as far as this machine lets there be some. ``why``: why there are none."""

    def __init__(self, hosts: Mapping[int, HeldNetwork], lane: SlowLane | None, why: str = "") -> None:
        self.why = why
        self._hosts = hosts
        self._lane = lane
        self._standing: list[Fault] = []
        self._ways: Mapping[Way, float] = {}

    @property
    def hosts(self) -> Sequence[NodeHost]:
        """The nodes' hosts, the first node's first."""
        return [NodeHost(f"host-{n}", address_of_host(n), held.path) for n, held in sorted(self._hosts.items())]

    def strike(self, fault: Fault) -> None:
        """Cut or slow down the ways that it strikes. Raises NotAllowed."""
        if self.why:
            raise NotAllowed(self.why)
        if self._lane is None and any(late != LOST for late in all_ways([fault], len(self._hosts)).values()):
            raise NotAllowed("packets cannot be delayed here: there is no /dev/net/tun")
        self._standing.append(fault)
        try:
            self._set()
        except OSError as error:
            with suppress(OSError):
                self.lift(fault)
            raise NotAllowed(error.strerror or str(error)) from error

    def lift(self, fault: Fault) -> None:
        """Take it back."""
        if fault in self._standing:
            self._standing.remove(fault)
            self._set()

    def _set(self) -> None:
        ways = all_ways(self._standing, len(self._hosts))
        if self._lane is not None:
            slow = {source: late for (source, _), late in ways.items() if late != LOST}
            self._lane.wait({socket.inet_aton(address_of_host(source)): late for source, late in slow.items()})
        before, self._ways = self._ways, ways
        for source in (MEMBERS, *self._hosts):
            lines = [
                way_line(source, to, ways.get((source, to), 0.0))
                for to in (MEMBERS, *self._hosts)
                if to != source and ways.get((source, to)) != before.get((source, to))
            ]
            if lines:
                tell(lines, self._hosts.get(source))


def way_line(source: int, to: int, late: float) -> str:
    """Return what ip is told at the host ``source`` for its packets to ``to`` to be late, lost or neither."""
    device = _BRIDGE if source == MEMBERS else "eth0"
    place = hardware(_NOBODY if late == LOST else _SLOW if late else to)
    return f"neighbor replace {address_of_host(to)} lladdr {place} dev {device} nud permanent"


@contextmanager
def network_of(nodes: int) -> Iterator[Network]:
    """Make hosts for so many nodes, and this thread's network that of the members, until it is left.

    Where that cannot be, all stays as it is, and no way can be struck.
    """
    with ExitStack() as stack:
        network = _made(nodes, stack) if os.geteuid() == 0 else shared_network("hosts of their own need root")
        yield network


def shared_network(why: str) -> Network:
    """Return the network that all nodes share with this machine."""
    return Network({}, None, why)


def _made(nodes: int, stack: ExitStack) -> Network:
    try:
        with ExitStack() as so_far:
            so_far.enter_context(own_network())
            hosts = {}
            for number in range(1, nodes + 1):
                hosts[number] = HeldNetwork.make()
                so_far.callback(hosts[number].close)
            _connect(hosts)
            lane = _lane(nodes)
            if lane is not None:
                so_far.callback(lane.close)
            stack.push(so_far.pop_all())
    except OSError as error:
        return shared_network(f"no hosts of their own: {error.strerror or error}")
    return Network(hosts, lane)


def _connect(hosts: Mapping[int, HeldNetwork]) -> None:
    """Sets up the bridge, whose own end is the members' host, and a cable to each of the others."""
    cables = [
        line
        for number, held in hosts.items()
        for line in (
            f"link add port{number} type veth peer name eth0 netns {held.holder.pid}",
            f"link set port{number} master {_BRIDGE} up",
        )
    ]
    bridge = f"link add {_BRIDGE} address {hardware(MEMBERS)} type bridge"
    tell([bridge, *cables, *_up(_BRIDGE, MEMBERS, len(hosts))])
    for number, held in hosts.items():
        tell([f"link set eth0 address {hardware(number)}", *_up("eth0", number, len(hosts))], held)


def _up(device: str, number: int, nodes: int) -> list[str]:
    others = [to for to in range(nodes + 1) if to != number]
    return [
        "link set lo up", f"link set {device} up", f"address add {address_of_host(number)}/24 dev {device}",
        *(way_line(number, to, 0.0) for to in others),
    ]  # fmt: skip


def _lane(nodes: int) -> SlowLane | None:
    every = range(nodes + 1)
    known = {socket.inet_aton(address_of_host(n)): _octets(hardware(n)) for n in every}
    with suppress(OSError):
        lane = SlowLane(_LANE, _octets(hardware(_SLOW)), known)
        try:
            tell([f"link set {_LANE} master {_BRIDGE} up"])
        except OSError:
            lane.close()
            raise
        return lane
    return None


def _octets(hardware_address: str) -> bytes:
    return bytes.fromhex(hardware_address.replace(":", ""))
