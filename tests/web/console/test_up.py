"""The console as part of `exchange up`: started, said, started again when it dies, and ended with the rest."""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import psutil
import pytest

from exchange.broker.admin.node_info import NodeInfo
from exchange.web.listening import read_state
from tests.journeys.city import wait_until
from tests.processes import write_departments
from tests.warm import start_warm

pytestmark = pytest.mark.broker


def test_up_serves_the_console_says_its_address_and_link_and_keeps_it_running(
    tmp_path: Path, broker: NodeInfo, domain: str
) -> None:
    home, said = tmp_path / "home", tmp_path / "up.txt"
    write_departments(home / "departments", domain, ["planning"])
    kept = {key: value for key, value in os.environ.items() if not key.startswith("EXCHANGE_")}
    own = {"EXCHANGE_BROKER_URL": broker.url, "EXCHANGE_MANAGEMENT_URL": broker.management_url or ""}
    secret = "seen-by-nobody"
    own |= {"EXCHANGE_METRICS_TOKEN": secret, "HOOK_SECRET": secret, "AWS_SECRET_ACCESS_KEY": secret}
    up = start_warm(["up", "--home", str(home)], {**kept, **own}, said, said)
    try:
        wait_until(lambda: said.exists() and "/set-up/" in said.read_text(), 120, "the set-up link")
        url, token = re.findall(r"(http://127\.0\.0\.1:\d+)/set-up/([\w-]+)", said.read_text())[0]
        assert httpx.get(f"{url}/set-up/{token}", trust_env=False).status_code == 200
        log = (home / "log" / "console.log").read_text()
        assert token not in log
        assert "console.audit" not in log, "nothing was done there yet"
        children = psutil.Process(up.pid).children(recursive=True)
        assert len([child for child in children if "serve" in child.cmdline()]) == 3
        password = urlsplit(broker.url).password or ""
        for child in children:
            seen = Path(f"/proc/{child.pid}/environ").read_text()
            assert secret not in seen, child
            assert password not in seen, child
            assert "EXCHANGE_BROKER_URL" not in seen, child

        first = read_state(home / "console.json")
        assert first is not None
        psutil.Process(first.pid).kill()
        wait_until(
            lambda: (found := read_state(home / "console.json")) is not None and found.pid != first.pid, 60, "it"
        )
        again = read_state(home / "console.json")
        assert again is not None
        assert again.url == url, "bookmarks stay good"
        assert httpx.get(f"{url}/set-up/{token}", trust_env=False).status_code == 200, "and so does the link"
        assert said.read_text().count("/set-up/") == 1

        up.send_signal(signal.SIGTERM)
        assert up.wait(60) == 0
        assert not psutil.pid_exists(again.pid)
    finally:
        if up.poll() is None:
            up.send_signal(signal.SIGTERM)
            up.wait(60)
