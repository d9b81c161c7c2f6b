"""Signs of life: who hangs has to go, who was merely not looked at, or is held by somebody, has not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from exchange.clock import monotonic
from exchange.errors import BadConfiguration
from exchange.runtime.supervision.supervise import Supervisor
from exchange.runtime.supervision.vigil import Life, LifeLine, LifePatience
from tests.contract.traffic import eventually

PATIENCE = LifePatience(first=20, silent=5, troubled=3)

BEATS = """
import sys, threading
from exchange.runtime.supervision.heartbeat import heartbeat
with heartbeat(lambda: sys.argv[1] or None, 0.05):
    threading.Event().wait(60)
"""


def looks(life: Life, times: int, since: float = 0.5, lines: tuple[str, ...] = ()) -> list[str]:
    return [reason for _ in range(times) if (reason := life.look(since, lines)) is not None]


def test_silence_is_borne_for_a_while_and_longer_before_the_first_sign() -> None:
    life = Life(PATIENCE)
    assert looks(life, 39) == []
    assert looks(life, 1) == ["has given no sign of life for 20 s"]
    life = Life(PATIENCE)
    assert life.look(0.5, [""]) is None
    assert looks(life, 9) == []
    assert looks(life, 1) == ["has given no sign of life for 5 s"]


def test_a_supervisor_that_was_asleep_itself_blames_nobody() -> None:
    life = Life(PATIENCE)
    life.look(0.5, [""])
    assert life.look(3600, []) is None
    assert looks(life, 7) == []
    assert life.look(3600, [""]) is None


def test_what_does_not_move_is_borne_for_a_moment_and_named() -> None:
    life = Life(PATIENCE)
    assert looks(life, 5, lines=("tick: 300 s",)) == []
    assert life.look(0.5, [""]) is None  # it was stopped for a while, and goes on
    assert looks(life, 5, lines=("tick: 300 s",)) == []
    assert looks(life, 1, lines=("tick: 300 s",)) == ["is stuck (tick: 300 s)"]


def test_whom_a_debugger_holds_is_excused() -> None:
    life = Life(PATIENCE)
    life.look(0.5, [""])
    looks(life, 9)
    life.excuse()
    assert looks(life, 9) == []


def test_lines_are_taken_whole_however_they_come() -> None:
    line = LifeLine()
    assert line.lines() == []
    os.write(line.writing, b"\ntick")
    assert line.lines() == [""]
    os.write(line.writing, b": 300 s\n\n")
    assert line.lines() == ["tick: 300 s", ""]
    line.given()
    assert line.lines() == []
    line.close()


@pytest.mark.parametrize("text", ["soon", "0", "-5", "nan"])
def test_patience_is_read_from_the_environment_or_refused(text: str) -> None:
    assert LifePatience.read({}) == LifePatience()
    assert LifePatience.read({"EXCHANGE_HUNG_AFTER": "off"}) is None
    assert LifePatience.read({"EXCHANGE_HUNG_AFTER": "3"}) == LifePatience(silent=3, grace=3)
    with pytest.raises(BadConfiguration, match="EXCHANGE_HUNG_AFTER"):
        LifePatience.read({"EXCHANGE_HUNG_AFTER": text})


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
