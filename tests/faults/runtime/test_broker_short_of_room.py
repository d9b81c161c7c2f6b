"""A broker without memory, or without room on its disk, holds its publishers: doors stop, and go on afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from exchange.broker.private.control import control
from exchange.broker.private.node import PrivateNode
from exchange.broker.private.node_files import NodeFolder
from exchange.errors import IntakeStopped
from exchange.messaging.rules.intake import Stopped
from tests.journeys.city import wait_until
from tests.processes import ProcessDomain

pytestmark = [pytest.mark.broker, pytest.mark.drill]

_ALARMS = {
    "memory": (("set_vm_memory_high_watermark", "0.000001"), ("set_vm_memory_high_watermark", "0.6")),
    "disk": (("set_disk_free_limit", "900000GB"), ("set_disk_free_limit", "1MB")),
}


@pytest.fixture
def node(tmp_path: Path) -> Iterator[PrivateNode]:
    node = PrivateNode(tmp_path / "node")
    node.start(print)
    yield node
    node.stop()


@pytest.fixture
def city(tmp_path: Path, node: PrivateNode, domain: str) -> Iterator[ProcessDomain]:
    assert node.info is not None
    with ProcessDomain(tmp_path, domain, node.info) as city:
        yield city


def stopped(city: ProcessDomain) -> Stopped | None:
    opened = city.open("window")
    assert opened.intake is not None
    try:
        return opened.intake.stopped()
    finally:
        opened.store.close()


def test_while_the_broker_holds_what_is_published_no_new_business_is_taken_and_nothing_is_lost(
    city: ProcessDomain, tmp_path: Path
) -> None:
    folder, cases = NodeFolder(tmp_path / "node"), 1
    city.serve_all()
    city.submit(1)
    wait_until(lambda: city.decided() == 1, 120, "a decision", every=0.5)
    for alarm, (raised, over) in _ALARMS.items():
        control(folder, "rabbitmqctl", *raised)
        city.submit(2)  # the door cannot know it yet; the window's process finds out by this
        wait_until(lambda: stopped(city) is Stopped.BROKER, 60, f"the door closed for want of {alarm}", every=0.5)
        assert city.decided() == cases
        with pytest.raises(IntakeStopped):
            city.submit(1)
        control(folder, "rabbitmqctl", *over)
        wait_until(lambda: stopped(city) is None, 60, "the door open again", every=0.5)
        city.submit(1)
        cases += 3
        wait_until(lambda: city.decided() == cases, 120, "all decisions", every=0.5)  # noqa: B023
    wait_until(lambda: city.undelivered() == 0, 120, "all receipts", every=0.5)
    assert all(process.poll() is None for process in city.served.values()), "no process has died of it"
