"""Signs of life of real processes: one that hangs is replaced, and one that gives none is not asked for any."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from exchange.clock import monotonic
from exchange.runtime.supervision.supervise import Supervisor
from exchange.runtime.supervision.vigil import LifePatience
from tests.contract.traffic import eventually

BEATS = """
import sys, threading
from exchange.runtime.supervision.heartbeat import heartbeat
with heartbeat(lambda: sys.argv[1] or None, 0.05):
    threading.Event().wait(60)
"""


@pytest.mark.parametrize("stuck", [False, True])
def test_a_process_that_is_stopped_or_says_that_it_is_stuck_is_replaced(tmp_path: Path, stuck: bool) -> None:
    said: list[str] = []
    supervisor = Supervisor(said.append, {}, patience=LifePatience(first=20, silent=0.5, troubled=0.5, grace=0.2))
    command = [sys.executable, "-c", BEATS, "tick: 300 s" if stuck else ""]
    supervisor.add("role", command, tmp_path / "role.log", beats=True)
    supervisor.start()
    child = supervisor.children["role"]
    assert child.process is not None

    def begun() -> bool:
        supervisor.watch_once()
        return child.life is not None and child.life.began

    eventually(begun, "the first sign of life", 20)
    first: subprocess.Popen[bytes] = child.process
    if not stuck:
        os.kill(first.pid, 19)  # SIGSTOP

    def replaced() -> bool:
        supervisor.watch_once()
        return child.alive and child.process is not first

    eventually(replaced, "another process", 20)
    reason = "is stuck (tick: 300 s)" if stuck else "has given no sign of life for "
    assert said[0].startswith(f"role {reason}")
    assert f"see {tmp_path / 'role.log'}" in said[0]
    assert said[1].startswith("role died (killed by SIG")
    if stuck:
        assert "most recent call first" in (tmp_path / "role.log").read_text()
    supervisor.shut_down(2)


def test_what_gives_no_signs_is_not_asked_for_any(tmp_path: Path) -> None:
    supervisor = Supervisor(print, {}, patience=LifePatience(first=0.01, silent=0.01, troubled=0.01))
    supervisor.add("quiet", ["sh", "-c", "exec sleep 60"], tmp_path / "quiet.log")
    supervisor.start()
    until = monotonic() + 0.3
    while monotonic() < until:
        supervisor.watch_once()
    assert supervisor.children["quiet"].alive
    supervisor.shut_down(2)
