"""Members whose log cannot be written, or of which a part ends: no process lives on without doing its work."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from exchange.broker.admin.node_info import NodeInfo
from exchange.errors import PartEnded
from tests.journeys.city import wait_until
from tests.processes import ProcessDomain

pytestmark = pytest.mark.broker


@pytest.fixture
def city(tmp_path: Path, broker: NodeInfo, domain: str) -> Iterator[ProcessDomain]:
    with ProcessDomain(tmp_path, domain, broker, ["planning"]) as city:
        yield city


def test_members_whose_logs_are_on_a_full_disk_do_their_work(city: ProcessDomain) -> None:
    with Path("/dev/full").open("ab", 0) as full:
        for name in city.names:
            command = [sys.executable, "-m", "exchange", "serve", city.address(name)]
            city.served[name] = subprocess.Popen(command, env=dict(city.environment()), stdout=full, stderr=full)
    city.submit(2)
    wait_until(lambda: city.decided() == 2 and not city.undelivered(), 60, "decisions and receipts")
    assert {name: process.poll() for name, process in city.served.items()} == dict.fromkeys(city.names)


def test_a_member_of_which_a_loop_ends_ends_with_a_code_of_its_own(city: ProcessDomain) -> None:
    process = city.serve(
        "planning", [sys.executable, str(Path(__file__).parent.with_name("lose_a_loop.py")), city.address("planning")]
    )
    assert process.wait(60) == PartEnded.exit_code
    assert "planning:dispatch: SystemExit" in city.log_of("planning")
