"""What this program starts again is itself: nothing from the working folder or from Python's settings comes in."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import exchange
from exchange.runtime.profiles import load_profiles, load_rule
from exchange.runtime.supervision.children import GIVEN_PATH, child_command, child_environment
from tests.processes import write_departments
from tests.traps import make_traps, sprung

ROOT = Path(exchange.__file__).resolve().parent.parent


def environment(traps: Path) -> dict[str, str]:
    return child_environment({}, {**os.environ, "PYTHONPATH": str(traps), "PYTHONSTARTUP": str(traps / "json.py")})


def test_a_child_imports_nothing_from_its_folder_or_the_environments_path(tmp_path: Path) -> None:
    traps = make_traps(tmp_path)
    done = subprocess.run(
        child_command("--version"), cwd=traps, env=environment(traps), capture_output=True, text=True, check=False
    )
    assert (done.returncode, sprung(traps)) == (0, []), done.stderr
    assert done.stdout.startswith("yizhan ")


def test_run_as_a_module_the_working_folder_is_not_imported_from(tmp_path: Path) -> None:
    traps = make_traps(tmp_path, packages=("schemas", "departments", "typer"))
    (traps / "json.py").unlink()  # Python itself looks for what it needs to run a module before any of our code runs
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, "-m", "exchange", "--version"],
        cwd=traps, env=env, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, sprung(traps)) == (0, []), done.stderr


def test_code_that_only_the_environment_led_to_is_handed_on_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("/")
    assert "PYTHONPATH" not in child_environment({}, {"PYTHONPATH": "/somewhere"})
    assert child_environment({}, {"PYTHONPATH": f"/somewhere:{ROOT}"})["PYTHONPATH"] == str(ROOT)
    assert child_environment({}, {GIVEN_PATH: "/opt/rules"})["PYTHONPATH"] == "/opt/rules"
    assert child_environment({"A": "given"}, {"A": "inherited", "B": "kept"}).items() >= {("A", "given"), ("B", "kept")}
    monkeypatch.chdir(ROOT)
    assert child_environment({}, {})["PYTHONPATH"] == str(ROOT)


def test_a_rule_is_loaded_by_its_path_and_its_folder_shadows_nothing(tmp_path: Path) -> None:
    write_departments(tmp_path, "t", ["planning"])
    folder = tmp_path / "planning"
    make_traps(folder)
    before = list(sys.path)
    rule = load_rule(load_profiles(tmp_path)["t.planning"])
    assert callable(rule)
    assert sprung(folder) == []
    assert sys.path == before
    assert not (folder / "__pycache__").exists()
