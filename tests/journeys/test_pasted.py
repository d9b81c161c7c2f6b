"""What README and docs/api.md show is pasted as it stands there, beside a real `exchange up` of the example city."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from exchange.broker.management import ManagementClient
from exchange.broker.node import NodeInfo
from exchange.broker.urls import with_vhost
from tests.journeys.city import wait_until
from tests.processes import run
from tests.warm import start_warm

pytestmark = pytest.mark.broker
TREE = Path(__file__).parents[2]
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
    said = folder / "up.txt"
    with ManagementClient(broker.management_url, broker.url) as management:
        management.delete_vhost(VHOST)
        management.put_vhost(VHOST)
        up = start_warm(["up"], kept, said, said, folder)
        try:
            wait_until(lambda: said.exists() and "/set-up/" in said.read_text(), 120, "the console")
            yield Running(folder, kept)
        finally:
            up.send_signal(signal.SIGTERM)
            assert up.wait(60) == 0
            management.delete_vhost(VHOST)


def blocks(path: str, kind: str) -> list[str]:
    """The fenced blocks of a kind, in their order."""
    return re.findall(rf"```{kind}\n(.*?)```", (TREE / path).read_text(), re.S)


def test_readmes_agent_works_beside_up(running: Running) -> None:
    (example,) = (block for block in blocks("README.md", "python") if "exchange.agent" in block)
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
