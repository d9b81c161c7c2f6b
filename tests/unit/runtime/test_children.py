"""What this program starts again is itself: nothing from the working folder or from Python's settings comes in."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import exchange
from exchange.machine.handover import GIVEN, handed_over, take_over
from exchange.runtime.profiles import load_profiles, load_rule
from exchange.runtime.supervision.children import GIVEN_PATH, Surroundings, child_command, child_surroundings
from tests.processes import write_departments
from tests.traps import make_traps, sprung

ROOT = Path(exchange.__file__).resolve().parent.parent


SECRETS = {
    "EXCHANGE_BROKER_URL": "amqp://root:administrators@broker/", "EXCHANGE_MANAGEMENT_URL": "http://root:hidden@broker",
    "EXCHANGE_DATABASE_URL": "postgresql://owner:hidden@database/exchange", "EXCHANGE_METRICS_TOKEN": "hidden",
    "AWS_SECRET_ACCESS_KEY": "hidden", "HTTPS_PROXY": "http://me:hidden@proxy:3128", "PGPASSWORD": "hidden",
    "OTEL_EXPORTER_OTLP_HEADERS": "authorization=hidden", "HOOK_SECRET": "hidden", "SOME_TOKEN": "hidden",
}  # fmt: skip
"""Each as somebody may have set it for `exchange up`."""

SHOWS_ITS_SETTINGS = """
import json, os
from exchange.machine.handover import take_over
seen = open(f"/proc/{os.getpid()}/environ").read()
take_over()
print(json.dumps({"seen": seen, "told": dict(os.environ), "open": os.listdir("/proc/self/fd")}))
"""


def plain_of(inherited: dict[str, str], **given: str) -> dict[str, str]:
    return dict(child_surroundings(given, inherited).plain)


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


def test_what_is_secret_of_a_child_takes_the_place_of_the_setting() -> None:
    mine = child_surroundings({}, SECRETS, secret={"EXCHANGE_DATABASE_URL": "postgresql://database/exchange"})
    assert mine.secret["EXCHANGE_DATABASE_URL"] == "postgresql://database/exchange"


def test_what_was_handed_over_is_taken_once_and_any_other_descriptor_is_left_alone(tmp_path: Path) -> None:
    with (tmp_path / "file").open("w+") as file:
        file.write('{"A": "1"}')
        file.flush()
        env = {GIVEN: str(file.fileno())}
        take_over(env)
        assert env == {}
        file.write("still open")
    with handed_over({"A": "1"}) as descriptor:
        env = {GIVEN: str(os.dup(descriptor or 0))}
        take_over(env)
        assert env == {"A": "1"}
        take_over(env)
    with handed_over({}) as descriptor:
        assert descriptor is None


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
    assert "PYTHONPATH" not in plain_of({"PYTHONPATH": "/somewhere"})
    assert plain_of({"PYTHONPATH": f"/somewhere:{ROOT}"})["PYTHONPATH"] == str(ROOT)
    assert plain_of({GIVEN_PATH: "/opt/rules"})["PYTHONPATH"] == "/opt/rules"
    assert plain_of({"LANG": "inherited", "TZ": "kept"}, LANG="given").items() >= {("LANG", "given"), ("TZ", "kept")}
    monkeypatch.chdir(ROOT)
    assert plain_of({})["PYTHONPATH"] == str(ROOT)


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
