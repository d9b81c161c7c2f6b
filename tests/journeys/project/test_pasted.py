"""What docs/getting-started.md and docs/api.md show is pasted as it stands there, beside a real `exchange up` of the
example city; and the generated clients go through a case there."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from exchange.broker.admin.management import ManagementClient
from exchange.broker.admin.node_info import NodeInfo
from exchange.broker.traffic.urls import with_vhost
from tests.journeys.city import wait_until
from tests.journeys.places import drop_vhost
from tests.processes import RULE, run
from tests.warm import run_warm, start_warm

pytestmark = pytest.mark.broker
TREE = Path(__file__).parents[3]
GUIDE = "docs/getting-started.md"
VHOST = "pasted"


@dataclass
class Running:
    """A folder as a checkout is after `exchange up`: with `.venv` and a domain in it."""

    folder: Path
    kept: dict[str, str]

    def environment(self) -> dict[str, str]:
        return self.kept

    def pasted(self, *command: str, text: str) -> subprocess.CompletedProcess[str]:
        """Runs a block that was pasted."""
        return subprocess.run(
            command, input=text, cwd=self.folder, env=self.kept, capture_output=True, text=True, timeout=180
        )


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, broker: NodeInfo) -> Iterator[Running]:
    if broker.management_url is None:
        pytest.skip("the broker that is given has no management API to make a vhost by")
    folder = tmp_path_factory.mktemp("pasted")
    (folder / ".venv").symlink_to(Path(sys.prefix))
    kept = {key: value for key, value in os.environ.items() if not key.startswith("EXCHANGE_")}
    kept |= {"EXCHANGE_HOME": str(folder / ".exchange"), "EXCHANGE_BROKER_URL": with_vhost(broker.url, VHOST)}
    kept["EXCHANGE_WEBHOOK_NETWORKS"] = "127.0.0.0/8"
    shutil.copytree(TREE / "departments", folder / ".exchange" / "departments")
    departments = folder / ".exchange" / "departments"
    (departments / "planning" / "rule.py").write_text("def decide(consultation, today):\n    return None\n")
    for name in ("urban", "police", "transport"):  # the others agree at once, whatever is applied for
        (departments / name / "rule.py").write_text(RULE.format(address=f"hefei.{name}"))
    said = folder / "up.txt"
    with ManagementClient(broker.management_url, broker.url) as management:
        drop_vhost(management, VHOST)
        management.put_vhost(VHOST)
        up = start_warm(["up"], kept, said, said, folder)
        try:
            wait_until(lambda: said.exists() and "/set-up/" in said.read_text(), 120, "the console")
            yield Running(folder, kept)
        finally:
            up.send_signal(signal.SIGTERM)
            assert up.wait(60) == 0
            drop_vhost(management, VHOST)


def blocks(path: str, kind: str) -> list[str]:
    """The fenced blocks of a kind, in their order."""
    return re.findall(rf"```{kind}\n(.*?)```", (TREE / path).read_text(), re.S)


@pytest.mark.drill
def test_the_agent_of_the_guide_works_beside_up(running: Running) -> None:
    (example,) = (block for block in blocks(GUIDE, "python") if "import Agent" in block)
    done = running.pasted(".venv/bin/python", "-", text=example)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("sent ")
    message_id = done.stdout.split()[1]

    def received() -> bool:
        shown = json.loads(run(running, "inbox", "--as", "hefei.transport", "--json").stdout)
        return message_id in {document["message_id"] for document in shown["documents"]}

    wait_until(received, 60, "the letter to arrive")
    answer = example.replace('open("hefei.planning")', 'open("hefei.transport")').replace(
        '["hefei.transport"]', '["hefei.planning"]'
    )
    done = running.pasted(".venv/bin/python", "-", text=answer)
    assert f"hefei.planning document {message_id}" in done.stdout, done.stdout + done.stderr


@pytest.mark.drill
def test_the_guides_commands_of_a_domain_of_ones_own_run_as_pasted(running: Running) -> None:
    """All but the last, which would end what the others here use; `up` finds itself running. Of the departments it is
    planning that leaves its answer to an officer here."""
    block = re.findall(r"## A domain of your own.*?\n\n(.*?)\n\n", (TREE / GUIDE).read_text(), re.S)[0]
    *lines, last = (line.strip().replace("hefei.transport", "hefei.planning") for line in block.splitlines())
    assert last.startswith(".venv/bin/exchange down ")
    (running.folder / "departments").symlink_to(TREE / "departments")
    case = "HEFEI-2026-000001"
    said: dict[str, str] = {}

    def arrived() -> bool:
        return case in run(running, "inbox", "--as", "hefei.planning", "--json").stdout

    for line in lines:
        typed = shlex.split(line.replace("HEFEI-2026-000001", case), comments=True)[1:]
        words = typed[0]
        done = run_warm(typed, running.kept, running.folder)
        assert done.returncode == 0, line + done.stdout + done.stderr
        said[words] = done.stdout + done.stderr
        assert said[words].strip(), line
        if words == "submit":
            case = re.findall(r"HEFEI-\d+-\d+", done.stdout)[0]
            wait_until(arrived, 60, "the consultation")
    assert list(said) == ["init", "up", "submit", "status", "inbox", "show", "reply", "keys", "doctor"]
    assert all(case in said[words] for words in ("status", "inbox", "reply"))
    assert (running.folder / "files" / "heating-pipe-plan.txt").exists()


def test_the_api_page_runs_as_pasted(running: Running) -> None:
    for tool in ("bash", "curl", "python3"):
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} is missing here, and with it what the page is pasted into")
    script = "set -eu -o pipefail\n" + "\n".join(blocks("docs/api.md", "bash"))
    done = running.pasted("bash", "-x", text=script)
    assert done.returncode == 0, done.stdout + done.stderr
    sent, case = (json.loads((running.folder / name).read_text()) for name in ("sent.json", "case.json"))
    assert done.stdout.count(sent["message_id"]) >= 2, "the repetition got the same answer"
    assert case["number"].startswith("HEFEI-")
    assert (running.folder / "planning.auth").stat().st_mode & 0o077 == 0


APPLICATION = {
    "matter": "road-occupation",
    "project": "黄山路供热管道工程",
    "applicant": {"name": "庐州供热有限公司", "identifier": "91340100MA00000011", "contact": "0551-65550101"},
    "materials": [
        {"code": "plan", "note": "见附图"},
        {"code": "traffic", "note": "单侧双向通行"},
        {"code": "planning-approval", "note": "在线核验"},
    ],
    "answers": [
        {"field": "kind", "value": "dig"},
        {"field": "road", "value": "黄山路，科学大道至天智路"},
        {"field": "road-class", "value": "main"},
        {"field": "new-road", "value": "no"},
        {"field": "part", "value": "pavement"},
        {"field": "length", "value": "850"},
        {"field": "width", "value": "2.5"},
        {"field": "depth", "value": "2.2"},
        {"field": "begins", "value": "2026-04-01"},
        {"field": "days", "value": "60"},
        {"field": "night", "value": "no"},
        {"field": "site-manager", "value": "孙工，13955100101"},
    ],
}
JOURNEYS = Path(__file__).parent.parent / "clients"


@contextmanager
def receiver() -> Iterator[str]:
    """Takes what webhooks bring, and tells whoever asks what it was."""
    taken: list[dict[str, object]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            taken.append({"headers": {name.lower(): value for name, value in self.headers.items()}, "body": body})
            self._answer(b"")

        def do_GET(self) -> None:
            self._answer(json.dumps(taken).encode())

        def _answer(self, body: bytes) -> None:
            self.send_response(200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/events"
    server.shutdown()
    server.server_close()
    thread.join()


def made_client(language: str) -> Path:
    """The package, made anew; skips where its generator cannot be had."""
    made = subprocess.run([TREE / "script" / "clients", language], capture_output=True, text=True, timeout=400)
    if made.returncode == 6:
        pytest.skip(made.stderr.strip().splitlines()[-1])
    assert made.returncode == 0, made.stdout + made.stderr
    return TREE / "build" / "clients" / language


def asked(running: Running, url: str) -> str:
    """What a journey is given."""

    def token(member: str, *scopes: str) -> str:
        words = [word for scope in scopes for word in ("--scope", scope)]
        return run(running, "token", "new", member, *words, "--name", "journey").stdout.strip()

    api = run(running, "console", "--url").stdout.strip() + "/api/v1"
    window = token("hefei.window", "submit", "decide", "read")
    planning = token("hefei.planning", "receive", "reply", "read")
    given = {"api": api, "window": window, "planning": planning, "receiver": url, "matter": APPLICATION["matter"]}
    return json.dumps({**given, "application": APPLICATION})


@pytest.mark.drill
def test_the_python_client_goes_through_a_case(running: Running) -> None:
    package = made_client("python")
    environment = {**running.kept, "PYTHONPATH": str(package)}
    with receiver() as url:
        command = [sys.executable, JOURNEYS / "journey.py", asked(running, url)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("decided HEFEI-")


@pytest.mark.drill  # its compiler alone takes a quarter of a minute
def test_the_typescript_client_goes_through_a_case(running: Running) -> None:
    package = made_client("typescript")
    folder = running.folder / "typescript"
    (folder / "node_modules").mkdir(parents=True)
    (folder / "node_modules" / "yizhan-client").symlink_to(package)
    (folder / "package.json").write_text('{"type": "module"}')
    for name in ("journey.ts", "tsconfig.json"):
        shutil.copy(JOURNEYS / name, folder)
    tsc = package / "node_modules" / ".bin" / "tsc"
    compiled = subprocess.run([tsc], cwd=folder, capture_output=True, text=True, timeout=120)
    assert compiled.returncode == 0, compiled.stdout
    with receiver() as url:
        command = ["node", folder / "journey.js", asked(running, url)]
        done = subprocess.run(command, env=running.kept, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("decided HEFEI-")
