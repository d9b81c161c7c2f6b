"""The compose file for production: what each role sees, what it is told, and what its scripts are."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import yaml

from exchange.deployment.broker_conf import RULES
from exchange.runtime.settings import Settings
from tests.unit.deployment.deployed import CITY, HOME, SHARED, files, parsed

FILES = files("compose")
COMPOSE: dict[str, Any] = yaml.safe_load(FILES["compose.yaml"])
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: one for name, one in SERVICES.items() if one["image"] == CITY.image}
ADMINISTRATORS = {"init", "console"}


def seen(service: dict[str, Any]) -> dict[str, bool]:
    """What a service sees of the domain's folder, and whether it may write there."""
    found = {}
    for one in service["volumes"]:
        if isinstance(one, str):
            place, _, mode = one.partition(":")[2].partition(":")
            found[place] = mode != "ro"
        else:
            assert one["target"] == f"{HOME}/{one['volume']['subpath']}"
            found[one["target"]] = not one["read_only"]
    return {place: writes for place, writes in found.items() if place.startswith(HOME)}


def test_every_command_is_one_of_ours_and_every_member_is_served(tmp_path: Path) -> None:
    values = {name: parsed(one["command"], tmp_path) for name, one in OURS.items()}
    served = {values[name]["address"] for name, one in OURS.items() if one["command"][0] == "serve"}
    assert served == {one.address for one in CITY.members}


def test_a_role_sees_its_own_folder_and_what_is_public_and_can_write_none_of_it() -> None:
    for name, service in OURS.items():
        places = seen(service)
        if name in ADMINISTRATORS:
            assert set(places) == {HOME, f"{HOME}/departments"}, name
        elif name == "freshness":
            assert {place for place, writes in places.items() if writes} == {f"{HOME}/public"}
        else:
            address = service["command"][-1] if service["command"][0] == "serve" else "hefei.portal"
            assert set(places) == SHARED | {f"{HOME}/members/{address}"}, name
            assert not any(places.values()), name


def test_each_secret_is_in_the_containers_that_need_it() -> None:
    holders = {
        name: {which for which, one in SERVICES.items() if name in one.get("secrets", ())}
        for name in COMPOSE["secrets"]
    }
    brokers = {"broker-1", "broker-2", "broker-3"}
    assert holders == {
        "authority": {*OURS, "database-2"},
        "erlang_cookie": brokers,
        "broker_password": brokers | ADMINISTRATORS,
        "database_password": {"init", "database-1"},
        "replication_password": {"database-1", "database-2"},
    }


def test_settings_are_such_as_the_exchange_reads() -> None:
    for one in OURS.values():
        told = {name: text for name, text in one["environment"].items() if name.endswith("_URL")}
        read = Settings.read(told)
        assert read.broker_url is None
        assert read.database_url is not None
        assert all(host in read.database_url for host in ("database-1", "database-2"))
        assert "sslmode=verify-full" in told["EXCHANGE_DATABASE_URL"]
        assert "target_session_attrs=read-write" in told["EXCHANGE_DATABASE_URL"]
        assert told["EXCHANGE_MANAGEMENT_URL"].startswith("https://")


def test_no_password_is_read_off_a_container() -> None:
    for name, one in SERVICES.items():
        told = one.get("environment", {})
        assert not any("@" in text or ("PASS" in key and not key.endswith("_FILE")) for key, text in told.items()), name
    asked = re.findall(r"(?<!\$)\$\{?\w+", FILES["compose.yaml"])
    assert asked == [], "everything is in files"


def test_the_scripts_are_scripts() -> None:
    scripts = {name: text for name, text in FILES.items() if name.endswith(".sh")}
    scripts |= {
        name: one["entrypoint"][2].replace("$$", "$")
        for name, one in SERVICES.items()
        if one.get("entrypoint", [""])[0] == "sh"
    }
    assert len(scripts) == 2 + 3 + 2
    for name, text in scripts.items():
        shell = "bash" if name.endswith(".sh") else "sh"
        found = subprocess.run([shell, "-n"], input=text, text=True, capture_output=True, check=False)
        assert (found.returncode, found.stderr) == (0, ""), name


def test_the_nodes_know_of_each_other_and_speak_tls_only() -> None:
    conf = FILES["rabbitmq.conf"]
    nodes = re.findall(r"nodes\.\d = rabbit@(\S+)", conf)
    assert nodes == [name for name, one in SERVICES.items() if one["image"].startswith("rabbitmq:")]
    assert len(nodes) == 3
    assert all(SERVICES[name]["hostname"] == name for name in nodes)
    assert "listeners.tcp = none" in conf
    keys = [line.partition(" = ")[0] for line in conf.splitlines() if line and not line.startswith("#")]
    assert len(keys) == len(set(keys))


def test_one_node_has_the_same_rules() -> None:
    root = Path(__file__).resolve().parents[3]
    assert RULES.splitlines()[-1] in (root / "docker" / "rabbitmq.conf").read_text(encoding="utf-8").splitlines()
    assert RULES in (root / "docker" / "rabbitmq.conf").read_text(encoding="utf-8")
