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
from exchange.broker.traffic.keeping_up import TICK
from exchange.clock import monotonic
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
        earliest = one.came.earliest and one.came.earliest.isoformat()
        tell((earliest, one.came.latest.isoformat(), one.backlog or one.redelivered))

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

    def keeps_up() -> bool:
        count = told()
        put(broker.url, "t.a", publications(queue, 1))
        eventually(lambda: told() > count, "a delivery")
        return json.loads(out.read_text().splitlines()[-1])[0] is not None

    out.touch()
    process = subprocess.Popen([sys.executable, "-c", _CONSUMES, broker.url, queue, str(out)])
    try:
        eventually(lambda: told() == 1, "consuming", patience=120)
        eventually(keeps_up, "a delivery that did not wait")
        before = told()
        os.kill(process.pid, signal.SIGSTOP)
        put(broker.url, "t.a", publications(queue, 1, first=1))
        confirmed = datetime.now(UTC)
        threading.Event().wait(1.5)  # how long it stands still is what is tried
        thawed = datetime.now(UTC)
        os.kill(process.pid, signal.SIGCONT)
        eventually(lambda: told() > before, "the one that waited")
    finally:
        process.kill()
        process.wait()
    earliest, latest, waited = json.loads(out.read_text().splitlines()[before])
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
    assert all(one.came is not None and (one.came.earliest or released) <= released for one in found)


def test_what_comes_to_who_keeps_up_came_at_one_moment(broker: NodeInfo, queue: str) -> None:
    taken = Taken()

    def keeps_up() -> bool:
        count = len(taken.all) + 1
        put(broker.url, "t.a", publications(queue, 1))
        came = taken.first(count)[-1].came
        return came is not None and came.earliest == came.latest

    with consuming(broker.url, [queue], taken.take):
        eventually(keeps_up, "a delivery that did not wait")


def test_what_a_handler_has_in_hand_is_not_dealt_with_until_it_is_acknowledged(broker: NodeInfo, queue: str) -> None:
    goes_on = threading.Event()

    def hold(batch: Sequence[Delivery]) -> None:
        assert goes_on.wait(PATIENCE)

    taken = Taken(hold)
    with consuming(broker.url, [queue], taken.take) as consumer:
        eventually(lambda: consumer.state.done_until is not None, "a mark")
        put(broker.url, "t.a", publications(queue, 1))
        confirmed = monotonic()
        eventually(lambda: consumer.busy_since is not None, "the handler's work")
        eventually(lambda: monotonic() - confirmed > 3 * TICK, "some signs of life")
        held = consumer.state.done_until
        goes_on.set()
        eventually(lambda: (consumer.state.done_until or 0.0) > confirmed + 3 * TICK, "the mark")
    assert held is not None
    assert held <= confirmed + TICK


def test_a_queue_that_is_asked_says_by_when_all_was_handed_over(broker: NodeInfo, queue: str) -> None:
    taken = Taken()
    with consuming(broker.url, [queue], taken.take, asked=True) as consumer:
        eventually(lambda: consumer.state.done_until is not None, "an answer")
        mark = consumer.state.done_until
        put(broker.url, "t.a", publications(queue, 3))
        found = taken.first(3)
        eventually(lambda: (consumer.state.done_until or 0.0) > (mark or 0.0), "the next")
    for one in found:
        assert one.came is not None
        assert one.came.earliest is not None
        assert one.came.earliest < one.came.latest
