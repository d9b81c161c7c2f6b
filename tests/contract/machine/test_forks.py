"""A fork server: what it forks is what the same command would be as a program, and outlives it. With real processes."""

from __future__ import annotations

import errno
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import psutil
import pytest

import exchange
from exchange.machine.forks.adopted import Adopted
from exchange.machine.forks.asking import ForkServer, Stale, Unavailable, _met
from exchange.machine.forks.serving import _refused
from exchange.machine.forks.task import READY, Task
from exchange.runtime.supervision.programs import Process, run_program
from tests.contract.traffic import eventually

SERVER = """
import os, random, runpy, socket, sys, tempfile, uuid
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from exchange.machine.forks.serving import serve
X25519PrivateKey.generate(), random.random(), uuid.uuid4(), tempfile.mktemp()
channel = socket.socket(fileno=os.dup(0))
os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
task = serve(channel, lambda: os.path.exists("stale"))
runpy.run_path(task.command[2])
"""
"""Forks what runs a file of code, the third word of a command, as ``python -P FILE`` does."""

REPORT = """
import json, os, sys, time
status = dict(line.split(":", 1) for line in open("/proc/self/status").read().splitlines() if ":" in line)
os.umask(mask := os.umask(0))
print(json.dumps({
    "parent": os.getppid(),
    "leads its session": os.getsid(0) == os.getpid() == os.getpgid(0),
    "streams": [os.readlink(f"/proc/self/fd/{number}") for number in (0, 1, 2)],
    "open": sorted(int(one) for one in os.listdir("/proc/self/fd"))[:-1],
    "environment": dict(os.environ),
    "words": [sys.orig_argv, os.readlink("/proc/self/exe"), os.getcwd()],
    "signals": [status[name].strip() for name in ("SigBlk", "SigIgn", "SigCgt", "Threads")],
    "given": os.read(int(os.environ["GIVEN_HERE"]), 100).decode() if "GIVEN_HERE" in os.environ else None,
    "local hour": time.localtime(0).tm_hour,
    "mask": mask,
    "modules": "exchange.machine.forks.asking" in sys.modules,
}), flush=True)
"""

CHANCE = """
import os, random, tempfile, uuid
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
print(X25519PrivateKey.generate().private_bytes_raw().hex())
print(random.random(), uuid.uuid4(), os.path.basename(tempfile.mktemp()), os.urandom(8).hex(), sep="\\n", flush=True)
"""


