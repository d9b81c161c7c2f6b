"""A whole domain whose members are forked: kills of the fork server, of a member, and of `exchange up` itself."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from exchange.broker.admin.node_info import NodeInfo
from tests.faults.runtime.test_supervision import Supervised, decided, submit_one, supervising
from tests.journeys.city import wait_until

pytestmark = pytest.mark.broker

SECRET = "seen-by-nobody"
NAMES = ("window", "planning", "monitor")


@pytest.fixture
def served(tmp_path: Path, broker: NodeInfo, domain: str) -> Iterator[Supervised]:
    with supervising(Supervised(tmp_path / "home", domain, broker)) as found:
        found.up(AWS_SECRET_ACCESS_KEY=SECRET, EXCHANGE_METRICS_TOKEN=SECRET)
        for name in NAMES:
            wait_until(lambda name=name: "member.serving" in found.log_of(name), 90, f"{name} being served")
        yield found


def fork_servers(served: Supervised) -> list[psutil.Process]:
    children = psutil.Process(served.processes[0].pid).children()
    return [child for child in children if "exchange.forks" in child.cmdline()]


def environment_in(process: psutil.Process) -> str:
    return Path(f"/proc/{process.pid}/environ").read_text()


def test_members_are_forked_listed_as_what_they_are_and_nobody_sees_a_secret_of_theirs(served: Supervised) -> None:
    children = psutil.Process(served.processes[0].pid).children(recursive=True)
    for child in children:
        assert SECRET not in environment_in(child) + " ".join(child.cmdline()), child
    for name in NAMES:
        role = served.role(name)
        assert role.cmdline()[-2:] == ["serve", f"{served.domain}.{name}"]
        assert os.getsid(role.pid) == role.pid
        assert environment_in(role).count("=") == 0, "a program would show its settings here"


def test_work_goes_on_whether_the_fork_server_or_a_member_is_killed(served: Supervised) -> None:
    (first,), planning = fork_servers(served), served.role("planning")
    first.kill()
    served.hears("the fork server has ended: it is started again")
    window = served.open("window")
    submit_one(window)
    wait_until(lambda: decided(window) == 1, 60, "the decision")
    assert planning.is_running()
    wait_until(lambda: fork_servers(served) not in ([], [first]), 60, "another fork server")
    planning.kill()
    served.hears(f"{served.domain}.planning died (killed by SIGKILL), restarted in 0.5 s")
    served.hears(f"{served.domain}.planning started again (restart 1)")
    submit_one(window)
    wait_until(lambda: decided(window) == 2, 90, "another decision, by the member started again")
    assert served.output.count("died") == 1
    window.store.close()


def test_when_up_is_killed_its_members_and_the_fork_server_end(served: Supervised) -> None:
    everybody = psutil.Process(served.processes[0].pid).children(recursive=True)
    assert len(everybody) >= len(NAMES) + 1
    served.processes[0].send_signal(signal.SIGKILL)
    gone, alive = psutil.wait_procs(everybody, 60)
    assert alive == []
    assert len(gone) == len(everybody)
