"""Units for systemd: systemd reads them, and each role sees its own folder only."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from exchange.deployment.systemd import PROGRAM, STATE, systemd_files, unit_of
from exchange.deployment.topology import DeployedMember, Topology
from exchange.schemas import Role
from tests.unit.deployment.deployed import CITY, files, parsed

FILES = files("systemd")
UNITS = {name.rpartition("/")[2]: text for name, text in FILES.items() if name.endswith(".service")}
EXPOSED = 2.5
"""The most that a unit may be exposed, out of ten."""


def value(unit: str, key: str) -> str:
    found = re.search(rf"^{key}=(.*)$", UNITS[unit], re.MULTILINE)
    assert found is not None, f"{unit}: {key}"
    return found[1]


def test_every_command_is_one_of_ours(tmp_path: Path) -> None:
    for unit in UNITS:
        program, *words = value(unit, "ExecStart").split()
        assert program == PROGRAM
        assert parsed(words, tmp_path)


def test_each_unit_sees_its_own_folder_and_what_is_public_and_the_console_all() -> None:
    for one in CITY.members:
        text = UNITS[unit_of(one)]
        assert f"TemporaryFileSystem={STATE}:mode=0755" in text
        assert re.findall(r"^BindPaths=(.*)$", text, re.MULTILINE) == [f"{STATE}/members/{one.address}"]
        read = re.findall(r"^BindReadOnlyPaths=(.*)$", text, re.MULTILINE)
        assert read == [f"{STATE}/{name}" for name in ("departments", "public", "calendars", "tree")]
    whole = [unit for unit, text in UNITS.items() if "TemporaryFileSystem" not in text]
    assert whole == ["yizhan-console.service"]
    assert "authority" not in UNITS["yizhan-freshness.service"]


def test_a_relay_office_alone_writes_the_tree() -> None:
    relay = DeployedMember("anhui.relay", "relay", frozenset({Role.RELAY}))
    text = systemd_files(Topology("anhui", (relay,), ""))["systemd/system/yizhan-anhui.relay.service"]
    assert f"BindPaths={STATE}/tree" in text
    assert f"BindReadOnlyPaths={STATE}/tree" not in text


def test_every_folder_that_is_bound_is_made() -> None:
    made = set(re.findall(r"^d (\S+) ", FILES["tmpfiles.d/yizhan.conf"], re.MULTILINE))
    bound = {
        path for text in UNITS.values() for path in re.findall(r"^Bind(?:ReadOnly)?Paths=(.*)$", text, re.MULTILINE)
    }
    assert bound <= made


def test_settings_hold_no_account() -> None:
    lines = [line for line in FILES["yizhan/settings.env"].splitlines() if line and not line.startswith("#")]
    assert not any("@" in line for line in lines)
    assert not any(line.startswith("EXCHANGE_BROKER_URL") for line in lines)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not on this machine")
def test_systemd_reads_the_units_and_finds_them_little_exposed(tmp_path: Path) -> None:
    for name, text in FILES.items():
        if name.startswith("systemd/"):
            (tmp_path / name.rpartition("/")[2]).write_text(text.replace(PROGRAM, "/bin/true"), encoding="utf-8")
    units = sorted(str(path) for path in tmp_path.iterdir())
    read = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False)
    ours = [line for line in read.stderr.splitlines() if "yizhan" in line]
    assert (read.returncode, ours) == (0, [])
    services = [unit for unit in units if unit.endswith(".service")]
    scored = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", f"--threshold={int(EXPOSED * 10)}", *services],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert scored.returncode == 0, scored.stdout[-400:] + scored.stderr
