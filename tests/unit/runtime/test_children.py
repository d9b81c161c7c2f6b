"""What this program starts again is itself: nothing from the working folder or from Python's settings comes in."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

import exchange
from exchange.machine.handover import GIVEN, handed_over, take_over
from exchange.runtime.profiles import load_profiles
from exchange.runtime.rule_process.loading import load_decide
from exchange.runtime.rule_process.questions import PARAMETERS
from exchange.runtime.supervision.children import GIVEN_PATH, child_surroundings
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


def plain_of(inherited: dict[str, str], **given: str) -> dict[str, str]:
    return dict(child_surroundings(given, inherited).plain)


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
    rule = load_decide(load_profiles(tmp_path)["t.planning"].folder / "rule.py", "t.planning", PARAMETERS["department"])
    assert callable(rule)
    assert sprung(folder) == []
    assert sys.path == before
    assert not (folder / "__pycache__").exists()


def test_a_child_reaches_the_token_that_keeps_its_members_key() -> None:
    given = {"SOFTHSM2_CONF": "/etc/softhsm2.conf", "EXCHANGE_PKCS11_MODULE": "/usr/lib/softhsm/libsofthsm2.so"}
    found = child_surroundings({}, given)
    assert {**found.plain, **found.secret}.items() >= given.items()
