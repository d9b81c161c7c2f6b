"""A process that was stopped does not take for new what had come while it stood still."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from exchange.broker.admin.node_info import NodeInfo
from exchange.messaging.ports import Delivery
from tests.contract.traffic import PATIENCE, Taken, consuming, eventually, publications, put

pytestmark = pytest.mark.broker

_CONSUMES = """
import json, sys, threading
from exchange.broker.traffic.consumer import BatchConsumer
from exchange.broker.traffic.lane import ConsumedQueue

out = open(sys.argv[3], "w")

def tell(what):
    print(json.dumps(what), file=out, flush=True)

def take(batch):
    for one in batch:
        told = one.came.earliest.isoformat(), one.came.latest.isoformat(), one.backlog or one.redelivered
        tell(told)

BatchConsumer(sys.argv[1], [ConsumedQueue(sys.argv[2])], take, name="t.b").start()
tell("consuming")
threading.Event().wait()
"""


@pytest.fixture
def queue(provisioned: Callable[..., None], domain: str) -> str:
    provisioned([f"{domain}.b"])
    return f"{domain}.b.inbox"


def test_what_came_to_a_stopped_process_is_dated_from_before_it_came(
    broker: NodeInfo, queue: str, tmp_path: Path
) -> None:
    out = tmp_path / "out"

    def told() -> int:
        return len(out.read_text().splitlines())

    out.touch()
    process = subprocess.Popen([sys.executable, "-c", _CONSUMES, broker.url, queue, str(out)])
    try:
        eventually(lambda: told() == 1, "consuming", patience=120)
        put(broker.url, "t.a", publications(queue, 1))
        eventually(lambda: told() == 2, "the first delivery")
        os.kill(process.pid, signal.SIGSTOP)
        put(broker.url, "t.a", publications(queue, 1, first=1))
        confirmed = datetime.now(UTC)
        threading.Event().wait(1.5)  # how long it stands still is what is tried
        thawed = datetime.now(UTC)
        os.kill(process.pid, signal.SIGCONT)
        eventually(lambda: told() == 3, "the second delivery")
    finally:
        process.kill()
        process.wait()
    earliest, latest, waited = json.loads(out.read_text().splitlines()[2])
    assert not waited, "the broker does not tell that it waited"
    assert datetime.fromisoformat(earliest) <= confirmed < thawed <= datetime.fromisoformat(latest)


def test_what_waits_while_a_handler_has_its_hands_full_is_not_dated_from_when_they_were_free(
    broker: NodeInfo, queue: str
) -> None:
    goes_on = threading.Event()

    def hold(batch: Sequence[Delivery]) -> None:
        assert goes_on.wait(PATIENCE)

    taken = Taken(hold)
    with consuming(broker.url, [queue], taken.take, prefetch=2, max_batch=1):
        put(broker.url, "t.a", publications(queue, 4))
        threading.Event().wait(1.0)  # how long it takes is what is tried
        released = datetime.now(UTC)
        goes_on.set()
        found = taken.first(4)
    assert not any(one.backlog or one.redelivered for one in found)
    assert all(one.came is not None and one.came.earliest <= released for one in found)


def test_what_comes_to_who_keeps_up_came_at_one_moment(broker: NodeInfo, queue: str) -> None:
    taken = Taken()

    def keeps_up() -> bool:
        count = len(taken.all) + 1
        put(broker.url, "t.a", publications(queue, 1))
        came = taken.first(count)[-1].came
        return came is not None and came.earliest == came.latest

    with consuming(broker.url, [queue], taken.take):
        eventually(keeps_up, "a delivery that did not wait")
