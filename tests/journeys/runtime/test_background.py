"""A domain that is run behind one's back: it serves when the command returns, and has ended when the other does."""

from __future__ import annotations

import subprocess
from collections.abc import Callable

import pytest

from exchange.runtime.settings import Home
from exchange.runtime.supervision.running import running
from tests.journeys.city import wait_until
from tests.processes import ProcessDomain
from tests.warm import run_warm

pytestmark = pytest.mark.broker

Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def command(city: ProcessDomain) -> Command:
    """Commands as typed in the city's folder, with its broker in the environment."""
    environment = {**city.environment(), "EXCHANGE_BROKER_URL": city.info.url}
    if city.info.management_url:
        environment["EXCHANGE_MANAGEMENT_URL"] = city.info.management_url
    return lambda *words: run_warm(words, environment)


def test_up_returns_when_all_is_served_and_down_when_all_has_ended(city: ProcessDomain, command: Command) -> None:
    home = Home(city.settings.home)
    begun = command("up", "--detach", "--no-console")
    try:
        assert begun.returncode == 0, begun.stderr
        assert "serving 4 members" in begun.stderr
        assert "databases" not in begun.stderr, "none was made: all are there"
        found = running(home)
        assert found is not None
        assert found.serving

        again = command("up", "--detach")
        assert again.returncode == 0
        assert "running already" in again.stderr
        assert running(home) == found

        city.submit(1)
        wait_until(lambda: city.decided() == 1, 60, "a decision")
    finally:
        ended = command("down")
    assert ended.returncode == 0, ended.stderr
    assert running(home) is None
    assert not home.running.exists()
    assert "nothing is running" in command("down").stderr


def test_what_cannot_start_says_why_and_leaves_nothing_behind(city: ProcessDomain, command: Command) -> None:
    (Home(city.settings.home).departments / "planning" / "profile.toml").write_text("address = 3")
    failed = command("up", "-d")
    assert failed.returncode == 6
    assert "profile.toml" in failed.stderr
    assert running(Home(city.settings.home)) is None


def test_a_note_that_was_left_behind_is_not_believed(city: ProcessDomain) -> None:
    home = Home(city.settings.home)
    home.running.write_text('{"pid": 1, "serving": true}')
    assert running(home) is None
