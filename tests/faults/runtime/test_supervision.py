"""A whole domain under `exchange up`: its node killed, its members broken, a second one in the same folder."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

from exchange.approval.rules.states import CaseState
from exchange.approval.window.store import Cases
from exchange.approval.window.submit import submit
from exchange.broker.admin.node_info import NodeInfo
from exchange.broker.private.node_files import NodeFolder
from exchange.messaging.outbox import Outbox
from exchange.runtime.home import OpenedMember, open_member
from exchange.runtime.settings import Settings
from exchange.runtime.supervision.children import child_command
from exchange.schemas import Applicant, Application, SubmittedMaterial
from tests.journeys.city import wait_until
from tests.processes import write_departments
from tests.traps import make_traps, sprung
from tests.warm import run_warm

pytestmark = pytest.mark.broker


@dataclass
class Supervised:
    """A small domain, with a private node unless a broker is given, and the `exchange up` processes of a test."""

    home: Path
    domain: str = "hefei"
    broker: NodeInfo | None = None
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def environment(self) -> Mapping[str, str]:
        inherited = {key: value for key, value in os.environ.items() if not key.startswith("EXCHANGE_")}
        given = {"EXCHANGE_BROKER_URL": self.broker.url} if self.broker else {}
        return {**inherited, **given, "EXCHANGE_HOME": str(self.home)}

    @property
    def traps(self) -> Path:
        """A working folder where whatever is imported leaves a mark."""
        return make_traps(self.home.parent / "traps")

    @property
    def output(self) -> str:
        """What the last `exchange up` has said, its lines joined."""
        return " ".join((self.home.parent / "up.txt").read_text().split())

    def up(self, **extra: str) -> subprocess.Popen[bytes]:
        with (self.home.parent / "up.txt").open("wb") as file:
            process = subprocess.Popen(
                child_command("up", "--no-console"),
                env={**self.environment, **extra},
                cwd=self.traps,
                stdout=file,
                stderr=file,
            )
        self.processes.append(process)
        return process

    def up_into_a_pipe(self, **extra: str) -> subprocess.Popen[bytes]:
        """As `up`; what it says goes to whoever holds the pipe."""
        process = subprocess.Popen(
            child_command("up", "--no-console"),
            env={**self.environment, **extra},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        self.processes.append(process)
        return process

    def hears(self, text: str, patience: float = 90) -> None:
        wait_until(lambda: text in self.output, patience, repr(text))

    def role(self, name: str) -> psutil.Process:
        """The process that serves a member."""
        children = psutil.Process(self.processes[0].pid).children()
        return next(child for child in children if child.cmdline()[-1] == f"{self.domain}.{name}")

    def open(self, name: str) -> OpenedMember:
        return open_member(Settings.read({}, self.home), f"{self.domain}.{name}")

    def log_of(self, name: str) -> str:
        file = self.home / "log" / f"{self.domain}.{name}.log"
        return file.read_text() if file.exists() else ""

    @property
    def server(self) -> psutil.Process:
        """The Erlang machine of the private node."""
        return psutil.Process(int(NodeFolder(self.home / "node").server_pid.read_text()))


@contextmanager
def supervising(found: Supervised) -> Iterator[Supervised]:
    write_departments(found.home / "departments", found.domain, ["planning"])
    yield found
    for process in found.processes:
        process.terminate()
        process.wait(60)
    assert sprung(found.traps) == []


@pytest.fixture
def supervised(tmp_path: Path) -> Iterator[Supervised]:
    with supervising(Supervised(tmp_path / "home")) as found:
        yield found


@pytest.fixture
def on_shared_broker(tmp_path: Path, broker: NodeInfo, domain: str) -> Iterator[Supervised]:
    with supervising(Supervised(tmp_path / "home", domain, broker)) as found:
        yield found


def submit_one(window: OpenedMember) -> None:
    application = Application(
        matter="works",
        applicant=Applicant(name="applicant", identifier="1", contact="-"),
        project="project",
        materials=(SubmittedMaterial(code="plan", note="on file"),),
        submitted_at=window.node.clock.now(),
    )
    submit(window.node, application)


def outbox(opened: OpenedMember) -> dict[str, int]:
    with opened.store.reading() as tx:
        return {state: number for state, number in tx[Outbox].counts().items() if number}


def decided(opened: OpenedMember) -> int:
    with opened.store.reading() as tx:
        return tx[Cases].counts().get(f"case-{CaseState.DECIDED}", 0)


@pytest.mark.drill
def test_a_node_killed_under_a_running_domain_is_started_again_and_what_was_sent_arrives(
    supervised: Supervised,
) -> None:
    supervised.up()
    supervised.hears("serving 3 members")
    for name in ("window", "planning"):
        wait_until(lambda name=name: "member.serving" in supervised.log_of(name), 60, f"{name} being served")
    window, ports = supervised.open("window"), NodeFolder(supervised.home / "node").read_ports()
    asleep = supervised.role("planning")
    asleep.suspend()
    submit_one(window)
    wait_until(lambda: "sent" in outbox(window) and "written" not in outbox(window), 60, "the request on its way")

    killed = supervised.server
    assert "beam" in killed.name()
    killed.kill()

    supervised.hears("the private node died; starting it again")
    wait_until(lambda: supervised.output.count("broker: ready") == 2, 90, "the node's return")
    assert decided(window) == 0
    asleep.resume()
    wait_until(lambda: decided(window) == 1, 90, "the decision")
    wait_until(lambda: set(outbox(window)) == {"delivered"}, 90, "all receipts")
    assert NodeFolder(supervised.home / "node").read_ports() == ports
    assert supervised.server.pid != killed.pid
    window.store.close()


def test_a_broken_rule_keeps_one_member_out_and_names_its_log(on_shared_broker: Supervised) -> None:
    supervised, planning = on_shared_broker, f"{on_shared_broker.domain}.planning"
    (supervised.home / "departments" / "planning" / "rule.py").write_text("def decide(:\n")
    process = supervised.up()
    supervised.hears(f"{planning} cannot run here (exit 2)")
    assert re.search(rf"{re.escape(planning)} cannot .*; see .*{re.escape(planning)}\.log", supervised.output)
    assert "rule.py" in supervised.log_of("planning")
    assert supervised.role("window").is_running()
    assert process.poll() is None


def test_a_domain_has_one_supervisor_which_ends_with_an_exit_code_where_no_member_can_run(
    on_shared_broker: Supervised,
) -> None:
    supervised = on_shared_broker
    settled = supervised.up()
    supervised.hears("serving 3 members")
    second = run_warm(["up"], supervised.environment)
    assert second.returncode == 6
    assert "is being run by another process" in second.stderr
    assert settled.poll() is None
    settled.terminate()
    assert settled.wait(60) == 0
    with ExitStack() as elsewhere:
        for name in ("window", "planning", "monitor"):
            opened = supervised.open(name)
            elsewhere.callback(opened.store.close)
            elsewhere.enter_context(opened.store.claim_identity(f"{supervised.domain}.{name}"))
        assert supervised.up().wait(120) == 6
    assert "no member can run here" in supervised.output


@pytest.mark.parametrize(
    ("setting", "url", "said"),
    [
        (
            "EXCHANGE_BROKER_URL",
            "amqp://a:b@127.0.0.1:1/%2F",
            "==> waiting: the broker at amqp://127.0.0.1:1/%2F cannot be reached (connection refused)",
        ),
        ("EXCHANGE_DATABASE_URL", "postgresql://a:b@127.0.0.1:1/x", "==> database.waiting (reason: the database"),
    ],
)
def test_what_is_away_at_the_beginning_is_waited_for_and_the_wait_can_be_ended(
    supervised: Supervised, setting: str, url: str, said: str
) -> None:
    waiting = supervised.up(**{setting: url})
    supervised.hears(said)
    waiting.send_signal(signal.SIGTERM)
    assert waiting.wait(10) == 128 + signal.SIGTERM


def test_a_member_that_hangs_is_replaced_and_work_goes_on_though_nobody_hears_what_up_says(
    on_shared_broker: Supervised,
) -> None:
    supervised = on_shared_broker
    process = supervised.up_into_a_pipe(EXCHANGE_HUNG_AFTER="3")
    assert process.stderr is not None
    assert any(b"serving 3 members" in line for line in process.stderr)
    process.stderr.close()
    for name in ("window", "planning"):
        wait_until(lambda name=name: "member.serving" in supervised.log_of(name), 60, f"{name} being served")
    hung = supervised.role("planning")
    hung.suspend()
    window = supervised.open("window")
    submit_one(window)
    wait_until(lambda: decided(window) == 1, 90, "the decision")
    wait_until(lambda: set(outbox(window)) == {"delivered"}, 90, "all receipts")
    assert supervised.role("planning").pid != hung.pid
    assert process.poll() is None
    window.store.close()
