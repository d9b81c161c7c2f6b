"""Processes of a supervisor by the real fork server: watched as ever, whatever becomes of that server."""

from __future__ import annotations

import ast
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import psutil
import pytest

import exchange
from exchange.broker.traffic.link import Link
from exchange.machine.forks.adopted import Adopted
from exchange.runtime.home import write_link
from exchange.runtime.settings import Home, Settings
from exchange.runtime.supervision.children import child_command, child_surroundings
from exchange.runtime.supervision.nursery import FORK_SERVER, Nursery
from exchange.runtime.supervision.programs import Process
from exchange.runtime.supervision.supervise import Supervisor
from exchange.setup.init import init_files
from tests.contract.traffic import eventually
from tests.processes import write_departments

ROOT = Path(exchange.__file__).resolve().parents[1]


class Runs:
    """A nursery, what it has said, and what its processes have."""

    def __init__(self, folder: Path) -> None:
        self.said: list[str] = []
        self.nursery = Nursery(self.said.append)
        self.log = folder / "log"

    def run(self, *words: str, **settings: str) -> Process:
        with self.log.open("ab") as log, child_surroundings(settings).handed_over() as (environment, keep):
            return self.nursery.run(child_command(*words), environment, log.fileno(), keep)

    def server(self) -> psutil.Process:
        return psutil.Process(self.nursery.server)


@pytest.fixture
def runs(tmp_path: Path) -> Iterator[Runs]:
    found = Runs(tmp_path)
    yield found
    found.nursery.close()


def test_a_command_is_forked_and_comes_out_as_ever(runs: Runs) -> None:
    server = runs.server()
    process = runs.run("--version")
    assert isinstance(process, Adopted)
    assert process.wait(30) == 0
    assert runs.log.read_text() == "yizhan 0.1.0\n"
    assert runs.run("serve", "no.body", EXCHANGE_HOME=str(runs.log.parent)).wait(30) == 6
    assert "no domain here" in runs.log.read_text()
    assert server.num_threads() == 1
    assert "EXCHANGE_" not in Path(f"/proc/{server.pid}/environ").read_text()
    assert {one.raddr for one in server.net_connections("inet")} == set()
    runs.nursery.close()
    assert not server.is_running()
    assert runs.said == []


