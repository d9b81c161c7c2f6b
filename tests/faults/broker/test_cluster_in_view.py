"""What doctor and snapshot tell of a cluster whose nodes are frozen or killed: in bounded time, and of which node."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from exchange.broker.private.broker import PrivateBroker
from exchange.clock import monotonic
from exchange.machine.urls import each_host
from exchange.operations.domain_view import DomainView
from exchange.operations.health.checkups import nodes
from exchange.operations.health.checkups.doctor import examine
from exchange.operations.health.snapshot import Snapshot
from exchange.operations.health.snapshots import SnapshotTaker
from exchange.operations.troubles.kinds import AlertKind
from exchange.operations.troubles.lights import Light, SystemPart
from tests.contract.traffic import eventually
from tests.faults.broker.flow import find_back
from tests.processes import ProcessDomain

pytestmark = [pytest.mark.broker, pytest.mark.drill]

BOUND = 40.0
"""Seconds for the doctor, which has about thirteen, on a machine that has much else to do; likewise for a snapshot."""


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ProcessDomain, PrivateBroker]]:
    broker = PrivateBroker(tmp_path_factory.mktemp("cluster") / "node", 3)
    info = broker.start(print)
    with ProcessDomain(tmp_path_factory.mktemp("city"), "inview", info) as city:
        yield city, broker
    broker.stop()


def looked(city: ProcessDomain) -> tuple[list[str], Snapshot]:
    """What the doctor says of the cluster, and a snapshot; each within its bound."""
    began = monotonic()
    found = examine(city.settings)
    assert monotonic() - began < BOUND
    said = [one.finding for one in found if one.check == nodes.CHECK]
    began = monotonic()
    with DomainView(city.settings) as view, closing(SnapshotTaker(view)) as taker:
        snapshot = taker.take()
    assert monotonic() - began < BOUND
    return said, snapshot


def signs_of(snapshot: Snapshot) -> dict[str, Light]:
    """The lights of the broker's nodes."""
    return {sign.subject: sign.light for sign in snapshot.signs if sign.part is SystemPart.BROKER}


def test_a_frozen_node_is_named_by_doctor_and_snapshot_while_the_others_wait_for_it(
    city: tuple[ProcessDomain, PrivateBroker],
) -> None:
    domain, broker = city
    find_back(broker)
    frozen = broker.nodes[0]  # the first of the hosts: who asks in their order comes to it first
    frozen.kill(signal.SIGSTOP)
    try:
        states = {one.name: one for one in broker.states()}
        assert not states[frozen.seat.name].answers
        assert all(one.answers for name, one in states.items() if name != frozen.seat.name)
        said, snapshot = looked(domain)
        assert any("do not answer" in one or "do not run" in one for one in said), said
        assert any(frozen.seat.name in one for one in said), said
        lights = signs_of(snapshot)
        host = each_host(str(domain.info.management_url))[0].rpartition("@")[2].rpartition("/")[2]
        assert Light.BAD in (lights.get(frozen.seat.name), lights.get(host)), lights
        assert list(lights.values()).count(Light.GOOD) == 2, lights
        kinds = {alert.kind for alert in snapshot.standing.alerts}
        assert AlertKind.BROKER_AWAY not in kinds
        assert AlertKind.BROKER_ALARM in kinds
    finally:
        frozen.kill(signal.SIGCONT)
    find_back(broker)


def test_a_killed_node_is_named_and_with_another_frozen_both_answers_come_in_time(
    city: tuple[ProcessDomain, PrivateBroker], tmp_path: Path
) -> None:
    domain, broker = city
    find_back(broker)
    killed, frozen = broker.nodes[1], broker.nodes[2]
    killed.kill()
    killed.await_end()

    def told() -> bool:
        said, snapshot = looked(domain)
        seen = signs_of(snapshot).get(killed.seat.name)
        return f"nodes that do not run: {killed.seat.name}" in said and seen is Light.BAD

    eventually(told, "the others' word that it does not run", 120)
    frozen.kill(signal.SIGSTOP)
    try:
        said, snapshot = looked(domain)
        assert snapshot.light is Light.BAD
        assert said == [] or any(killed.seat.name in one or frozen.seat.name in one for one in said)
    finally:
        frozen.kill(signal.SIGCONT)
    killed.start(print)
    find_back(broker)
