"""`exchange up` answers for all its members, also while one of them is killed; and alerts from the command line."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import httpx
import psutil
import pytest
from prometheus_client.parser import text_string_to_metric_families

from exchange.broker.admin.node_info import NodeInfo
from tests.journeys.city import wait_until
from tests.processes import ProcessDomain, run


def _values(url: str, name: str) -> dict[str, float]:
    families = text_string_to_metric_families(httpx.get(f"{url}/metrics").text)
    return {one.labels["member"]: one.value for family in families for one in family.samples if one.name == name}


@pytest.mark.drill
@pytest.mark.broker
def test_one_endpoint_tells_of_all_members_and_of_one_that_was_killed_and_came_back(
    broker: NodeInfo, domain: str, tmp_path: Path
) -> None:
    city, said = ProcessDomain(tmp_path, domain, broker), tmp_path / "up.txt"
    place = {"EXCHANGE_METRICS": "127.0.0.1:0", "EXCHANGE_BROKER_URL": broker.url}
    environment = {**city.environment(), **place, "EXCHANGE_MANAGEMENT_URL": broker.management_url or ""}
    members = {city.address(name) for name in city.names}
    with said.open("wb") as file:
        process = subprocess.Popen([sys.executable, "-m", "exchange", "up"], env=environment, stdout=file, stderr=file)
    try:
        wait_until(lambda: "metrics of all members at" in said.read_text(), 60, "the endpoint")
        found = re.search(r"metrics of all members\s+at\s+(http://\S+?)/metrics", said.read_text())
        assert found is not None
        url = found[1]
        wait_until(lambda: _values(url, "yizhan_up") == dict.fromkeys(members, 1.0), 60, "all members")
        assert httpx.get(f"{url}/readyz").status_code == 200
        children = psutil.Process(process.pid).children()
        next(child for child in children if child.cmdline()[-1] == city.address("planning")).kill()
        restarts = "yizhan_role_restarts_total"
        wait_until(lambda: _values(url, restarts)[city.address("planning")] == 1, 60, "the restart")
        wait_until(lambda: _values(url, "yizhan_up")[city.address("planning")] == 1, 60, "the return")
        assert _values(url, "yizhan_role_running") == dict.fromkeys({*members, "console"}, 1.0)
    finally:
        process.terminate()
        process.wait(60)


@pytest.mark.broker
def test_alerts_are_listed_and_channels_are_tried_from_the_command_line(
    broker: NodeInfo, domain: str, tmp_path: Path
) -> None:
    city = ProcessDomain(tmp_path, domain, broker)
    assert json.loads(run(city, "alerts", "list", "--json").stdout) == []
    assert "no channel is configured" in run(city, "alerts", "test", code=6).stderr
    file = city.settings.home / "console.toml"
    secret = "whsec_YS1zaGFyZWQtc2VjcmV0LW9mLTMyLW9jdGV0cyEhISE="
    hook = f'[[alerts.webhooks]]\nname = "ops"\nurl = "http://127.0.0.1:1/"\nsecret = "{secret}"\n'
    file.write_text(f"{hook}[alerts]\n")
    refused = run(city, "alerts", "test", code=2).stderr
    assert "chmod 600" in refused
    assert secret not in refused
    file.chmod(0o600)
    tried = json.loads(run(city, "alerts", "test", "--json", code=6).stdout.splitlines()[0])
    assert tried["ops"]["taken"] is False
    assert "connection refused" in tried["ops"]["reason"]
    assert "no channel 'mail'" in run(city, "alerts", "test", "mail", code=3).stderr
