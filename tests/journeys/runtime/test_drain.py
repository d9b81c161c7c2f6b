"""A member is drained under traffic: nothing is lost, nothing doubled, and nobody starts it before the release."""

from __future__ import annotations

import json
import socket
import sys

import pytest

from exchange.healthcheck import asked
from exchange.runtime.draining import DRAINED_EXIT, is_drained
from exchange.runtime.supervision.supervise import Supervisor
from tests.faults.runtime.test_killed_processes import assert_all_came_out_once
from tests.journeys.city import wait_until
from tests.processes import ProcessDomain, run

pytestmark = pytest.mark.broker


def test_a_member_drained_under_traffic_loses_and_doubles_nothing(city: ProcessDomain) -> None:
    city.serve_all()
    numbers = city.submit(8)
    wait_until(lambda: city.decided() >= 1, 60, "traffic")
    planning = city.address("planning")

    left = json.loads(run(city, "drain", planning, "--reason", "a new machine", "--json").stdout)

    assert left["ended"]
    assert (left["unsent"], left["at_rest"]) == (0, 0)
    assert city.served["planning"].wait(30) == DRAINED_EXIT
    numbers += city.submit(4)
    assert city.serve("planning").wait(60) == DRAINED_EXIT, "nobody serves it before the release"
    assert "a new machine" in run(city, "holds").stdout

    run(city, "release", planning)
    city.serve("planning")

    wait_until(lambda: city.decided() == len(numbers), 90, "all decisions")
    wait_until(lambda: city.undelivered() == 0, 90, "all receipts")
    assert_all_came_out_once(city, numbers)
    logs = {one["member"]: one for one in json.loads(run(city, "log", "--check", "--json").stdout)}
    assert {name: one["broken"] for name, one in logs.items()} == dict.fromkeys(logs)
    assert all(one["checked"] or not one["unsealed"] for one in logs.values()), "each has sealed its journal meanwhile"
    assert logs[planning]["head_count"] >= 2, "one when it was drained, and one when it was served again"


def test_a_drained_member_whose_starter_knows_nothing_of_that_stays_until_the_release(city: ProcessDomain) -> None:
    planning = city.address("planning")
    run(city, "drain", planning, "--reason", "a new machine")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    serve = [sys.executable, "-m", "exchange", "serve", planning, "--stay"]
    process = city.serve("planning", ["env", f"EXCHANGE_METRICS={port}", *serve])

    url = f"http://127.0.0.1:{port}"
    wait_until(lambda: not asked(f"{url}/healthz"), 60, "its answer that nothing is to be restarted")
    assert "503" in asked(f"{url}/readyz")
    assert process.poll() is None

    run(city, "release", planning)
    assert process.wait(30) == 0


def test_a_supervisor_starts_a_drained_member_only_when_it_is_released(city: ProcessDomain) -> None:
    planning, said = city.address("planning"), []
    run(city, "drain", planning, "--reason", "a new machine")
    supervisor = Supervisor(said.append, {}, is_drained=is_drained(city.settings))
    supervisor.add(planning, [sys.executable, "-c", f"raise SystemExit({DRAINED_EXIT})"], city.root / "child.log")
    supervisor.start()
    child = supervisor.children[planning]
    wait_until(lambda: not child.alive, what="its end")
    supervisor.watch_once()
    assert child.drained
    child.again_at = 0.0  # the time for another look has come
    supervisor.watch_once()
    assert child.restarts == 0

    run(city, "release", planning)
    child.again_at = 0.0
    supervisor.watch_once()

    assert child.restarts == 1
    supervisor.shut_down()
    assert "release" in said[0]


def test_hold_and_release_say_what_they_do_and_refuse_what_may_not_rest(city: ProcessDomain) -> None:
    transport = city.address("transport")
    [number] = city.submit(1)
    held = json.loads(run(city, "hold", transport, "--reason", "its office moves", "--json").stdout)
    assert [(one["case"], one["danger"]) for one in held["endangers"]] == [(number, "not-asked")]
    again = json.loads(run(city, "hold", transport, "--reason", "again", "--json").stdout)
    assert again["id"] == held["id"], "it stands already"
    assert "its office moves" in run(city, "holds").stdout
    assert "never rest" in run(city, "hold", "opinion", "--reason", "why", code=2).stderr
    assert "neither a member nor a kind" in run(city, "hold", "nobody", "--reason", "why", code=3).stderr
    assert "needs a reason" in run(city, "hold", transport, "--reason", " ", code=2).stderr
    assert json.loads(run(city, "release", transport, "--json").stdout) == {"released": [held["id"]]}
    assert "nothing is held" in run(city, "release", transport, code=3).stderr
    assert json.loads(run(city, "holds", "--json").stdout) == {"holds": [], "drained": [], "away": []}
