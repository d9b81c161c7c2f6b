"""The bundles of the demonstration's own cases: both verifiers say of each that all of it is proved."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from exchange.trials.demo_evidence import FOLDER

pytestmark = [pytest.mark.drill, pytest.mark.timeout(1800)]  # a whole demonstration, of a minute or more

ROOT = Path(__file__).parents[3]
SECOND = ROOT / "docs" / "verifier" / "verify_case.py"
CASES = 8
"""Applications of the story."""


def test_both_verifiers_find_every_case_proved(tmp_path: Path) -> None:
    home, exchange = tmp_path / "home", Path(sys.executable).with_name("exchange")
    env = {**os.environ, "EXCHANGE_LANGUAGE": "en"}
    played = subprocess.run([exchange, "demo", "--home", home], env=env, capture_output=True, text=True, timeout=600)
    # whether it came out as it should in all else is the demonstration's own to say (exit code 8)
    assert played.returncode in (0, 8), played.stdout + played.stderr
    assert "its evidence does not verify" not in played.stdout
    bundles, authority = sorted((home / FOLDER).glob("*.zip")), home / "authority" / "authority.der"
    assert len(bundles) == CASES
    for bundle in bundles:
        named, nowhere = ["verify", bundle, "--trust", authority, "--json"], {**env, "EXCHANGE_HOME": "/nonexistent"}
        ours = subprocess.run([exchange, *named], env=nowhere, capture_output=True, text=True)
        found = json.loads(ours.stdout)
        assert (ours.returncode, found["conclusion"]) == (0, "proved"), ours.stdout
        theirs = subprocess.run([sys.executable, SECOND, bundle, authority], capture_output=True, text=True, cwd="/")
        *lines, conclusion = theirs.stdout.splitlines()
        assert (theirs.returncode, conclusion.strip()) == (0, "proved"), theirs.stdout + theirs.stderr
        counted = [line.split()[1] for line in lines]
        for code in ("asked", "opinion-in-time", "silence-lawful", "decision"):
            assert counted.count(code) == [one["code"] for one in found["findings"]].count(code)
        bounded = [one for one in found["findings"] if one["code"] == "signed-between"]
        assert len(bounded) > len(counted) // 4
        assert any(one["at_earliest"] and one["at_latest"] for one in bounded)
