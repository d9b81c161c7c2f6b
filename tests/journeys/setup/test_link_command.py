"""`exchange link`: admitting, joining, looking, cutting; and no password where people look."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from exchange.broker.admin.errand import errand
from exchange.broker.admin.management import ManagementClient
from exchange.broker.admin.node_info import NodeInfo
from exchange.broker.admin.shovels import shovel_names, state_by_traces
from exchange.broker.traffic.uplink import link_account
from exchange.clock import RealClock
from exchange.directory import Authority
from exchange.runtime.links import load_links
from exchange.schemas import Role
from tests.contract.traffic import eventually
from tests.journeys.places import leave
from tests.warm import run_warm

pytestmark = pytest.mark.broker


@dataclass
class Homes:
    """Two domains on the shared broker, as folders."""

    upper: str
    lower: str
    folder: Path
    info: NodeInfo

    def link(self, domain: str, *words: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        """`exchange link` at one of them."""
        given = {
            "EXCHANGE_HOME": str(self.folder / domain),
            "EXCHANGE_BROKER_URL": self.info.url,
            "EXCHANGE_MANAGEMENT_URL": str(self.info.management_url),
        }
        done = run_warm(["link", *words], {**os.environ, **given})
        assert done.returncode == code, done.stdout + done.stderr
        return done

    @property
    def ticket(self) -> Path:
        """What the upper domain wrote for the lower one."""
        return self.folder / self.upper / f"link-{self.lower}.json"


@pytest.fixture
def homes(tmp_path: Path, broker: NodeInfo, domain: str) -> Iterator[Homes]:
    if broker.management_url is None:
        pytest.skip("links need EXCHANGE_MANAGEMENT_URL")
    found, now = Homes(domain, f"{domain}.y", tmp_path, broker), RealClock().now()
    for name in (found.upper, found.lower):
        authority = Authority.open_or_create(tmp_path / name / "authority", name, now)
        relay = authority.member(authority.certify(f"{name}.relay", now), "转运", "relay", (Role.RELAY,))
        authority.publish(tmp_path / name / "directory.cose", [relay], now, now + timedelta(days=1))
    yield found
    if found.upper in load_links(tmp_path / found.lower / "links.json"):
        found.link(found.lower, found.upper, "--remove")
    with errand(broker.url, "tests:clean") as admin:
        for name in (found.upper, found.lower):
            admin.channel.queue_delete(f"uplink.{name}")
            admin.channel.queue_delete(f"uplink.{name}.urgent")
    leave(broker, (), [link_account(name) for name in (found.upper, found.lower)])


def test_a_link_is_made_seen_and_cut_by_commands_alone(homes: Homes) -> None:
    admitted = json.loads(homes.link(homes.upper, homes.lower, "--json").stdout)
    assert admitted["ticket"] == str(homes.ticket)
    assert homes.ticket.stat().st_mode & 0o077 == 0
    first = json.loads(homes.link(homes.lower, homes.upper, "--to", str(homes.ticket), "--json").stdout)
    assert len(first["declared"]) == 4
    again = json.loads(homes.link(homes.lower, homes.upper, "--json").stdout)
    assert again["declared"] == []

    def runs() -> bool:
        (seen,) = json.loads(homes.link(homes.lower, "--status", "--json").stdout)["links"]
        return bool(seen["runs"])

    def traced() -> set[str]:
        with ManagementClient(str(homes.info.management_url), homes.info.url) as management:
            return {state_by_traces(management, name) for name in shovel_names(homes.lower, homes.upper)}

    eventually(runs, "the link")
    eventually(lambda: traced() == {"running"}, "traces of the link, which tell where no plugin does")
    (below,) = json.loads(homes.link(homes.upper, "--status", "--json").stdout)["links"]
    assert (below["neighbour"], below["is_upper"]) == (homes.lower, False)
    assert len(json.loads(homes.link(homes.lower, homes.upper, "--cut", "--json").stdout)["taken_away"]) == 4
    assert traced() == {"missing"}
    cut = json.loads(homes.link(homes.lower, homes.upper, "--remove", "--json").stdout)
    assert cut["taken_away"] == [f"link.{homes.upper}"]
    assert json.loads(homes.link(homes.lower, "--status", "--json").stdout)["links"] == []


def test_no_password_is_shown_by_anything_that_succeeds_or_fails(homes: Homes) -> None:
    said = [homes.link(homes.upper, homes.lower)]
    url = json.loads(homes.ticket.read_text())["url"]
    password = url.split("@")[0].rsplit(":", 1)[1]
    assert len(password) > 20
    said.append(homes.link(homes.lower, homes.upper, "--to", url))
    said.append(homes.link(homes.lower, homes.upper, "--to", url.replace("@127.0.0.1:", "@127.0.0.1:x"), code=2))
    said.append(homes.link(homes.lower, "--status"))
    said.append(homes.link(homes.upper, homes.upper, "--to", url, code=2))
    for done in said:
        assert password not in done.stdout + done.stderr
        assert done.returncode == 0 or "→" in done.stderr


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ((), "name one neighbour"),
        (("t.y.z", "--cut", "--remove"), "at most one"),
        (("elsewhere",), "not directly below"),
        (("{upper}",), "not known how to reach"),
        (("{upper}", "--to", "absent.json"), "absent.json"),
        (("{upper}", "--to", "{directory}"), "is not what"),
    ],
)
def test_a_link_that_cannot_be_is_told_what_to_repair(homes: Homes, words: tuple[str, ...], complaint: str) -> None:
    names = {"upper": homes.upper, "directory": str(homes.folder / homes.lower / "links.json")}
    (homes.folder / homes.lower / "links.json").write_text("{}")
    done = homes.link(homes.lower, *(word.format(**names) for word in words), code=2)
    assert complaint in done.stderr
    assert "→" in done.stderr
    (homes.folder / homes.lower / "links.json").unlink()
