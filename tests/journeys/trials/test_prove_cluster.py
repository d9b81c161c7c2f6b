"""The fault proof with a cluster of three nodes, each on a host of its own: parted, unheard, cut off, slow, killed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from exchange.trials.prove.rules.faults import OF_WAYS

pytestmark = [pytest.mark.broker, pytest.mark.drill, pytest.mark.timeout(1800)]  # minutes of faults

EXCHANGE = Path(sys.executable).with_name("exchange")
LOAD = ("--documents", "300", "--cases", "30", "--nodes", "3", "--hosts")
FAULTS = ("--faults", "16", "--every", "5", "--seed", "15")
"""A seed that draws every fault of the ways between hosts, one of them long enough for Erlang to notice."""


def test_the_law_holds_while_nodes_are_parted_unheard_cut_off_and_slow(tmp_path: Path) -> None:
    report, env = tmp_path / "proof.json", {**os.environ, "EXCHANGE_LANGUAGE": "en"}
    done = subprocess.run(
        [EXCHANGE, "prove", *LOAD, *FAULTS, "--report", report], env=env, capture_output=True, text=True
    )
    told = json.loads(report.read_text(encoding="utf-8"))
    assert told["found"] == []
    assert done.returncode == 0, done.stdout + done.stderr
    assert told["documents"] == {"handed_in": 300, "completed": 300}
    of_ways = {one["kind"]: one for one in told["faults"] if one["kind"] in OF_WAYS}
    assert set(of_ways) == OF_WAYS
    if os.geteuid() != 0:
        assert told["versions"]["shared_network"] == "hosts of their own need root"
        assert {one["skipped"] for one in of_ways.values()} == {"hosts of their own need root"}
        return
    assert told["versions"]["shared_network"] is None
    assert told["skipped"] == {}
    assert all(one["recovered"] > one["lifted"] > one["at"] for one in of_ways.values())
    assert any(one["kind"] == "full-disk" for one in told["faults"])
