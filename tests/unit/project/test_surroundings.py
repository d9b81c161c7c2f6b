"""Tests come out alike whoever calls them: nothing of the caller's environment reaches them."""

from __future__ import annotations

import os
from pathlib import Path

from tests.surroundings import BROKERS, KEPT, forget_the_caller

HOSTILE = {
    "LANG": "zh_CN.GB18030",
    "LC_ALL": "C",
    "TZ": "America/New_York",
    "PYTHONUNBUFFERED": "1",
    "HTTPS_PROXY": "http://127.0.0.1:1",
    "XDG_CONFIG_HOME": "/nowhere",
    "EXCHANGE_HOME": "/nowhere",
    "EXCHANGE_CLOCK": "x",
    "COLUMNS": "20",
    "NO_COLOR": "1",
}


def test_of_a_callers_environment_only_what_tests_run_on_is_left() -> None:
    environ = HOSTILE | {"PATH": "/bin", "EXCHANGE_BROKER_URL": "amqp://there", "PYTEST_XDIST_WORKER": "gw0"}
    forget_the_caller(environ)
    assert environ == {"PATH": "/bin", "TESTS_BROKER_URL": "amqp://there", "PYTEST_XDIST_WORKER": "gw0"}
    forget_the_caller(environ, worker=True)
    assert environ["TESTS_BROKER_URL"] == "amqp://there"


def test_this_run_has_forgotten_its_caller() -> None:
    left = {name for name in os.environ if name not in KEPT | set(BROKERS.values()) and not name.startswith("PYTEST_")}
    assert left == {"HOME", "EXCHANGE_LANGUAGE"}
    assert "yizhan-tests-" in os.environ["HOME"]
    assert Path(os.environ["HOME"]).is_dir()
