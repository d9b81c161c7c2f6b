"""A domain served by processes that see what the compose file shows them and nothing else, without any right."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import make_url

from exchange.broker.admin.node_info import NodeInfo
from exchange.deployment.kinds import DeploymentKind, files_for
from exchange.deployment.topology import HOME, topology_of
from exchange.runtime.profiles import load_profiles
from exchange.runtime.settings import Home
from tests.journeys.city import wait_until
from tests.postgres import own_database
from tests.processes import ProcessDomain, run

pytestmark = [
    pytest.mark.broker,
    pytest.mark.skipif(
        os.getuid() != 0 or subprocess.run(["unshare", "--mount", "true"], check=False).returncode != 0,
        reason="only root may show a process other folders than there are",
    ),
    pytest.mark.skipif(shutil.which("setpriv") is None, reason="setpriv is not on this machine"),
]


@pytest.fixture
def city(tmp_path: Path, broker: NodeInfo, domain: str, postgres_url: str) -> Iterator[ProcessDomain]:
    """A domain on PostgreSQL, each member with an account of its own there and at the broker."""
    socket = make_url(postgres_url).query.get("host")
    if isinstance(socket, str) and socket.startswith("/"):
        Path(socket).chmod(0o711)  # without capabilities, root is anybody to the server's own account
    with (
        own_database(postgres_url) as url,
        ProcessDomain(tmp_path, domain, broker, departments=["planning"], database_url=url) as made,
    ):
        yield made


def services(city: ProcessDomain) -> dict[str, dict[str, Any]]:
    """What `exchange deployment` says of the roles of this very domain."""
    topology = topology_of(load_profiles(Home(city.settings.home).departments).values(), "yizhan")
    whole = yaml.safe_load(files_for(DeploymentKind.COMPOSE, topology)["compose.yaml"])
    return {name: one for name, one in whole["services"].items() if one["image"] == "yizhan"}


def parts(service: dict[str, Any]) -> list[tuple[str, bool]]:
    """The folders of the domain that a service sees, and whether it may only read them."""
    found = []
    for one in service["volumes"]:
        if isinstance(one, str):
            _, place, mode = one.split(":")
            found.append((place.removeprefix(f"{HOME}/"), mode == "ro"))
        else:
            found.append((one["volume"]["subpath"], one["read_only"]))
    return found


def contained(home: Path, seen: list[tuple[str, bool]], words: list[str]) -> list[str]:
    """A command whose process sees these parts of a domain's folder and nothing beside them, and has no capability."""
    whole = home.with_name("whole")
    whole.mkdir(exist_ok=True)
    lines = [f"mount --bind {home} {whole}", f"mount -t tmpfs none {home}"]
    for part, only_read in seen:
        lines += [f"mkdir -p {home}/{part}", f"mount --bind {whole}/{part} {home}/{part}"]
        lines += [f"mount -o remount,bind,ro {home}/{part}"] if only_read else []
    lines += [f"mount -o remount,ro {home}", f"umount -l {whole}"]
    lines.append(f"exec setpriv --bounding-set -all --inh-caps -all --no-new-privs {shlex.join(words)}")
    return ["unshare", "--mount", "--propagation", "private", "sh", "-ec", "\n".join(lines)]


def serve(city: ProcessDomain, name: str, service: dict[str, Any]) -> None:
    words = [sys.executable, "-m", "exchange", *service["command"]]
    city.serve(name, contained(city.settings.home, parts(service), words))


def test_what_each_role_is_shown_is_enough_for_a_case_and_no_other_keys_are_there(city: ProcessDomain) -> None:
    home, said = city.settings.home, services(city)
    run(city, "freshness")
    stated = Home(home).freshness.read_bytes()
    for name in city.names:
        serve(city, name, said[city.address(name).replace(".", "-")])
    serve(city, "freshness", said["freshness"])

    (number,) = city.submit(1)
    wait_until(lambda: city.decided() == 1, 90, f"the decision on {number}")
    wait_until(lambda: city.undelivered() == 0, 60, "all receipts")
    wait_until(lambda: Home(home).freshness.read_bytes() != stated, 60, "a newer statement by the container")
    assert "cannot" not in (city.root / "freshness.log").read_text()

    planning = parts(said[city.address("planning").replace(".", "-")])
    look = contained(home, planning, ["find", str(home), "-name", "*.key", "-o", "-name", "broker.json"])
    found = subprocess.run(look, capture_output=True, text=True, check=True).stdout.split()
    assert sorted(found) == sorted(
        str(home / "members" / city.address("planning") / name) for name in ("broker.json", "keys/signing.key")
    )
    everything = list(home.rglob("*.key"))
    assert len(everything) > len(city.names), "there are more: the authority's, the others'"


def test_a_role_can_change_nothing_of_what_it_is_shown(city: ProcessDomain) -> None:
    home, said = city.settings.home, services(city)
    for name in city.names:
        seen = parts(said[city.address(name).replace(".", "-")])
        for part, _ in [*seen, ("", True)]:
            tried = contained(home, seen, ["touch", str(home / part / "left-here")])
            refused = subprocess.run(tried, capture_output=True, text=True, check=False)
            assert refused.returncode != 0, part
            assert "Read-only file system" in refused.stderr, part
    assert not list(home.rglob("left-here"))