class Place:
    """A folder in which code runs, forked off a server or as programs; what it says is kept."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.log = folder, folder / "log"
        self.settings = {
            "PATH": os.environ["PATH"],
            "LC_ALL": "C.UTF-8",
            "PYTHONPATH": str(Path(exchange.__file__).parents[1]),
        }
        (folder / "s").write_text(SERVER)
        self.server = ForkServer([sys.executable, "-P", str(folder / "s")], self.settings)

    def command(self, code: str, *words: str) -> list[str]:
        path = self.folder / "code_of_a_process"
        path.write_text(code)
        return [sys.executable, "-P", str(path), *words]

    def forked(self, code: str, *words: str, keep: Sequence[int] = (), **settings: str) -> Adopted:
        with self.log.open("ab") as log:
            return self.server.fork(self.command(code, *words), {**self.settings, **settings}, log.fileno(), keep)

    def program(self, code: str, *words: str, keep: Sequence[int] = (), **settings: str) -> Process:
        with self.log.open("ab") as log:
            return run_program(self.command(code, *words), {**self.settings, **settings}, log.fileno(), keep)

    def said(self) -> str:
        said = self.log.read_text()
        self.log.unlink()
        return said


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    monkeypatch.chdir(tmp_path)
    found = Place(tmp_path)
    yield found
    found.server.close()


def test_a_forked_process_is_what_the_same_command_is_as_a_program(place: Place) -> None:
    def reported(start: Any) -> dict[str, Any]:
        reading, writing = os.pipe()
        os.write(writing, b"handed over")
        assert start(REPORT, keep=[reading], GIVEN_HERE=str(reading), TZ="Asia/Shanghai").wait(30) == 0
        os.close(reading)
        os.close(writing)
        found: dict[str, Any] = json.loads(place.said())
        return found

    forked, program = reported(place.forked), reported(place.program)
    assert (forked.pop("modules"), program.pop("modules")) == (False, False)
    assert forked == program
    assert forked["given"] == "handed over"
    assert forked["parent"] == os.getpid()
    assert len(forked["open"]) == 4


def test_listings_show_the_command_and_nothing_of_the_server_s_start(place: Place) -> None:
    process = place.forked("import time; time.sleep(60)", "serve", "hefei.planning", MINE="seen by itself")
    command = place.command("import time; time.sleep(60)", "serve", "hefei.planning")
    eventually(lambda: psutil.Process(process.pid).cmdline() == command, "the listing", 10)
    listed = subprocess.run(["ps", "-wwo", "args=", "-p", str(process.pid)], capture_output=True, text=True, check=True)
    assert listed.stdout.strip() == " ".join(command)
    seen = Path(f"/proc/{process.pid}/environ").read_text().replace("\0", "")
    assert "=" not in seen
    assert len(seen) < len(" ".join(command))
    process.kill()
    assert process.wait(10) == -signal.SIGKILL


@pytest.mark.parametrize(("code", "ended"), [("raise SystemExit(9)", 9), ("import os; os.abort()", -signal.SIGABRT)])
def test_how_a_process_has_ended_is_known(place: Place, code: str, ended: int) -> None:
    process = place.forked(code)
    assert process.wait(10) == ended == process.returncode == process.poll()
    process.kill()
    process.send_signal(signal.SIGTERM)


def test_who_does_not_end_in_time_is_waited_for_no_longer(place: Place) -> None:
    process = place.forked("import time; time.sleep(60)")
    assert process.poll() is None
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(0.1)
    process.terminate()
    assert process.wait(10) == -signal.SIGTERM


def test_processes_outlive_their_server_and_are_waited_for_then(place: Place) -> None:
    process = place.forked("import time; time.sleep(60)")
    os.kill(place.server.pid, signal.SIGKILL)
    eventually(lambda: not place.server.alive, "its end", 10)
    with pytest.raises(Unavailable):
        place.forked("")
    assert process.poll() is None
    assert psutil.Process(process.pid).ppid() == os.getpid()
    process.terminate()
    assert process.wait(10) == -signal.SIGTERM


def test_a_server_that_hangs_or_does_not_come_up_is_ended(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exchange.machine.forks.asking._FORKS_IN", 0.2)
    place.forked("").wait(10)
    os.kill(place.server.pid, signal.SIGSTOP)
    with pytest.raises(Unavailable):
        place.forked("")
    assert not place.server.alive
    never = ForkServer([sys.executable, "-c", "raise SystemExit(1)"], place.settings)
    with pytest.raises(Unavailable):
        never.fork(["x"], {}, 2, ())
    assert not never.alive


def test_a_server_whose_code_is_another_says_so_and_ends(place: Place) -> None:
    place.forked("").wait(10)
    (place.folder / "stale").touch()
    with pytest.raises(Stale):
        place.forked("")
    assert not place.server.alive


def test_chance_differs_in_every_process(place: Place) -> None:
    for process in [place.forked(CHANCE) for _ in range(2)]:
        assert process.wait(30) == 0
    said = place.said().split()
    assert len(said) == len(set(said)) == 10


def test_whom_nobody_knows_ends_before_it_has_done_anything(tmp_path: Path) -> None:
    (tmp_path / "s").write_text(SERVER)
    (tmp_path / "code").write_text(f"import pathlib; pathlib.Path({str(tmp_path / 'mark')!r}).touch()")
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    env = {**os.environ, "PYTHONPATH": str(Path(exchange.__file__).parents[1])}
    server = subprocess.Popen([sys.executable, "-P", str(tmp_path / "s")], env=env, stdin=theirs.fileno(), cwd=tmp_path)
    theirs.close()
    assert ours.recv(10) == READY
    known, talk = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    task = Task((sys.executable, "-P", str(tmp_path / "code")), env).written()
    socket.send_fds(ours, [task], [talk.fileno(), 2])
    talk.close()
    pid = json.loads(known.recv(100))["pid"]
    known.close()  # as whoever asked for it does by dying
    eventually(lambda: not psutil.pid_exists(pid) or psutil.Process(pid).status() == "zombie", "its end", 10)
    assert not (tmp_path / "mark").exists()
    ours.close()
    assert server.wait(10) == 0, "nobody can ask it any more"


def test_where_orphans_cannot_be_adopted_there_is_no_fork_server(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: int) -> int:
        raise PermissionError

    monkeypatch.setattr("exchange.machine.forks.adopted.process_control", refuse)
    mark = place.folder / "mark"
    with pytest.raises(Unavailable):
        place.forked(f"import pathlib; pathlib.Path({str(mark)!r}).touch()")
    assert not place.server.alive
    assert not mark.exists()


def test_a_process_of_somebody_else_is_not_adopted() -> None:
    with pytest.raises(ChildProcessError):
        Adopted(os.getppid())


def test_the_machine_s_refusal_is_the_asker_s_error() -> None:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours, theirs:
        theirs.send(_refused(BlockingIOError(errno.EAGAIN, "")))
        with pytest.raises(BlockingIOError):
            _met(ours)