def test_where_it_is_turned_off_or_another_interpreter_is_wanted_it_is_a_program(
    runs: Runs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MALLOC_ARENA_MAX", "1")
    assert isinstance(runs.run("--version"), subprocess.Popen)
    monkeypatch.setenv(FORK_SERVER, "off")
    programs = Runs(tmp_path)
    process = programs.run("--version")
    assert (isinstance(process, subprocess.Popen), programs.nursery.server) == (True, None)
    assert process.wait(30) == 0


def test_a_supervisor_meets_what_it_has_forked_as_its_own_children(runs: Runs, tmp_path: Path) -> None:
    supervisor = Supervisor(runs.said.append, {"EXCHANGE_HOME": str(tmp_path / "none")}, nursery=runs.nursery)
    secret = {"EXCHANGE_DATABASE_URL": "postgresql://owner:hidden@database/exchange?sslmode=verify-full"}
    supervisor.add("no.body", child_command("serve", "no.body"), tmp_path / "no.body.log", secret=secret)
    supervisor.start()
    process = supervisor.children["no.body"].process
    assert isinstance(process, Adopted)
    assert process.wait(30) == 6
    supervisor.watch_once()
    assert runs.said == [f"no.body cannot run here (exit 6), tried again in 60 s; see {tmp_path / 'no.body.log'}"]


def test_a_fork_server_that_was_killed_is_started_again_and_its_processes_are_watched_on(
    runs: Runs, tmp_path: Path
) -> None:
    supervisor = Supervisor(runs.said.append, waits_for_a_database(tmp_path), nursery=runs.nursery)
    supervisor.add("role", child_command("serve", "t.window"), tmp_path / "role.log")
    supervisor.start()
    role, first = supervisor.children["role"], runs.server()
    assert isinstance(role.process, Adopted)
    first.kill()

    def again() -> bool:
        supervisor.watch_once()
        return runs.nursery.server not in (None, first.pid)

    eventually(again, "another fork server", 20)
    assert runs.said == ["the fork server has ended: it is started again; until then processes start more slowly"]
    assert (role.alive, role.restarts) == (True, 0)
    killed = role.process.pid
    os.kill(killed, signal.SIGKILL)

    def restarted() -> bool:
        supervisor.watch_once()
        return role.restarts == 1 and role.alive

    eventually(restarted, "the role's restart", 20)
    assert runs.said[1].startswith("role died (killed by SIGKILL), restarted in 0.5 s")
    assert isinstance(role.process, Adopted)
    assert role.process.pid != killed
    supervisor.shut_down(5)


def waits_for_a_database(folder: Path) -> Mapping[str, str]:
    """A domain whose member waits for a database that is not there."""
    write_departments(folder / "home" / "departments", "t", ["planning"])
    (folder / "home" / "members").mkdir()
    url = "postgresql://a:b@127.0.0.1:1/x"
    return {"EXCHANGE_HOME": str(folder / "home"), "EXCHANGE_DATABASE_URL": url}


CHANGES = """
import sys
from pathlib import Path
from exchange.runtime.supervision.children import child_command, child_surroundings
from exchange.runtime.supervision.nursery import Nursery

def version():
    with open("log", "ab") as log, child_surroundings({}).handed_over() as (environment, keep):
        process = nursery.run(child_command("--version"), environment, log.fileno(), keep)
        return type(process).__name__, process.wait(30)

with Nursery(print) as nursery:
    print(version(), version())
    server = nursery.server
    program = Path("exchange/cli/__init__.py")
    program.write_text(program.read_text().replace('f"yizhan ', 'f"the new '))
    print(version(), version(), server != nursery.server)
"""


def test_what_starts_after_a_change_of_the_program_on_disk_is_the_new_one(tmp_path: Path) -> None:
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "exchange", tmp_path / "exchange", ignore=ignored)
    (tmp_path / "changes.py").write_text(CHANGES)
    done = subprocess.run(
        [sys.executable, "changes.py"], cwd=tmp_path, capture_output=True, text=True, check=True, timeout=120,
        env={**os.environ, "PYTHONPATH": str(tmp_path), "EXCHANGE_LANGUAGE": "en"},
    )  # fmt: skip
    first, said, second = done.stdout.splitlines()
    assert first == "('Adopted', 0) ('Adopted', 0)"
    assert said == "the program on disk has changed: what starts from now on is the new one"
    assert second == "('Adopted', 0) ('Adopted', 0) True"
    assert (tmp_path / "log").read_text().split("\n")[:-1] == ["yizhan 0.1.0"] * 2 + ["the new 0.1.0"] * 2


SERVES = """
import sys
from importlib import import_module
from exchange import forks
for name in forks.NEEDED:
    import_module(name)
from exchange.cli import main
from exchange.cli.domain import serving
from exchange.runtime.member import RunningMember
before = set(sys.modules)

def begin(member):
    # all has been done by then but what the broker's answers bring with them
    print(sorted(set(sys.modules) - before), flush=True)
    raise SystemExit(0)

RunningMember.start = begin
sys.argv = ["exchange", "serve", sys.argv[1]]
main()
"""


def test_a_member_that_was_forked_has_next_to_nothing_left_to_import(tmp_path: Path) -> None:
    write_departments(tmp_path / "departments", "t", ["planning"])
    settings = Settings.read({"EXCHANGE_HOME": str(tmp_path / "home")})
    init_files(settings, lambda text: None, tmp_path / "departments")
    account = Home(settings.home).account("t.planning")
    write_link(account, Link("amqp://a:b@127.0.0.1:1/%2F", "a", True))
    done = subprocess.run(
        [sys.executable, "-P", "-c", SERVES, "t.planning"], capture_output=True, text=True, check=False,
        env={**os.environ, "EXCHANGE_HOME": str(settings.home), "EXCHANGE_METRICS": "127.0.0.1:0"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert ast.literal_eval(done.stdout) == ["typer._adapters", "typer._click.decorators"]
