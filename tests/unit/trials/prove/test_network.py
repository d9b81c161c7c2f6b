"""The network of a fault proof, without one: what each host is told, and frames on their way."""

from __future__ import annotations

import os

import pytest

from exchange.trials.prove.broker import NotAllowed
from exchange.trials.prove.hosts.network import network_of, shared_network, way_line
from exchange.trials.prove.hosts.slow_lane import onward
from exchange.trials.prove.rules.faults import Fault, FaultKind
from exchange.trials.prove.rules.ways import LOST, MEMBERS

LANE, HOST = bytes.fromhex("02005e0002fd"), bytes.fromhex("02005e000202")
HOSTS = {bytes([192, 0, 2, 12]): HOST}
PARTITION = Fault(1, 0.0, FaultKind.PARTITION, "node-1", 5.0)


def frame(to: bytes = LANE, kind: bytes = b"\x08\x00", addressee: int = 12) -> bytes:
    """An Ethernet frame with an IPv4 packet in it, from 192.0.2.11."""
    packet = bytes([0x45, *[0] * 11, 192, 0, 2, 11, 192, 0, 2, addressee]) + b"words"
    return to + bytes.fromhex("02005e000201") + kind + packet


def test_a_frame_goes_on_to_its_host_as_the_lanes_own_and_otherwise_as_it_was() -> None:
    assert onward(frame(), LANE, HOSTS) == HOST + LANE + frame()[12:]


@pytest.mark.parametrize("other", [frame(to=HOST), frame(kind=b"\x86\xdd"), frame(addressee=99), frame()[:33], b""])
def test_what_is_not_meant_for_the_lane_goes_nowhere(other: bytes) -> None:
    assert onward(other, LANE, HOSTS) is None


def test_a_way_is_open_slow_or_lost_by_the_hardware_address_that_its_sender_knows() -> None:
    told = [way_line(1, 2, late) for late in (0.0, 0.2, LOST)]
    assert [line.split()[4] for line in told] == ["02:00:5e:00:02:02", "02:00:5e:00:02:fd", "02:00:5e:00:02:fe"]
    assert all(line.startswith("neighbor replace 192.0.2.12 lladdr ") for line in told)
    assert all(line.endswith(" dev eth0 nud permanent") for line in told)
    assert way_line(MEMBERS, 2, 0.0).endswith(" dev hosts nud permanent")


def test_nobody_but_root_has_hosts_and_a_fault_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with network_of(3) as network:
        assert network.hosts == []
        with pytest.raises(NotAllowed, match="hosts of their own need root"):
            network.strike(PARTITION)
        network.lift(PARTITION)


def test_a_network_that_is_shared_is_named_as_the_reason() -> None:
    with pytest.raises(NotAllowed, match="because"):
        shared_network("because").strike(PARTITION)
