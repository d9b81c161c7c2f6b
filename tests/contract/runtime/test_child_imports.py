"""What this program starts again, as a real process: it is itself and imports nothing from the working folder or from
Python's settings, and it is told no secret that others can see."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from exchange.runtime.supervision.children import Surroundings, child_command, child_surroundings
from tests.traps import make_traps, sprung
from tests.unit.runtime.test_children import SECRETS, plain_of

SHOWS_ITS_SETTINGS = """
import json, os
from exchange.machine.handover import take_over
seen = open(f"/proc/{os.getpid()}/environ").read()
take_over()
print(json.dumps({"seen": seen, "told": dict(os.environ), "open": os.listdir("/proc/self/fd")}))
"""


def environment(traps: Path) -> dict[str, str]:
    return plain_of({**os.environ, "PYTHONPATH": str(traps), "PYTHONSTARTUP": str(traps / "json.py")})


def shown(surroundings: Surroundings) -> dict[str, Any]:
    """What a child with these settings finds in them, and what others see of them."""
    with surroundings.handed_over(GIVEN_TOO="yes") as (env, keep):
        done = subprocess.run(
            [sys.executable, "-P", "-c", SHOWS_ITS_SETTINGS],
            env=env, pass_fds=keep, capture_output=True, text=True, check=True,
        )  # fmt: skip
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_no_secret_stands_in_a_childs_environment_and_a_member_is_not_told_the_administrators() -> None:
    inherited = {**os.environ, **SECRETS}
    member = shown(child_surroundings({"EXCHANGE_HOME": "/home"}, inherited))
    administering = shown(child_surroundings({"EXCHANGE_HOME": "/home"}, inherited, administers=True))
    for found in (member, administering):
        assert "hidden" not in found["seen"]
        assert "administrators" not in found["seen"]
        assert (found["told"]["EXCHANGE_HOME"], found["told"]["GIVEN_TOO"]) == ("/home", "yes")
        assert len(found["open"]) == 4, "the three streams, and the folder being listed"
    assert administering["told"].items() >= SECRETS.items()
    mine = {name for name in SECRETS if name in member["told"]}
    assert mine == {
        "EXCHANGE_DATABASE_URL", "EXCHANGE_METRICS_TOKEN", "AWS_SECRET_ACCESS_KEY", "HTTPS_PROXY", "PGPASSWORD",
        "OTEL_EXPORTER_OTLP_HEADERS",
    }  # fmt: skip


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
